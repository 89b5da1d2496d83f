import type { Summary, SummaryRow } from '../logs/summary.ts'
import { countedText, countText, shareText } from '../text/amount.ts'
import { TABLE_WORDS, whatText } from './log-summary-words.ts'
import { fittedTable, type FittedColumn } from './fitted-table.ts'
import { type Paint, wrapText } from './paint.ts'
import type { Screen } from './screen.ts'

type Grave = 'anonymous' | 'sessions' | 'denied' | 'unauthenticated' | 'failures' | 'secretReaders' | 'impersonation'

interface Section {
  readonly table: Grave
  readonly color: 'red' | 'yellow' | 'cyan'
  readonly columns: readonly Column[]
}

const textOf = (row: SummaryRow, column: string): string => {
  const value = row[column]
  return value === null ? '(unknown)' : String(value ?? '')
}

/** What a row's request was for: deployments.apps/scale, or a path. */
export const whatOfRow = (row: SummaryRow, column = 'what'): string =>
  whatText(textOf(row, column), textOf(row, 'apiGroup'))

type Column = FittedColumn<SummaryRow>

const textColumn = (title: string, column: string): Column => ({ title, cell: row => textOf(row, column) })

const REQUESTS: Column = { title: 'REQUESTS', isNumber: true, cell: row => countText(row.requests) }
const USER = textColumn('USER', 'user')
const USER_AS: Column = {
  ...USER,
  cell: row => [textOf(row, 'user'), textOf(row, 'as')].filter(name => name !== '').join(' as ')
}
const VERB = textColumn('VERB', 'verb')
const WHAT: Column = { title: 'WHAT', cell: row => whatOfRow(row) }
const NAMESPACE = textColumn('NAMESPACE', 'namespace')
const CODE: Column = { ...textColumn('CODE', 'code'), isNumber: true }

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
      { title: 'LAST', cell: row => (row.last ?? '').slice(5, 19).replace('T', ' ') },
      CODE,
      USER,
      { title: 'POD', cell: row => `${textOf(row, 'namespace')}/${textOf(row, 'pod')}` },
      { title: 'COMMAND', cell: row => textOf(row, 'command') || textOf(row, 'kind') }
    ]
  },
  {
    table: 'denied',
    color: 'yellow',
    columns: [REQUESTS, USER_AS, VERB, WHAT, NAMESPACE]
  },
  {
    table: 'unauthenticated',
    color: 'yellow',
    columns: [REQUESTS, textColumn('FROM', 'source'), VERB, WHAT, textColumn('USER AGENT', 'userAgent')]
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
    columns: [
      REQUESTS,
      { title: 'REFUSED', isNumber: true, cell: row => countText(row.denied) },
      USER,
      textColumn('AS', 'as')
    ]
  }
]

/** What of a log is out of the ordinary, the gravest first; what there is none of in one line. */
export const graveLines = (summary: Summary, screen: Screen): string[] => {
  const { paint, width } = screen
  const isSome = ({ table }: Section): boolean => summary.totals[TABLE_WORDS[table].total] > 0
  const none = SECTIONS.filter(section => !isSome(section)).map(({ table }) => TABLE_WORDS[table].title.toLowerCase())
  return [
    ...SECTIONS.filter(isSome).flatMap(section => ['', ...sectionLines(section, summary, screen)]),
    ...(none.length === 0 ? [] : ['', ...wrapText(`none: ${none.join(', ')}`, width, '  ').map(paint.dim)])
  ]
}

const sectionLines = (section: Section, summary: Summary, screen: Screen): string[] => {
  const { paint } = screen
  const { table, color, columns } = section
  const { title, about, total } = TABLE_WORDS[table]
  const count = summary.totals[total]
  const { rows, distinct, others } = summary.tables[table]
  const share = shareText(count, summary.requests)
  return [
    `${paint[color](paint.bold(title))}  ${countedText(count, 'request')}, ${share}: ${about}`,
    ...fittedTable(rows, columns, screen, { head: paint.dim, indent: '  ' }),
    ...moreLine(distinct - rows.length, others.requests, paint)
  ]
}

/** How many rows are not shown. */
export const moreLine = (rows: number, requests: number, paint: Paint): string[] =>
  requests === 0 ? [] : [paint.dim(`  and ${countText(rows)} more with ${countedText(requests, 'request')}`)]
