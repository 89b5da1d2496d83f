import type { FlagType } from '../audit/flags.ts'
import { booleanOf, floatOf, integerOf, valueFault } from '../audit/flag-value.ts'
import { goQuote } from '../text/go-quote.ts'

/** What pflag says of a value that it cannot read as a flag's type; undefined where it can. `name` is the flag's own name. */
export const parseError = (type: FlagType | 'ip' | '', name: string, value: string): string | undefined => {
  const cause = causeOf(type, value)
  return cause === undefined ? undefined : `invalid argument ${goQuote(value)} for "--${name}" flag: ${cause}`
}

const causeOf = (type: FlagType | 'ip' | '', value: string): string | undefined => {
  switch (type) {
    case 'int':
      return integerOf(value) === undefined ? strconv('ParseInt', value, isInteger(value)) : undefined
    case 'float':
      return floatOf(value) === undefined ? strconv('ParseFloat', value, isDecimal(value)) : undefined
    case 'bool':
      return booleanOf(value) === undefined ? strconv('ParseBool', value, false) : undefined
    case 'duration':
      return isDuration(value) ? undefined : durationError(value)
    case 'ip':
      return isAddress(value.trim()) ? undefined : `failed to parse IP: ${goQuote(value)}`
    default:
      return undefined
  }
}

const strconv = (call: string, value: string, isTooLarge: boolean): string =>
  `strconv.${call}: parsing ${goQuote(value)}: ${isTooLarge ? 'value out of range' : 'invalid syntax'}`

const isInteger = (value: string): boolean => /^[-+]?(0b[01]+|0x[\da-f]+|0o?[0-7]+|0|[1-9]\d*)$/i.test(value)
const isDecimal = (value: string): boolean => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value)

// of a flag's row only its type counts
const isDuration = (value: string): boolean =>
  valueFault({ name: 'audit-log-batch-max-wait', backend: 'log', type: 'duration', default: '', doc: '' }, value) ===
  undefined

// Go's time.ParseDuration
const durationError = (value: string): string => {
  let rest = value.replace(/^[-+]/, '')
  const invalid = `time: invalid duration ${goQuote(value)}`
  if (rest === '') return invalid
  while (rest !== '') {
    const [, number = '', unit = ''] = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest) ?? []
    if (number === '') return invalid
    if (unit === '') return `time: missing unit in duration ${goQuote(value)}`
    if (!/^(ns|us|µs|μs|ms|s|m|h)$/.test(unit))
      return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(value)}`
    rest = rest.slice(number.length + unit.length)
  }
  return invalid
}

const isAddress = (value: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(value)
    ? value.split('.').every(part => Number(part) < 256)
    : value.includes(':') && /^[\da-f:.]+$/i.test(value)
