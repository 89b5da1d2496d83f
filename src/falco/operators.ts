import { asciiLower } from '../text/ascii-case.ts'
import { fnmatcher } from '../text/fnmatch.ts'
import { wholeExpression } from '../text/regular-expression.ts'
import { textOf } from './event-source.ts'
import { LARGEST_PATTERN, patternSize } from './pattern-size.ts'
import { posixFault } from './posix-fault.ts'
import type { OperatorName } from './words.ts'

/** What an operator asks of one value, given what stands on its right; both are byte strings, or both numbers. */
export type Comparison = (wanted: string | number) => (value: string | number) => boolean

/** On which types of fields an operator works and how it compares; a `list` operator compares with one element of the list. */
export interface Operator {
  readonly onText: boolean
  readonly onNumber: boolean
  readonly onList: boolean
  readonly comparison: Comparison
  /** True where a field may stand on the right. */
  readonly takesField: boolean
}

const text =
  (compare: (value: string, wanted: string) => boolean): Comparison =>
  wanted =>
  value =>
    compare(String(value), String(wanted))

const matcher =
  (make: (pattern: string) => (value: string) => boolean): Comparison =>
  wanted => {
    const test = make(String(wanted))
    return value => test(String(value))
  }

const equal: Comparison = wanted => value => value === wanted
const ordered: Omit<Operator, 'comparison'> = { onText: true, onNumber: true, onList: false, takesField: true }
const textual: Omit<Operator, 'comparison'> = { onText: true, onNumber: false, onList: false, takesField: true }
const listed: Omit<Operator, 'comparison'> = { onText: true, onNumber: true, onList: true, takesField: true }
// these want a field of bytes, and no field of ours is one
const bytes: Omit<Operator, 'comparison'> = { onText: false, onNumber: false, onList: false, takesField: true }

/** The meaning of each operator: libsinsp/filter_compare.cpp of falcosecurity/libs 0.25. */
export const MEANINGS = {
  exists: { ...listed, takesField: false, comparison: () => () => true },
  '<=': { ...ordered, comparison: wanted => value => value <= wanted },
  '<': { ...ordered, comparison: wanted => value => value < wanted },
  '>=': { ...ordered, comparison: wanted => value => value >= wanted },
  '>': { ...ordered, comparison: wanted => value => value > wanted },
  '==': { ...ordered, comparison: equal },
  '=': { ...ordered, comparison: equal },
  '!=': { ...ordered, comparison: wanted => value => value !== wanted },
  glob: { ...textual, comparison: matcher(pattern => fnmatcher(pattern)) },
  iglob: { ...textual, comparison: matcher(pattern => fnmatcher(pattern, { ignoreCase: true })) },
  contains: { ...textual, comparison: text((value, wanted) => value.includes(wanted)) },
  icontains: {
    ...textual,
    comparison: wanted => {
      const part = asciiLower(String(wanted))
      return value => asciiLower(String(value)).includes(part)
    }
  },
  bcontains: { ...bytes, comparison: () => () => false },
  startswith: { ...textual, comparison: text((value, wanted) => value.startsWith(wanted)) },
  bstartswith: { ...bytes, comparison: () => () => false },
  endswith: { ...textual, comparison: text((value, wanted) => value.endsWith(wanted)) },
  regex: {
    ...textual,
    takesField: false,
    comparison: wanted => {
      const pattern = textOf(String(wanted))
      const test = wholeExpression(pattern)
      return value => test(textOf(String(value)))
    }
  },
  intersects: { ...listed, comparison: equal },
  in: { ...listed, comparison: equal },
  pmatch: { ...textual, takesField: false, comparison: matcher(path => pathMatcher(path)) }
} as const satisfies Readonly<Record<OperatorName, Operator>>

/** Why a text cannot stand on the right of an operator, or undefined. */
export const wantedFault = (operator: OperatorName, wanted: string): string | undefined => {
  if (operator !== 'regex') return undefined
  const pattern = textOf(wanted)
  const fault = posixFault(pattern)
  if (fault !== undefined) return `invalid regex pattern: ${fault}`
  if (patternSize(pattern) > LARGEST_PATTERN) return 'invalid regex pattern: pattern too large - compile failed'
  try {
    wholeExpression(pattern)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return `invalid regex pattern: ${error.message.replace(/^error parsing regexp: /, '')}`
  }
}

// a path, or a pattern for one, that begins the value, part by part
const pathMatcher = (path: string): ((value: string) => boolean) => {
  const wanted = partsOf(path).map(part => fnmatcher(part))
  return value => {
    const parts = partsOf(value)
    return wanted.length <= parts.length && wanted.every((test, index) => test(parts[index] ?? ''))
  }
}

const partsOf = (path: string): string[] => path.split('/').filter(part => part !== '')
