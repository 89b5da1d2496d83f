import { type Finding, SEVERITIES, type Severity } from '../finding.ts'

const WORDS = { error: 'error', warning: 'warning', info: 'note' } as const

/** How many findings there are of each severity that has any, the gravest first, as texts: `2 errors`, `1 note`. */
export const findingCounts = (
  findings: readonly Pick<Finding, 'severity'>[],
  words: Readonly<Record<Severity, string>> = WORDS
): readonly { readonly severity: Severity; readonly text: string }[] =>
  SEVERITIES.flatMap(severity => {
    const count = findings.filter(each => each.severity === severity).length
    return count === 0 ? [] : [{ severity, text: `${count} ${words[severity]}${count === 1 ? '' : 's'}` }]
  })
