/** How grave what a rule found is, the gravest first; `number` is what Falco compares (falco_common.cpp of falcosecurity/falco). */
export const PRIORITIES = [
  { number: 0, name: 'Emergency', short: 'EMERGENCY' },
  { number: 1, name: 'Alert', short: 'ALERT' },
  { number: 2, name: 'Critical', short: 'CRITICAL' },
  { number: 3, name: 'Error', short: 'ERROR' },
  { number: 4, name: 'Warning', short: 'WARNING' },
  { number: 5, name: 'Notice', short: 'NOTICE' },
  { number: 6, name: 'Informational', short: 'INFO' },
  { number: 7, name: 'Debug', short: 'DEBUG' }
] as const

export type Priority = (typeof PRIORITIES)[number]

/** The priority that a word names, in any case; INFO is Informational. */
export const priorityNamed = (word: string): Priority | undefined =>
  PRIORITIES.find(({ name, short }) => [name.toUpperCase(), short].includes(word.toUpperCase()))
