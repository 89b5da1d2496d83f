import type { Summary } from '../logs/summary.ts'
import { bytesText, countText, shareText } from '../text/amount.ts'
import { harmless, type Paint, wrapText } from './paint.ts'
import { fittedTable } from './fitted-table.ts'

/** Which rules of a policy decide how much of a log, those that decide most first. */
export const ruleLines = ({ policy, bytes }: Summary, name: string, paint: Paint, width: number): string[] => {
  if (policy === undefined) return []
  const { rules, unmatched } = policy
  const rows = rules
    .map(({ index, line, level, ...amount }) => ({ rule: `rules[${index}]`, line: String(line), level, ...amount }))
    .concat(unmatched.events === 0 ? [] : [{ rule: 'no rule', line: '', level: 'None' as const, ...unmatched }])
  const used = rows.filter(({ events }) => events > 0).sort((a, b) => b.bytes - a.bytes)
  const unused = rows.filter(({ events }) => events === 0).map(({ rule }) => rule)
  const column = (title: string, isNumber: boolean, cell: (row: (typeof rows)[number]) => string) => ({
    ...{ title, isNumber },
    cells: used.map(cell)
  })
  return [
    '',
    ...wrapText(`By the rules of ${harmless(name)}: which of them decides these requests`, width).map(paint.bold),
    ...fittedTable(
      [
        column('EVENTS', true, row => countText(row.events)),
        column('SIZE', true, row => bytesText(row.bytes)),
        column('SHARE', true, row => shareText(row.bytes, bytes)),
        column('RULE', false, row => row.rule),
        column('LINE', true, row => row.line),
        column('LEVEL', false, row => row.level)
      ],
      width,
      paint
    ),
    ...(unused.length === 0
      ? []
      : wrapText(`no event of this log: ${unused.join(', ')}`, width - 2).map(line => paint.dim(`  ${line}`)))
  ]
}
