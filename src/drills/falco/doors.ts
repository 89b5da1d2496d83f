import { type Client, podClient } from '../log/clients.ts'
import type { Sent } from '../log/events.ts'
import { aMoment, later, momentOf, type Scene } from '../log/traffic.ts'
import type { RequestTrial } from './audit-trial.ts'

/** An event of an exec, as far as a drill changes it. */
export interface ExecEvent {
  requestURI: string
  readonly user: { username: string }
  readonly objectRef: { namespace: string; name: string }
}

/** Ways into containers of the first namespace, and what looks like one; the account of that name may go in. */
export const doorsOf = (scene: Scene, account: string): readonly RequestTrial[] => {
  const { pick, cluster, people, namespaces } = scene
  const [namespace, elsewhere = ''] = namespaces
  const [one, viewer = one, admin = one, second = one, third = one] = people
  const accountOf = (where: string, name: string): Client =>
    podClient(cluster, {
      ...{ namespace: where, account: name, pod: `${name}-${pick.hex(9)}-m2xlp`, node: 1, ip: '10.244.1.31' },
      ...{ agent: 'kubectl/v1.36.0 (linux/amd64) kubernetes/unknown', role: 'edit', isLocal: true }
    })
  const pod = (of: string): string => `${of}-${pick.hex(9)}-8qwzt`
  const send = (by: Client, verb: string, path: string, more: Partial<Sent> = {}): Sent => ({
    at: later(scene, momentOf(scene, pick.number(5, 80) / 100), 0),
    took: pick.number(4_000_000, 30_000_000),
    ...{ by, verb, uri: `/api/v1/namespaces/${path}`, code: 101 },
    ...more
  })
  const streams = 'container=app&stderr=true&stdin=true&stdout=true&tty=true'
  const exec = (command: string): string =>
    `exec?${command
      .split(' ')
      .map(word => `command=${encodeURIComponent(word)}&`)
      .join('')}${streams}`
  const shell = exec(pick.one(['bash', 'sh', '/bin/sh', 'sh -c id']))
  const hit = (sent: Sent, code = 'missed'): RequestTrial => ({ sent, isMeant: true, code })
  const spare = (code: string, sent: Sent): RequestTrial => ({ sent, isMeant: false, code })
  const web = pod('web')
  const quick = { took: aMoment(pick), code: 200 }
  return [
    hit(send(one, 'create', `${namespace}/pods/${web}/${exec('cat /etc/passwd')}`)),
    hit(send(second, 'get', `${namespace}/pods/${pod('api')}/${shell}`), 'missed-get'),
    hit(send(third, 'create', `${namespace}/pods/${pod('worker')}/attach?${streams}`), 'missed-attach'),
    hit(send(admin, 'get', `${namespace}/pods/${web}/${shell}`, { took: null }), 'missed-open'),
    hit(send(accountOf(elsewhere, account), 'create', `${namespace}/pods/${web}/${shell}`), 'missed-account'),
    spare('refused', send(viewer, 'get', `${namespace}/pods/${web}/${shell}`, { took: aMoment(pick), code: 403 })),
    spare('other-namespace', send(one, 'create', `${elsewhere}/pods/${pod('web')}/${shell}`)),
    spare('may-do-so', send(accountOf(namespace, account), 'create', `${namespace}/pods/${web}/${exec('pg_dump')}`)),
    spare('other-door', send(second, 'create', `${namespace}/pods/${web}/portforward`)),
    spare('other-door', send(one, 'get', `${namespace}/pods/${web}/log?container=app&follow=true`, { code: 200 })),
    spare('other-door', send(one, 'get', `${namespace}/pods/exec-${pick.hex(5)}`, quick)),
    spare('other-door', send(one, 'get', `${namespace}/configmaps/exec`, quick))
  ]
}
