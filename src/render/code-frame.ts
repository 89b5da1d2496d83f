import { harmless, type Paint } from './paint.ts'

/** A line of a text with a mark below the column that a finding names; nothing where the text has no such line. */
export const codeFrame = (
  lines: readonly string[],
  { line, column }: { readonly line: number; readonly column?: number | undefined },
  paint: Paint,
  width: number
): string[] => {
  const text = lines[line - 1]
  if (text === undefined) return []
  const gutter = `${line}`.padStart(5)
  const room = width - gutter.length - 4
  const { shown, before } = cutAround(text, (column ?? 1) - 1, room)
  const mark =
    column === undefined ? [] : [`${paint.dim(`${' '.repeat(gutter.length)} |`)} ${blanks(before)}${paint.bold('^')}`]
  return [`${paint.dim(`${gutter} |`)} ${plain(shown)}`, ...mark]
}

/** Some lines of a text with their numbers; of many the first. */
export const codeLines = (
  lines: readonly string[],
  { first, last }: { readonly first: number; readonly last: number },
  paint: Paint,
  width: number,
  most = 12
): string[] => {
  const end = Math.min(last, first + most - 1, lines.length)
  const shown = lines
    .slice(first - 1, end)
    .flatMap((_, index) => codeFrame(lines, { line: first + index }, paint, width))
  return end < Math.min(last, lines.length) ? [...shown, paint.dim('      ...')] : shown
}

/** The largest text of which lines are shown, in characters. */
const MOST = 2 * 1024 * 1024

/** The lines of a text, as people count them; none of a text that is too large to be looked at. */
export const linesOf = (text: string): string[] =>
  text.length > MOST ? [] : text.replace(/^\uFEFF/, '').split(/\r?\n/)

// a long line is shown around its column
const cutAround = (text: string, at: number, room: number): { shown: string; before: string } => {
  const start = text.length <= room || at < room - 10 ? 0 : Math.min(at - Math.floor(room / 2), text.length - room)
  const shown = text.slice(start, start + room)
  return { shown, before: shown.slice(0, Math.max(0, at - start)) }
}

// one column each, or the mark would stand elsewhere
const plain = (text: string): string =>
  [...text.replaceAll('\t', ' ')].map(each => (harmless(each) === each ? each : '\ufffd')).join('')

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

const blanks = (before: string): string => [...plain(before)].map(each => (WIDE.test(each) ? '  ' : ' ')).join('')
