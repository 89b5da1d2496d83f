import type { Dice } from '../dice.ts'
import type { ConfigVersion } from './configs.ts'

type Item = Readonly<Record<string, string | boolean>>

// audit's and others'; the files of some lie in the volumes below
const ARGS: readonly (readonly [name: string, value: string])[] = [
  ['event-ttl', '2h'],
  ['profiling', 'false'],
  ['service-account-issuer', 'https://a'],
  ['admission-control-config-file', '/etc/kubernetes/admission/c.yaml'],
  ['audit-log-path', '/old/audit.log'],
  ['audit-log-maxage', '7'],
  ['audit_log_maxsize', '5'],
  ['audit-policy-file', '/old-policy/policy.yaml'],
  ['audit-webhook-mode', 'batch']
]

const volume = (name: string, path: string, more: Item = {}): Item => ({
  name,
  hostPath: path,
  mountPath: path,
  ...more
})

const VOLUMES: readonly Item[] = [
  volume('admission', '/etc/kubernetes/admission', { readOnly: true, pathType: 'Directory' }),
  volume('tz', '/usr/share/zoneinfo'),
  // a name that is wanted for another one
  volume('audit-webhook', '/srv/unrelated', { readOnly: false }),
  volume('audit-policy', '/old-policy/policy.yaml', { readOnly: true, pathType: 'File' }),
  volume('audit-log', '/old'),
  // a place that is wanted under another name
  { name: 'x', hostPath: '/var/log/kubernetes/audit', mountPath: '/var/log/kubernetes/audit/' }
]

/** Volumes that serve no audit file, by name and path: they stay whatever is saved. */
export const FOREIGN_VOLUMES = VOLUMES.slice(0, 3).map(each => `${each['name']} ${each['hostPath']}`)

/** A ClusterConfiguration that kubeadm takes, written in some way that people write YAML. */
export const randomConfig = (dice: Dice, version: ConfigVersion): string => {
  const keys = [
    apiServer(dice, version),
    `apiVersion: kubeadm.k8s.io/${version}\n`,
    'kind: ClusterConfiguration\n',
    'kubernetesVersion: v1.36.0\n',
    ...(dice.chance(50) ? ['networking:\n  serviceSubnet: 10.96.0.0/12\n'] : [])
  ]
  const text = `${dice.chance(10) ? '---\n' : ''}${dice.shuffled(keys).join(ownLine(dice, ''))}`
  const ended = dice.chance(15) ? text.replace(/\n$/, '') : `${text}${dice.chance(10) ? '\n# end\n' : ''}`
  return dice.chance(10) ? ended.replaceAll('\n', '\r\n') : ended
}

const apiServer = (dice: Dice, version: ConfigVersion): string => {
  const indent = ' '.repeat(dice.one([2, 2, 4]))
  const parts = [
    ...(dice.chance(80) ? [extraArgs(dice, version, indent)] : []),
    ...(dice.chance(70) ? [extraVolumes(dice, indent)] : []),
    ...(dice.chance(40)
      ? [`${indent}certSANs:\n${indent}- "10.0.0.1"${comment(dice)}\n${indent}- a.example.com\n`]
      : [])
  ]
  if (parts.length === 0) return dice.one(['apiServer: {}\n', 'apiServer:\n', '', 'apiServer: null # x\n'])
  return `apiServer:${comment(dice)}\n${dice.shuffled(parts).join(ownLine(dice, indent))}`
}

const extraArgs = (dice: Dice, version: ConfigVersion, indent: string): string => {
  const args = dice.shuffled(ARGS.filter(() => dice.chance(40)))
  const key = `${indent}extraArgs:`
  const isList = version === 'v1beta4'
  if (args.length === 0) return `${key}${dice.one(['', ' null', isList ? ' []' : ' {}'])}${comment(dice)}\n`
  if (!isList) {
    const map = Object.fromEntries(args)
    if (dice.chance(25)) return `${key} ${flow(dice, map)}${comment(dice)}\n`
    return `${key}${comment(dice)}\n${block(dice, map, indent + indent)}`
  }
  const twice: typeof args = dice.chance(20) ? [['audit-log-maxage', '9']] : []
  return list(
    dice,
    key,
    indent,
    [...args, ...twice].map(([name, value]) => ({ name, value }))
  )
}

const extraVolumes = (dice: Dice, indent: string): string => {
  const volumes = dice.shuffled(VOLUMES.filter(() => dice.chance(35)))
  return list(dice, `${indent}extraVolumes:`, indent, volumes)
}

const list = (dice: Dice, key: string, indent: string, items: readonly Item[]): string => {
  if (items.length === 0) return `${key} []\n`
  if (dice.chance(20)) return `${key} [${items.map(item => flow(dice, item)).join(', ')}]${comment(dice)}\n`
  const column = dice.chance(50) ? indent : `${indent}  `
  const gap = dice.one([' ', ' ', '   '])
  const written = items.map(item => {
    if (dice.chance(30)) return `${ownLine(dice, column)}${column}- ${flow(dice, item)}${comment(dice)}\n`
    const rest = `${column} ${' '.repeat(gap.length)}`
    return `${ownLine(dice, column)}${column}-${gap}${block(dice, item, rest).slice(rest.length)}`
  })
  return `${key}${comment(dice)}\n${written.join('')}`
}

const flow = (dice: Dice, item: Item): string =>
  `{${dice
    .shuffled(Object.entries(item))
    .map(([key, value]) => `${key}: ${scalar(dice, value)}`)
    .join(dice.one([', ', ',  ']))}}`

const block = (dice: Dice, item: Item, indent: string): string =>
  dice
    .shuffled(Object.entries(item))
    .map(([key, value]) => `${indent}${dice.chance(10) ? `"${key}"` : key}: ${scalar(dice, value)}${comment(dice)}\n`)
    .join(ownLine(dice, indent))

const scalar = (dice: Dice, value: string | boolean): string => {
  if (typeof value === 'boolean') return String(value)
  const isPlain = /^[a-z/][\w./:-]*$/i.test(value) && !/^(true|false)$/.test(value)
  return dice.one([...(isPlain ? [value] : []), `'${value}'`, `"${value}"`])
}

const comment = (dice: Dice): string => (dice.chance(20) ? dice.one([' # c', '   # a "b: c']) : '')

const ownLine = (dice: Dice, indent: string): string =>
  dice.chance(15) ? `${indent}# a line of its own\n` : dice.chance(10) ? '\n' : ''
