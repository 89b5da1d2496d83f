import type { Client } from './clients.ts'
import type { Sent } from './events.ts'
import { aMoment, momentOf, type Scene } from './traffic.ts'

/** One act in another's name that changed something, and others like it. */
export interface Impersonation {
  readonly namespace: string
  readonly deed: Sent
  /** Of the object that was changed. */
  readonly name: string
  /** A look before the act; what the user did in person; a question what another may do; an act and a name that were refused. */
  readonly decoys: Readonly<Record<'looked' | 'inPerson' | 'asked' | 'actRefused' | 'nameRefused', Sent>>
}

const DEEDS: readonly [Deed, ...Deed[]] = [
  ['delete', 'configmaps', ['feature-flags', 'limits', 'routes', 'app-settings']],
  ['patch', 'deployments', ['checkout', 'gateway', 'ledger', 'mailer']],
  ['delete', 'secrets', ['smtp-login', 'webhook-token', 'api-key', 'ssh-key']],
  ['update', 'services', ['checkout', 'gateway', 'ledger', 'mailer']]
]
type Deed = readonly [verb: string, resource: string, names: readonly string[]]

/** The act of a seed. */
export const impersonationOf = (scene: Scene): Impersonation => {
  const { pick, people, namespaces } = scene
  const [namespace] = namespaces
  const [victim, viewer, admin, otherAdmin, third = victim] = people
  const bare = ({ user, binding }: Client): NonNullable<Sent['as']> => ({
    user: { username: user.username, groups: ['system:authenticated'] },
    binding: {
      role: 'edit',
      name: `edit-${user.username.replace(/@.*/, '')}`,
      subject: `User "${user.username}"`,
      ...(binding ? { namespace } : {})
    }
  })
  const [verb, resource, names] = pick.one(DEEDS)
  const [name = '', own = ''] = pick.some(names, 2)
  const path = `${resource === 'deployments' ? '/apis/apps/v1' : '/api/v1'}/namespaces/${namespace}/${resource}`
  const manager = verb === 'delete' ? '' : `?fieldManager=kubectl-${verb === 'patch' ? 'patch' : 'replace'}`
  const send = (by: Client | undefined, part: number, what: string, uri: string, more: Partial<Sent> = {}): Sent => ({
    ...{
      at: momentOf(scene, part + pick.number(0, 12) / 100),
      took: aMoment(pick),
      by: by ?? viewer ?? victim,
      verb: what,
      uri
    },
    ...more
  })
  const review = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  const deed = send(admin, pick.number(20, 70) / 100, verb, `${path}/${name}${manager}`, { as: bare(victim) })
  return {
    ...{ namespace, name, deed },
    decoys: {
      // kubectl looks at what it is about to change
      looked: { ...deed, at: deed.at - 40_000, took: 4100, verb: 'get', uri: `${path}/${name}` },
      inPerson: send(victim, 0.1, verb, `${path}/${own}${manager}`),
      asked: send(otherAdmin, 0.45, 'create', review, { as: bare(third) }),
      actRefused: send(otherAdmin, 0.6, verb, `${path}/${own}${manager}`, { as: bare(viewer ?? third), code: 403 }),
      nameRefused: send(viewer, 0.75, verb, `${path}/${name}${manager}`, {
        as: bare(victim),
        code: 403,
        isRefusedName: true
      })
    }
  }
}
