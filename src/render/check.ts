import { type Subject, SUBJECTS } from '../checks/check.ts'
import { cisNumbers } from '../checks/cis.ts'
import type { CheckOutcome } from '../checks/run.ts'
import type { Finding } from '../finding.ts'
import { findingCounts } from './finding-counts.ts'
import { linesOf } from './code-frame.ts'
import { findingFrame } from './finding-frame.ts'
import type { Paint } from './paint.ts'
import type { ShownTexts } from './shown-texts.ts'

const subjects = Object.keys(SUBJECTS) as Subject[] // the keys of a literal

/**
 * What the checks of a node found, by subject: each finding with the line that it is about, and then one line for each
 * subject. With `isVerbose` every check is named.
 */
export const checkLines = (
  outcomes: readonly CheckOutcome[],
  texts: ShownTexts,
  isVerbose: boolean,
  paint: Paint,
  width: number
): string[] => {
  const lines = new Map([...texts].map(([file, text]) => [file, linesOf(text)]))
  const of = (subject: Subject): CheckOutcome[] => outcomes.filter(({ check }) => check.subject === subject)
  const findings = subjects.flatMap(subject => {
    const found = of(subject).flatMap(outcome => outcome.findings)
    if (found.length === 0) return []
    return [
      paint.bold(SUBJECTS[subject]),
      '',
      ...found.flatMap(finding => [...findingFrame(finding, lines.get(finding.file ?? '') ?? [], paint, width), ''])
    ]
  })
  const name = Math.max(...subjects.map(subject => shortName(subject).length))
  const summary = subjects.flatMap(subject => {
    const own = of(subject)
    if (own.length === 0) return []
    const row = `  ${shortName(subject).padEnd(name)}  ${countsText(own, paint)}`
    return [row, ...(isVerbose ? own.map(outcome => namedLine(outcome, paint)) : [])]
  })
  return [...findings, ...summary]
}

const shortName = (subject: Subject): string => SUBJECTS[subject].replace(/:.*/, '')

const COLOURS = { error: 'red', warning: 'yellow', info: 'cyan' } as const

const countsText = (outcomes: readonly CheckOutcome[], paint: Paint): string => {
  const findings: Finding[] = outcomes.flatMap(outcome => [...outcome.findings])
  const grave = findingCounts(findings).map(({ severity, text }) => paint[COLOURS[severity]](text))
  const passed = outcomes.filter(({ outcome }) => outcome === 'passed').length
  const skipped = outcomes.filter(({ outcome }) => outcome === 'skipped').length
  return [
    ...grave,
    ...(passed > 0 ? [`${passed} passed`] : []),
    ...(skipped > 0 ? [paint.dim(`${skipped} skipped`)] : [])
  ].join(', ')
}

const namedLine = ({ check, outcome, reason }: CheckOutcome, paint: Paint): string => {
  const mark = { passed: paint.green('ok  '), failed: paint.red('no  '), skipped: paint.dim('-   ') }[outcome]
  const why = reason === undefined ? '' : paint.dim(` (${reason})`)
  return `    ${mark}${check.title}${why}${check.cis === undefined ? '' : paint.dim(` [CIS ${cisNumbers(check.cis)['1.12'] ?? ''}]`)}`
}

/** The outcomes as JSON, without the findings, which stand by themselves. */
export const checksJson = (outcomes: readonly CheckOutcome[]): Record<string, unknown>[] =>
  outcomes.map(({ check, outcome, reason, findings }) => ({
    id: check.id,
    subject: check.subject,
    title: check.title,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    findings: findings.length,
    codes: [...new Set(findings.map(({ code }) => code))],
    ...(check.cis === undefined ? {} : { cis: cisNumbers(check.cis) })
  }))
