const PREFIX = 'tag:yaml.org,2002:'

type Kind = 'null' | 'bool' | 'int' | 'float' | 'str' | 'merge'

interface Resolved {
  readonly kind: Kind
  readonly value: unknown
}

const WORDS: readonly (readonly [Kind, unknown, readonly string[]])[] = [
  ['bool', true, ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']],
  ['bool', false, ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']],
  ['null', null, ['', '~', 'null', 'Null', 'NULL']],
  ['float', Number.NaN, ['.nan', '.NaN', '.NAN']],
  ['float', Infinity, ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']],
  ['float', -Infinity, ['-.inf', '-.Inf', '-.INF']],
  ['merge', '<<', ['<<']]
]

const wordIn = (text: string): Resolved | undefined => {
  const row = WORDS.find(([, , words]) => words.includes(text))
  return row && { kind: row[0], value: row[1] }
}

/**
 * What a scalar without quotes stands for, by goyaml.v2/resolve.go: the words of YAML 1.1, whole numbers of four bases with
 * `_` between digits, and no base 60. Undefined where a tag asks for what the text is not.
 */
export const resolveScalar = (text: string, tag: string): { readonly value: unknown } | undefined => {
  const wanted = tag.startsWith(PREFIX) ? tag.slice(PREFIX.length) : tag
  if (!['', 'str', 'bool', 'int', 'float', 'null', 'timestamp'].includes(wanted) || (tag !== '' && wanted === tag))
    return { value: text }
  if (wanted === 'str') return { value: text }
  const found = wordIn(text) ?? numberIn(text)
  if (wanted === '' || wanted === found.kind || (wanted === 'float' && found.kind === 'int')) return found
  return wanted === 'timestamp' && found.kind === 'str' && /^\d{4}-\d/.test(text) ? found : undefined
}

const numberIn = (text: string): Resolved => {
  const isString = { kind: 'str' as const, value: text }
  if (/^\./.test(text))
    return /^\.\d[\d_]*([eE][-+]?\d+)?$/.test(text) ? { kind: 'float', value: Number(text) } : isString
  if (!/^[-+\d]/.test(text)) return isString
  const plain = text.replaceAll('_', '')
  const whole = integerIn(plain)
  if (whole !== undefined) return { kind: 'int', value: whole }
  if (!/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(plain)) return isString
  const value = Number(plain)
  // strconv.ParseFloat reports what does not fit
  return Number.isFinite(value) ? { kind: 'float', value } : isString
}

const BASES = [
  { base: 16, digits: /^0[xX]([0-9a-fA-F]+)$/ },
  { base: 2, digits: /^0[bB]([01]+)$/ },
  { base: 8, digits: /^0[oO]?([0-7]+)$/ },
  { base: 10, digits: /^(0|[1-9]\d*)$/ }
] as const

// an int64 or a uint64; what is larger is a float
const integerIn = (text: string): number | undefined => {
  const sign = /^[-+]?/.exec(text)?.[0] ?? ''
  const body = text.slice(sign.length)
  for (const { base, digits } of BASES) {
    const found = digits.exec(body)?.[1]
    if (found === undefined) continue
    const size = [...found].reduce((sum, digit) => sum * BigInt(base) + BigInt(Number.parseInt(digit, base)), 0n)
    const most = sign === '-' ? 2n ** 63n : sign === '+' ? 2n ** 63n - 1n : 2n ** 64n - 1n
    return size <= most ? Number(sign === '-' ? -size : size) : undefined
  }
  return undefined
}
