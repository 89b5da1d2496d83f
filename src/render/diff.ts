import { harmless, type Paint } from './paint.ts'

/** A unified diff as lines for a terminal. */
export const diffLines = (unified: string, paint: Paint): string[] =>
  unified
    .replace(/\n$/, '')
    .split('\n')
    .filter(line => !/^={10,}$/.test(line))
    .map(line => paintLine(harmless(line.replace(/\r$/, '')), paint))

const paintLine = (line: string, paint: Paint): string => {
  if (/^(---|\+\+\+) /.test(line)) return paint.bold(line)
  if (line.startsWith('@@')) return paint.cyan(line)
  if (line.startsWith('+')) return paint.green(line)
  return line.startsWith('-') ? paint.red(line) : line
}
