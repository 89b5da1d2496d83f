import type { AuditFlag } from './flags.ts'

/** Why a value cannot be read as a flag's type, in kube-apiserver's (pflag's) way of reading; undefined when it can. */
export const valueFault = (flag: AuditFlag, value: string): string | undefined => {
  switch (flag.type) {
    case 'int':
      return integerOf(value) === undefined ? `an integer is wanted, found "${value}"` : undefined
    case 'float':
      return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value) ? undefined : `a number is wanted, found "${value}"`
    case 'bool':
      return booleanOf(value) === undefined ? `true or false is wanted, found "${value}"` : undefined
    case 'duration':
      return isDuration(value) ? undefined : `a duration such as 30s is wanted, found "${value}"`
    case 'choice':
    case 'string':
    case 'path':
      return undefined
    default:
      return flag.type satisfies never
  }
}

/** An integer as Go's strconv.ParseInt with base 0 reads it: 010 is 8, 0x1e is 30. */
export const integerOf = (value: string): number | undefined => {
  const digits = value.replace(/^[-+]/, '')
  if (!/^(0[bB][01_]+|0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]*|[1-9][0-9_]*)$/.test(digits) || /__|_$/.test(digits))
    return undefined
  const plain = digits.replaceAll('_', '')
  const size = /^0[0-7]+$/.test(plain) ? Number.parseInt(plain, 8) : Number(plain)
  if (!Number.isSafeInteger(size)) return undefined
  return value.startsWith('-') ? 0 - size : size
}

/** A boolean as Go's strconv.ParseBool reads it. */
export const booleanOf = (value: string): boolean | undefined => {
  if (/^(1|t|T|true|True|TRUE)$/.test(value)) return true
  return /^(0|f|F|false|False|FALSE)$/.test(value) ? false : undefined
}

// Go's time.ParseDuration: a sequence of numbers with units; 0 needs none
const isDuration = (value: string): boolean => /^[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(value)
