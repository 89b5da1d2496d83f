import type { Summary, SummaryTable } from '../logs/summary.ts'
import { TABLE_NAMES, TABLES } from '../logs/summary-tables.ts'
import { fillPage } from './html-page.ts'
import { LOG_SUMMARY_PAGE } from './log-summary-page.generated.ts'

/** How many rows of each table a page has at most. */
export const PAGE_ROWS = 200

/** What a log says in sum as one HTML page that needs nothing else; it has a bound, whatever the log. */
export const logSummaryHtml = (
  summary: Summary,
  { name, policy, badLines }: { readonly name: string; readonly policy?: string; readonly badLines: number }
): string => {
  const { first, last, tables, timeline, policy: rules, ...more } = summary
  return fillPage(LOG_SUMMARY_PAGE, `${name}: audit log`, {
    ...more,
    ...{ name, badLines, first: secondsOf(first), last: secondsOf(last) },
    tables: Object.fromEntries(TABLE_NAMES.map(table => [table, shortTable(TABLES[table], tables[table])])),
    timeline: {
      seconds: timeline.seconds,
      stretches: timeline.stretches.map(({ start, events, requests, bytes, denied, failed }) => [
        secondsOf(start),
        ...[events, requests, bytes, denied, failed]
      ])
    },
    ...(rules === undefined ? {} : { policy: { file: policy ?? '', ...rules } })
  })
}

const secondsOf = (moment: string | null): number | null => (moment === null ? null : Date.parse(moment) / 1000)

// a name for each value would double the page
const shortTable = (columns: readonly string[], table: SummaryTable): Record<string, unknown> => ({
  ...table,
  columns,
  rows: table.rows
    .slice(0, PAGE_ROWS)
    .map(row => [
      ...columns.map(column => row[column] ?? null),
      ...[row.requests, row.bytes, row.denied, row.failed, secondsOf(row.first), secondsOf(row.last)]
    ])
})
