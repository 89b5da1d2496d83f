import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Data, writeRandom } from '../fixtures/manifest/write-random.ts'
import type { Dice } from './kind.ts'
import { root } from './root.ts'

/** What must be seen nowhere. */
export const SECRET = 'c2VjcmV0LXRva2VuLW9mLXRoZS13ZWJob29r'

type Members = { [key: string]: Data }

const some = (dice: Dice, percent: number, members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(() => dice.chance(percent)))

/** A kubeconfig of a webhook. */
export const kubeconfigInput = (dice: Dice): Buffer => {
  const server = dice.one([
    'https://10.0.0.1:8443/audit',
    'http://127.0.0.1:9765/k8s-audit',
    'https://hook.example.org',
    'https://[::1]:1/x',
    'HTTPS://A/',
    'http://a:b',
    'ftp://x',
    'x',
    '/',
    '',
    'https://u:p@h/',
    'https://h?token=x'
  ])
  const cluster: Members = {
    server,
    ...some(dice, 30, {
      'certificate-authority-data': 'YQ==',
      'certificate-authority': '/etc/ca.crt',
      'insecure-skip-tls-verify': dice.chance(50),
      'tls-server-name': 'x',
      'proxy-url': 'http://proxy:1'
    })
  }
  const user: Members = some(dice, 30, {
    token: SECRET,
    password: SECRET,
    username: 'u',
    'client-key-data': SECRET,
    'client-certificate-data': 'YQ==',
    'client-key': '/k',
    tokenFile: 'token',
    exec: { command: 'x', args: [SECRET], env: [{ name: 'A', value: SECRET }] },
    'auth-provider': { name: 'oidc', config: { 'id-token': SECRET } }
  })
  const name = dice.one(['default', 'a', 'audit-webhook'])
  return Buffer.from(
    writeRandom(
      {
        apiVersion: 'v1',
        kind: 'Config',
        ...some(dice, 10, { preferences: {}, extensions: [] }),
        clusters: [{ name, cluster }],
        users: dice.chance(80) ? [{ name: 'u', user }] : [],
        contexts: [{ name: 'c', context: { cluster: name, user: 'u', ...some(dice, 10, { namespace: 'x' }) } }],
        'current-context': dice.one(['c', 'c', 'c', 'd', ''])
      },
      dice
    )
  )
}

/** A file for --settings. */
export const settingsInput = (dice: Dice): Buffer =>
  Buffer.from(
    writeRandom(
      some(dice, 30, {
        'policy-path': dice.one(['/etc/kubernetes/audit/p.yaml', 'relative', '/etc/../x', '/']),
        'log-path': dice.one(['/var/log/a.log', '-', 'none', '/var/log/']),
        'log-maxage': dice.one([30, '7', -1, 0.5, 'x']),
        'log-maxbackup': dice.one([10, '1']),
        'log-maxsize': dice.one([100, '5']),
        'log-mode': dice.one(['batch', 'blocking', 'x']),
        'log-format': dice.one(['json', 'legacy', 'on']),
        'log-compress': dice.one([true, 'true', 'yes']),
        'webhook-url': dice.one(['http://127.0.0.1:9765/x', 'https://a b', 'x']),
        'webhook-mode': 'batch',
        'kubernetes-version': dice.one(['1.31', '1.36', 1.3, 'v1.30.2', 'x']),
        policy: dice.one(['template:baseline', 'template:nope', '/none.yaml']),
        'container-log-path': '/logs/a.log',
        set: dice.one<Data>([
          ['audit-log-truncate-enabled=true'],
          ['audit-x=1'],
          'x',
          [1, null],
          ['audit_log_batch_max_size=5']
        ]),
        ...(dice.chance(20) ? { nope: 1 } : {})
      }),
      dice
    )
  )

/** A configuration of the kubelet. */
export const kubeletInput = (dice: Dice): Buffer =>
  Buffer.from(
    writeRandom(
      {
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        kind: 'KubeletConfiguration',
        ...some(dice, 60, {
          staticPodPath: dice.one([
            '/etc/kubernetes/manifests',
            '/etc/kubernetes/manifests/',
            '/nowhere',
            'relative',
            '/'
          ]),
          fileCheckFrequency: dice.one<Data>(['20s', '0s', '1m30s', '1h', 20, 'x', '99999999h', '.5s']),
          authentication: { anonymous: { enabled: false }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
          clusterDNS: ['10.96.0.10'],
          cgroupDriver: 'systemd'
        })
      },
      dice
    )
  )

const FAILURES = join(root, 'test/fixtures/failures')
const LOGS = readdirSync(FAILURES, { withFileTypes: true })
  .filter(each => each.isDirectory())
  .flatMap(({ name }) => readdirSync(join(FAILURES, name)).map(file => join(FAILURES, name, file)))
  .filter(file => file.endsWith('.log'))
  .map(file => readFileSync(file, 'utf8'))

/** The log of a container of kube-apiserver, of what keeps it from starting; some lines of another one in it. */
export const podLogInput = (dice: Dice): Buffer => {
  const lines = dice.several(LOGS, 1, 3).flatMap(log => log.split('\n').slice(-40))
  const mixed = dice.chance(30) ? dice.shuffled(lines) : lines
  return Buffer.from(mixed.map(line => (dice.chance(3) ? line.slice(0, dice.pick(line.length + 1)) : line)).join('\n'))
}
