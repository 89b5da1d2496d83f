import type { AuditFlag } from './flags.ts'

/** Why a value cannot be read as a flag's type, in kube-apiserver's (pflag's) way of reading; undefined when it can. */
export const valueFault = (flag: AuditFlag, value: string): string | undefined => {
  switch (flag.type) {
    case 'int':
      return integerOf(value) === undefined ? `an integer is wanted, found "${value}"` : undefined
    case 'float':
      return floatOf(value) === undefined ? `a number is wanted, found "${value}"` : undefined
    case 'bool':
      return booleanOf(value) === undefined ? `true or false is wanted, found "${value}"` : undefined
    case 'duration':
      return durationOf(value) !== undefined ? undefined : `a duration such as 30s is wanted, found "${value}"`
    case 'choice':
    case 'string':
    case 'path':
      return undefined
    default:
      return flag.type satisfies never
  }
}

/** An integer as Go's strconv.ParseInt with base 0 and 64 bits reads it: 010 is 8, 0x1e is 30. */
export const integerOf = (value: string): bigint | undefined => {
  const [, sign, digits] = /^([-+]?)(0b[01]+|0x[\da-f]+|0o?[0-7]+|0|[1-9]\d*)$/i.exec(withoutUnderscores(value)) ?? []
  if (digits === undefined) return undefined
  const size = BigInt(digits.replace(/^0(?=\d)/, '0o')) * (sign === '-' ? -1n : 1n)
  return BigInt.asIntN(64, size) === size ? size : undefined
}

/** A number as Go's strconv.ParseFloat with 32 bits reads it: also 0x1.8p3, Inf and NaN, but nothing too large. */
export const floatOf = (value: string): number | undefined => {
  if (/^nan$/i.test(value)) return NaN
  if (/^[-+]?inf(inity)?$/i.test(value)) return value.startsWith('-') ? -Infinity : Infinity
  const plain = withoutUnderscores(value)
  const isDecimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)
  const single = Math.fround(isDecimal ? Number(plain) : hexadecimalOf(plain))
  return Number.isFinite(single) ? single : undefined
}

const hexadecimalOf = (value: string): number => {
  const [, sign, whole = '', fraction = '', exponent] =
    /^([-+]?)0x(?=\.?[\da-f])([\da-f]*)\.?([\da-f]*)p([-+]?\d+)$/i.exec(value) ?? []
  const size = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -size : size
}

// Go allows one between two digits and behind the prefix of a base
const withoutUnderscores = (value: string): string =>
  value.replace(/^[-+]?0[box]/i.test(value) ? /(?<=[\da-fox])_(?=[\da-f])/gi : /(?<=\d)_(?=\d)/g, '')

/** A boolean as Go's strconv.ParseBool reads it. */
export const booleanOf = (value: string): boolean | undefined => {
  if (/^(1|t|T|true|True|TRUE)$/.test(value)) return true
  return /^(0|f|F|false|False|FALSE)$/.test(value) ? false : undefined
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n
}

/** Nanoseconds, as Go's time.ParseDuration reads a sequence of numbers with units; 64 bits, and 0 needs no unit. */
export const durationOf = (value: string): bigint | undefined => {
  if (!/^[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(value)) return undefined
  let total = 0n
  for (const [, whole = '', fraction = '', name = ''] of value.matchAll(/(\d*)\.?(\d*)([a-zµμ]+)/g)) {
    const unit = UNITS[name] ?? 0n
    total += BigInt(whole) * unit + BigInt(Math.trunc(Number(`.${fraction}0`) * Number(unit)))
  }
  const signed = value.startsWith('-') ? -total : total
  return BigInt.asIntN(64, signed) === signed ? signed : undefined
}

/** True when kube-apiserver reads the same from two values of a flag: 010 is 8, 1m is 60s, T is true. */
export const isSameValue = (flag: AuditFlag, one: string, other: string): boolean => {
  const [a, b] = [readValue(flag, one), readValue(flag, other)]
  return a !== undefined && a === b
}

const readValue = ({ type }: AuditFlag, value: string): bigint | number | boolean | string | undefined => {
  switch (type) {
    case 'int':
      return integerOf(value)
    case 'float':
      return floatOf(value)
    case 'bool':
      return booleanOf(value)
    case 'duration':
      return durationOf(value)
    case 'choice':
    case 'string':
    case 'path':
      return value
    default:
      return type satisfies never
  }
}
