import type { Finding } from '../finding.ts'
import { codeFrame } from './code-frame.ts'
import { harmless, type Paint, wrapText } from './paint.ts'

const COLOURS = { error: 'red', warning: 'yellow', info: 'cyan' } as const
const MARKS = { error: 'error', warning: 'warning', info: 'note' } as const

/** One finding: what, where, the line itself, and the way out. */
export const findingFrame = (finding: Finding, lines: readonly string[], paint: Paint, width: number): string[] => {
  const { severity, code, message, file = '', line, column, remediation } = finding
  const mark = `${MARKS[severity]}:`
  const [first = '', ...rest] = wrapText(harmless(`${mark} ${message}`), width, '  ')
  const place = [file, line, column].filter(part => part !== undefined).join(':')
  const frame = line === undefined ? [] : codeFrame(lines, { line, column }, paint, width)
  const fix = remediation === undefined ? [] : wrapText(`fix: ${harmless(remediation)}`, width - 2, '     ')
  return [
    paint[COLOURS[severity]](paint.bold(mark)) + first.slice(mark.length),
    ...rest,
    paint.dim(harmless(`  ${place === '' ? '' : `${place} `}[${code}]`)),
    ...frame,
    ...fix.map((text, index) => `  ${index === 0 ? paint.green('fix:') + text.slice(4) : text}`)
  ]
}
