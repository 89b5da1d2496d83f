import { type AuditFlag, auditFlags, type FlagType } from '../../src/audit/flags.ts'
import { type Dice, diceFrom } from './dice.ts'

/** A command line of audit flags, most of them sound; the same for the same seed and index. */
export const generateFlags = (seed: number, index: number): string[] => {
  const dice = diceFrom(Math.imul(seed, 1_000_003) + index + 500_000_000)
  const enabled = [
    ...(dice.chance(75) ? [`--audit-log-path=${dice.one(['/var/log/audit.log', '-', '/x', ' ', ''])}`] : []),
    ...(dice.chance(50) ? [`--audit-webhook-config-file=${dice.one(['/x', '/y', ''])}`] : []),
    ...(dice.chance(50) ? [`--audit-${dice.one(BACKENDS)}-mode=batch`] : []),
    ...(dice.chance(25) ? [`--audit-${dice.one(BACKENDS)}-batch-throttle-enable`] : [])
  ]
  const others = Array.from({ length: dice.pick(5) }, () => flagWords(dice, dice.chance(6) ? 100 : 12))
  const stray = dice.chance(3) ? [[dice.one(STRAY)]] : []
  return dice.shuffled([...enabled.map(word => [word]), ...others, ...stray]).flat()
}

const BACKENDS = ['log', 'webhook'] as const

// prettier-ignore
const STRAY = ['', 'x', '-', '--', '---', '-x', '--=', '--=x', '-audit-log-path=/x', '--audit-log-path /x', ' ', 'true', '---audit-log-path=x'] as const

const flagWords = (dice: Dice, odd: number): string[] => {
  const flag = dice.one(auditFlags)
  const name = `--${dice.chance(odd / 3) ? misspelt(dice, flag.name) : dice.chance(8) ? respelt(dice, flag.name) : flag.name}`
  const value = valueFor(dice, flag, odd)
  const form = dice.pick(100)
  if (form < 80) return [`${name}=${value}`]
  return form < 93 ? [name, value] : [name]
}

const respelt = (dice: Dice, name: string): string =>
  dice.chance(50) ? name.replaceAll('-', '_') : name.replace(/-(?=[^-]*$)/, '_')

const misspelt = (dice: Dice, name: string): string =>
  dice.one([
    `${name}s`,
    name.slice(0, -1),
    name.toUpperCase(),
    name.replace('maxbackup', 'max-backups'),
    `${name} `,
    'audit-log',
    'audit-'
  ])

const valueFor = (dice: Dice, flag: AuditFlag, odd: number): string => {
  const type = dice.chance(odd) ? dice.one(TYPES) : flag.type
  if (flag.name.endsWith('-version') && dice.chance(70)) return dice.one(VERSIONS)
  if (type === 'choice') return dice.one(flag.choices !== undefined && dice.chance(75) ? flag.choices : CHOICES)
  return dice.one(dice.chance(odd * 2) ? VALUES[type].odd : VALUES[type].plain)
}

const TYPES = ['string', 'path', 'int', 'float', 'bool', 'duration'] as const satisfies readonly FlagType[]
// prettier-ignore
const VERSIONS = ['audit.k8s.io/v1', 'audit.k8s.io/v1', 'audit.k8s.io/v1beta1', 'audit.k8s.io/v1alpha1', 'v1', 'audit.k8s.io', '/v1', 'audit.k8s.io/', 'a/b/c', '', ' audit.k8s.io/v1', '/', 'audit.k8s.io/V1'] as const
// prettier-ignore
const CHOICES = ['batch', 'blocking', 'blocking-strict', 'Batch', '', 'batch ', 'json', 'legacy', 'JSON', 'blocking-strict,batch'] as const

// prettier-ignore
const VALUES: Readonly<Record<Exclude<FlagType, 'choice'>, { readonly plain: readonly string[]; readonly odd: readonly string[] }>> = {
  string: { plain: ['x', '/x', ''], odd: [' ', 'a=b', '"x"', '-', '--x', '\u00e9'] },
  path: { plain: ['/x', '/etc/a/b'], odd: ['', '-', '=', ' /x', 'x y', '--audit-log-path'] },
  int: {
    plain: ['0', '1', '-1', '10', '100', '400', '10485760', '102400', '102401', '102399', '2147483647'],
    odd: ['', ' 1', '1 ', '+1', '-0', '010', '0x1e', '0X1E', '0b11', '0o17', '1_000', '1__0', '_1', '1_', '0_1', '0x_1', '0b', '0x', '08', '1.0', '1e3', '١', 'x', '2147483648', '9223372036854775807', '9223372036854775808',
      '-9223372036854775808', '-9223372036854775809', '9007199254740993', '9007199254740992', '--1', '+', '-', '0777', '0xg', 'NaN', 'Inf', '00', '-010', '+0x1']
  },
  float: {
    plain: ['0', '1', '0.5', '-1', '10', '.5', '5.'],
    odd: ['', '1e3', '1e-3', '1e39', '3.4e38', '3.5e38', '-1e39', '1e-50', 'Inf', '-Inf', '+inf', 'infinity', 'Infinity', 'NaN', 'nan', '-nan', '+nan', '0x1p4', '0x1', '0x1.8p1', '0x.8p0', '1_000', '0x_1p2', '1_0.5', '1e', '1e+', '.', '-.', '+1', ' 1', '1 ', '1,5', 'x', '1f', '0b1',
      '1e400', '-0', '0e0', '1E5', '1.e2', '.e2', 'iNf', 'INFINITY', 'infi']
  },
  bool: {
    plain: ['true', 'false', '1', '0'],
    odd: ['', 't', 'f', 'T', 'F', 'TRUE', 'FALSE', 'True', 'False', 'tRUE', 'yes', 'no', 'on', 'y', '2', ' true', 'true ', '00', '01', 'null']
  },
  duration: {
    plain: ['0', '0s', '1s', '30s', '1m30s', '-1s', '1h', '100ms'],
    odd: ['', '1', '-0', '+0', '1d', '1 s', ' 1s', '1s ', '1.5h', '.5s', '5.s', '.s', '1us', '1µs', '1μs', '1ns', '1e3s', '1h1h', '-', '+', '1S', 's', '1h-1m', '9223372036854775807ns', '9223372036854775808ns', '-9223372036854775808ns',
      '2540400h', '2562047h', '2562048h', '0.0000000001ns', '00', '0.0', '1m30', '1hm', '1,5s', '99999999999999999999s', '1.99999999999999999999999s', '∞', '1ms1us1ns', '-.5s', '+5s', '--1s']
  }
}
