import type { Summary, SummaryRow } from '../logs/summary.ts'
import { countText, shareText } from '../text/amount.ts'
import { TABLE_WORDS, whatText } from './log-summary-words.ts'
import { type Paint, wrapText } from './paint.ts'
import { fittedTable, type FittedColumn } from './fitted-table.ts'

type Grave = 'anonymous' | 'sessions' | 'denied' | 'unauthenticated' | 'failures' | 'secretReaders' | 'impersonation'

interface Section {
  readonly table: Grave
  readonly color: 'red' | 'yellow' | 'cyan'
  readonly columns: readonly (readonly [title: string, cell: (row: SummaryRow) => string, isNumber?: boolean])[]
}

const textOf = (row: SummaryRow, column: string): string => {
  const value = row[column]
  return value === null ? '(unknown)' : String(value ?? '')
}

/** What a row's request was for: deployments.apps/scale, or a path. */
export const whatOfRow = (row: SummaryRow, column = 'what'): string =>
  whatText(textOf(row, column), textOf(row, 'apiGroup'))

const REQUESTS = ['REQUESTS', (row: SummaryRow) => countText(row.requests), true] as const
const USER = ['USER', (row: SummaryRow) => textOf(row, 'user')] as const
const VERB = ['VERB', (row: SummaryRow) => textOf(row, 'verb')] as const
const WHAT = ['WHAT', (row: SummaryRow) => whatOfRow(row)] as const
const NAMESPACE = ['NAMESPACE', (row: SummaryRow) => textOf(row, 'namespace')] as const
const CODE = ['CODE', (row: SummaryRow) => textOf(row, 'code'), true] as const

// the gravest first
const SECTIONS: readonly Section[] = [
  {
    table: 'anonymous',
    color: 'yellow',
    columns: [REQUESTS, CODE, VERB, WHAT, NAMESPACE]
  },
  {
    table: 'sessions',
    color: 'yellow',
    columns: [
      ['LAST', row => (row.last ?? '').slice(5, 19).replace('T', ' ')],
      CODE,
      USER,
      ['POD', row => `${textOf(row, 'namespace')}/${textOf(row, 'pod')}`],
      ['COMMAND', row => textOf(row, 'command') || textOf(row, 'kind')]
    ]
  },
  {
    table: 'denied',
    color: 'yellow',
    columns: [REQUESTS, USER, VERB, WHAT, NAMESPACE]
  },
  {
    table: 'unauthenticated',
    color: 'yellow',
    columns: [
      REQUESTS,
      ['FROM', row => textOf(row, 'source')],
      VERB,
      WHAT,
      ['USER AGENT', row => textOf(row, 'userAgent')]
    ]
  },
  {
    table: 'failures',
    color: 'red',
    columns: [REQUESTS, CODE, USER, VERB, WHAT]
  },
  {
    table: 'secretReaders',
    color: 'cyan',
    columns: [REQUESTS, USER]
  },
  {
    table: 'impersonation',
    color: 'cyan',
    columns: [REQUESTS, ['REFUSED', row => countText(row.denied), true], USER, ['AS', row => textOf(row, 'as')]]
  }
]

/** What of a log is out of the ordinary, the gravest first; what there is none of in one line. */
export const graveLines = (summary: Summary, paint: Paint, width: number): string[] => {
  const isSome = ({ table }: Section): boolean => summary.totals[TABLE_WORDS[table].total] > 0
  const none = SECTIONS.filter(section => !isSome(section)).map(({ table }) => TABLE_WORDS[table].title.toLowerCase())
  return [
    ...SECTIONS.filter(isSome).flatMap(section => ['', ...sectionLines(section, summary, paint, width)]),
    ...(none.length === 0 ? [] : ['', ...wrapText(`none: ${none.join(', ')}`, width, '  ').map(paint.dim)])
  ]
}

const sectionLines = (section: Section, summary: Summary, paint: Paint, width: number): string[] => {
  const { table, color, columns } = section
  const { title, about, total } = TABLE_WORDS[table]
  const count = summary.totals[total]
  const { rows, distinct, others } = summary.tables[table]
  const share = shareText(count, summary.requests)
  const cells = columns.map(([name, cell, isNumber = false]): FittedColumn => ({
    title: name,
    isNumber,
    cells: rows.map(cell)
  }))
  return [
    `${paint[color](paint.bold(title))}  ${countText(count)} request${count === 1 ? '' : 's'}, ${share}: ${about}`,
    ...fittedTable(cells, width, paint),
    ...moreLine(distinct - rows.length, others.requests, paint)
  ]
}

/** How many rows are not shown. */
export const moreLine = (rows: number, requests: number, paint: Paint): string[] =>
  requests === 0
    ? []
    : [paint.dim(`  and ${countText(rows)} more with ${countText(requests)} request${requests === 1 ? '' : 's'}`)]
