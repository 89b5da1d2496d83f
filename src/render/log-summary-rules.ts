import type { Summary } from '../logs/summary.ts'
import { bytesText, countText, shareText } from '../text/amount.ts'
import { fittedTable } from './fitted-table.ts'
import { harmless, wrapText } from './paint.ts'
import type { Screen } from './screen.ts'

/** Which rules of a policy decide how much of a log, those that decide most first. */
export const ruleLines = ({ policy, bytes }: Summary, name: string, screen: Screen): string[] => {
  if (policy === undefined) return []
  const { paint, width } = screen
  const { rules, unmatched } = policy
  const rows = rules
    .map(({ index, line, level, ...amount }) => ({ rule: `rules[${index}]`, line: String(line), level, ...amount }))
    .concat(unmatched.events === 0 ? [] : [{ rule: 'no rule', line: '', level: 'None' as const, ...unmatched }])
  const used = rows.filter(({ events }) => events > 0).sort((a, b) => b.bytes - a.bytes)
  const unused = rows.filter(({ events }) => events === 0).map(({ rule }) => rule)
  return [
    '',
    ...wrapText(`By the rules of ${harmless(name)}: which of them decides these requests`, width).map(paint.bold),
    ...fittedTable(
      used,
      [
        { title: 'EVENTS', isNumber: true, cell: row => countText(row.events) },
        { title: 'SIZE', isNumber: true, cell: row => bytesText(row.bytes) },
        { title: 'SHARE', isNumber: true, cell: row => shareText(row.bytes, bytes) },
        { title: 'RULE', cell: ({ rule }) => rule },
        { title: 'LINE', isNumber: true, cell: ({ line }) => line },
        { title: 'LEVEL', cell: ({ level }) => level }
      ],
      screen,
      { head: paint.dim, indent: '  ' }
    ),
    ...(unused.length === 0
      ? []
      : wrapText(`no event of this log: ${unused.join(', ')}`, width - 2).map(line => paint.dim(`  ${line}`)))
  ]
}
