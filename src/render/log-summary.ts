import type { Summary } from '../logs/summary.ts'
import { bytesText, countedText, numberText, spanText } from '../text/amount.ts'
import { findingLines } from './findings.ts'
import { everydayLines } from './log-summary-everyday.ts'
import { graveLines } from './log-summary-grave.ts'
import { ruleLines } from './log-summary-rules.ts'
import { TABLE_WORDS } from './log-summary-words.ts'
import { oneLine, wrapText } from './paint.ts'
import type { Screen } from './screen.ts'

/** What a log says in sum, for people: what is to be looked at first. `name` is the log's, `policy` the policy's. */
export const logSummaryLines = (
  summary: Summary,
  { name, policy, badLines }: { readonly name: string; readonly policy?: string; readonly badLines: number },
  screen: Screen
): string[] => {
  const { findings } = summary
  const { paint, width } = screen
  return [
    ...headLines(summary, name, screen),
    ...(badLines === 0 ? [] : [paint.yellow(`${countedText(badLines, 'line')} could not be read as an event`)]),
    ...(findings.length === 0 ? [] : ['', ...findingLines(findings, paint, width)]),
    ...(summary.requests === 0 ? [] : [...graveLines(summary, screen), ...everydayLines(summary, screen)]),
    ...(policy === undefined ? [] : ruleLines(summary, policy, screen)),
    ...missedLines(summary, width)
  ]
}

const headLines = (summary: Summary, name: string, { paint, width }: Screen): string[] => {
  const { events, requests, bytes, first, last } = summary
  const text = `${oneLine(name)}: ${countedText(events, 'event')}, ${countedText(requests, 'request')}, ${bytesText(bytes)}`
  const head = wrapText(text, width, '  ').map(line => paint.bold(line))
  if (first === null || last === null) return head
  const span = Date.parse(last) - Date.parse(first)
  const rate = span < 1000 ? 0 : (events * 1000) / span
  const pace = rate >= 0.01 ? `, ${numberText(rate)} events a second` : ''
  const times = `${momentWords(first)} to ${momentWords(last, first)} UTC, ${spanText(span)}${pace}`
  return [...head, ...wrapText(times, width, '  ')]
}

/** A moment of an event as people read it, to the second; without its day where that is the day of another. */
const momentWords = (moment: string, other = ''): string => {
  const isSameDay = moment.slice(0, 10) === other.slice(0, 10)
  return moment.slice(isSameDay ? 11 : 0, 19).replace('T', ' ')
}

const missedLines = ({ tables }: Summary, width: number): string[] => {
  const names = Object.entries(tables).filter(([, { complete }]) => !complete)
  if (names.length === 0) return []
  const most = Math.max(...names.map(([, { missed }]) => missed))
  const missed = most === 0 ? ', and counted in full' : `; a row that is shown may have had up to ${most} requests more`
  const titles: Readonly<Record<string, { readonly title: string }>> = TABLE_WORDS
  return [
    '',
    ...wrapText(
      `Not all rows are kept of ${names.map(([name]) => titles[name]?.title ?? name).join(', ')}: those with the most requests are shown${missed}.`,
      width
    )
  ]
}
