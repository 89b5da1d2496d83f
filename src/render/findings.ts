import type { Finding } from '../finding.ts'
import { harmless, type Paint, wrapText } from './paint.ts'

const MARKS = { error: 'error', warning: 'warning', info: 'note' } as const

/** Findings as lines: severity, message, place, and what to do. */
export const findingLines = (findings: readonly Finding[], paint: Paint, width: number): string[] =>
  findings.flatMap(finding => {
    const mark = `${MARKS[finding.severity]}: `
    const color = finding.severity === 'error' ? paint.red : finding.severity === 'warning' ? paint.yellow : paint.cyan
    const [first = '', ...rest] = wrapText(`${mark}${harmless(finding.message)}`, width, '  ')
    const place = finding.file === undefined ? [] : [paint.dim(`  ${harmless(placeOf(finding))}`)]
    const { remediation } = finding
    const remedy = remediation === undefined ? [] : wrapText(harmless(remediation), width - 2).map(line => `  ${line}`)
    return [color(mark.trimEnd()) + first.slice(mark.length - 1), ...rest, ...place, ...remedy]
  })

const placeOf = ({ file = '', line, column, code }: Finding): string =>
  `${file}${line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`} [${code}]`
