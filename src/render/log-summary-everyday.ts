import type { Summary, SummaryRow, SummaryTable } from '../logs/summary.ts'
import { bytesText, countText, shareText } from '../text/amount.ts'
import { moreLine, whatOfRow } from './log-summary-grave.ts'
import { cutText, fittedTable } from './fitted-table.ts'
import { harmless, wrapText } from './paint.ts'
import { roomOn, type Screen } from './screen.ts'

/** Who sends what, how much and how fast: what a log says on any day. */
export const everydayLines = (summary: Summary, screen: Screen): string[] => {
  const { tables } = summary
  const name = namesIn(roomOn(screen, LONGEST))
  const table = (title: string, name: SummaryTable, cell: (row: SummaryRow) => string): string[] =>
    name.rows.length === 0 ? [] : ['', ...rankLines(title, name, cell, screen)]
  const label = (text: string): string => screen.paint.bold(text.padEnd(LABEL))
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : listLines(label(title), items, screen)
  return [
    ...table('USER', tables.users, row => (row['user'] === null ? '(not authenticated)' : String(row['user']))),
    ...table('RESOURCE', tables.resources, row => whatOfRow(row, 'resource')),
    '',
    ...list('verbs', shares(tables.verbs, name('verb'))),
    ...list('namespaces', shares(tables.namespaces, name('namespace'))),
    ...list('other paths', shares(tables.paths, name('path'))),
    ...list('clients', shares(tables.userAgents, name('userAgent', shortAgent))),
    ...list('from', shares(tables.sources, name('source'))),
    ...list('answers', shares(tables.codes, name('code'))),
    ...list('changes', counts(tables.changeVerbs, name('verb'))),
    ...list('busiest', busiest(summary)),
    ...list('latency', latencies(summary)),
    ...list('events', stages(summary))
  ]
}

const LABEL = 13
const LONGEST = 40

const rankLines = (
  title: string,
  { rows, distinct, others }: SummaryTable,
  cell: (row: SummaryRow) => string,
  screen: Screen
): string[] => [
  ...fittedTable(
    rows,
    [
      { title: 'REQUESTS', isNumber: true, cell: row => countText(row.requests) },
      { title: 'SHARE', isNumber: true, cell: row => shareText(row.share, 1) },
      { title: 'SIZE', isNumber: true, cell: row => bytesText(row.bytes) },
      { title: 'REFUSED', isNumber: true, cell: row => countText(row.denied) },
      { title, cell }
    ],
    screen,
    { head: screen.paint.dim, indent: '  ' }
  ),
  ...moreLine(distinct - rows.length, others.requests, screen.paint)
]

// a list that breaks between its items, behind a label
const listLines = (label: string, items: readonly string[], screen: Screen): string[] => {
  const room = screen.width - LABEL
  // what must stay together is told from what may be broken
  const glue = (text: string): string => cutText(harmless(text), roomOn(screen, room - 1)).replaceAll(' ', GLUE)
  const lines = wrapText(items.map(glue).join(', '), room).map(line => line.replaceAll(GLUE, ' '))
  return lines.map((line, index) => `${index === 0 ? label : ' '.repeat(LABEL)}${line}`)
}

const GLUE = '\u{f0000}'

// what all programs of Kubernetes say: kubelet/v1.36.0 (linux/amd64) kubernetes/98b3519
const shortAgent = (agent: string): string => agent.replace(/ \([^()]*\) kubernetes\/[^/ ]+/, '')

// how a row is called, in at most so many characters
const namesIn =
  (longest: number) =>
  (column: string, shorten = (name: string): string => name) =>
  (row: SummaryRow): string => {
    const name = shorten(String(row[column] ?? '')).replace(/[\n\t]/g, ' ')
    return name === '' || name === '0' ? 'none' : cutText(name, longest)
  }

const shares = ({ rows, others, distinct }: SummaryTable, name: (row: SummaryRow) => string): string[] => [
  ...rows.map(row => `${name(row)} ${shareText(row.share, 1)}`),
  ...(others.requests === 0 ? [] : [`${countText(distinct - rows.length)} more`])
]

const counts = ({ rows }: SummaryTable, name: (row: SummaryRow) => string): string[] =>
  rows.map(row => `${name(row)} ${countText(row.requests)}`)

const busiest = ({ busiest, first, last }: Summary): string[] => {
  const isOneDay = (first ?? '').slice(0, 10) === (last ?? '').slice(0, 10)
  return busiest
    .slice(0, 3)
    .map(
      ({ minute, requests }) =>
        `${minute.slice(isOneDay ? 11 : 5, 16).replace('T', ' ')} ${countText(requests)} a minute`
    )
}

const latencies = (summary: Summary): string[] =>
  summary.latencies.slice(0, 6).map(({ verb, p50, p99 }) => `${verb} ${timeText(p50)} (99%: ${timeText(p99)})`)

const timeText = (milliseconds: number): string =>
  milliseconds >= 10_000
    ? `${Math.round(milliseconds / 1000)} s`
    : milliseconds >= 1000
      ? `${(milliseconds / 1000).toFixed(1)} s`
      : `${milliseconds >= 10 ? Math.round(milliseconds) : milliseconds.toFixed(1)} ms`

const stages = ({ stages }: Summary): string[] =>
  stages.map(({ stage, level, events, bytes }) => `${stage} at ${level} ${countText(events)} (${bytesText(bytes)})`)
