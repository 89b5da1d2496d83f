import type { Rotation } from '../audit/rotation.ts'
import type { Weight } from '../logs/heaviest.ts'
import type { Amount } from '../logs/replay-count.ts'
import { bytesText, countedText, countText, daysText, shareText, spanText } from '../text/amount.ts'
import { findingLines } from './findings.ts'
import { cutText, fittedTable, type FittedColumn } from './fitted-table.ts'
import { levelText } from './level.ts'
import { oneLine, wrapText } from './paint.ts'
import type { NamedReplay, ReplayResult } from './replay-json.ts'
import { roomOn, type Screen } from './screen.ts'

/** What one policy would have kept of a log, or two side by side. */
export const replayLines = (result: ReplayResult, screen: Screen): string[] => {
  const { replays, recorded, findings } = result
  const { paint, width } = screen
  const [one] = replays
  if (!one) return []
  return [
    ...recordedLines(result, width),
    '',
    ...amountLines(result, screen),
    '',
    ...replays.flatMap(replay => [
      ...(replays.length > 1 ? [paint.bold(policyText(replay, screen, width))] : []),
      ...ruleLines(replay, screen),
      ''
    ]),
    ...loudestLines(one, replays.length > 1, screen),
    ...limitLines(result, screen),
    ...(findings.length > 0 ? ['', ...findingLines(findings, paint, width)] : []),
    ...(recorded.events === 0 ? ['', 'the log holds no events'] : [])
  ]
}

const recordedLines = ({ recorded }: ReplayResult, width: number): string[] => {
  const { events, bytes, first, last } = recorded
  const span = Date.parse(last) - Date.parse(first)
  const time = first === '' ? '' : ` from ${timeText(first)} to ${timeText(last)} UTC (${spanText(span)})`
  return wrapText(`The log: ${countedText(events, 'event')}, ${bytesText(bytes)}${time}`, width)
}

const timeText = (time: string): string => oneLine(time.slice(0, 19).replace('T', ' '))

type AmountRow = readonly [title: string, value: (replay: NamedReplay, index: number) => string]

const ALONE = 'kept by this one alone'

const amountLines = ({ replays, recorded, differences, rotation }: ReplayResult, screen: Screen): string[] => {
  const { paint, width } = screen
  const alone = ({ events, bytes }: Amount): string => `${countText(events)}, ${bytesText(bytes)}`
  const rows: readonly AmountRow[] = [
    ['events kept', ({ kept }) => withShare(countText(kept.events), kept.events, recorded.events)],
    ['bytes kept', ({ kept }) => withShare(bytesText(kept.bytes), kept.bytes, recorded.bytes)],
    ['a day', ({ bytesPerDay }) => (bytesPerDay === null ? 'not known' : bytesText(bytesPerDay))],
    ['busiest hour', busiestHour],
    ['the log reaches back', replay => historyText(replay, rotation)],
    ['disk needed', ({ diskBytes }) => (diskBytes === null ? 'without end' : bytesText(diskBytes))],
    [ALONE, (_, index) => alone(differences[index === 0 ? 0 : 1])]
  ]
  // beside the titles, and blanks before each
  const room = Math.max(20, Math.floor((width - ALONE.length - 2) / replays.length) - 2)
  const columns: readonly FittedColumn<AmountRow>[] = [
    { title: '', cut: 'never', cell: ([title]) => title, paint: paint.dim },
    ...replays.map((replay, index): FittedColumn<AmountRow> => ({
      title: policyText(replay, screen, room),
      cut: 'never',
      cell: ([, value]) => value(replay, index)
    }))
  ]
  return [
    ...fittedTable(replays.length > 1 ? rows : rows.slice(0, -1), columns, screen, { head: paint.bold }),
    ...wrapText(`(${rotationText(rotation)}: --log-maxsize, --log-maxbackup, --log-maxage)`, width).map(paint.dim)
  ]
}

const busiestHour = ({ perHour, kept }: NamedReplay): string => {
  const [[hour, most] = ['', undefined]] = Object.entries(perHour).sort(([, a], [, b]) => b.keptBytes - a.keptBytes)
  return most === undefined || kept.events === 0
    ? '-'
    : `${bytesText(most.keptBytes)}, ${hour.slice(5).replace('T', ' ')}:00`
}

const withShare = (text: string, part: number, whole: number): string =>
  whole === 0 ? text : `${text} (${shareText(part, whole)})`

const rotationText = ({ maxsize, maxbackup, maxage }: Rotation): string =>
  `${maxsize === 0 ? 'files of any size' : `${maxsize} MiB a file`}, ${maxbackup === 0 ? 'any number of' : maxbackup} rotated files, ${maxage === 0 ? 'kept for ever' : `${maxage} days`}`

const historyText = ({ retentionDays, bytesPerDay, kept }: NamedReplay, { maxage }: Rotation): string => {
  if (kept.events === 0) return 'nothing is kept'
  if (bytesPerDay === null) return 'not known: less than a minute of log'
  if (retentionDays === null) return 'without end'
  return retentionDays === maxage ? `${maxage} days, its maxage` : daysText(retentionDays)
}

const ruleLines = ({ rules, unmatched, neverMatched }: NamedReplay, screen: Screen): string[] => {
  const { paint, width } = screen
  const rows = [
    ...rules.map(rule => ({ ...rule, rule: `rules[${rule.index}]`, line: String(rule.line) })),
    ...(unmatched.events > 0
      ? [{ ...unmatched, rule: 'no rule', line: '', level: 'None' as const, keptEvents: 0, keptBytes: 0 }]
      : [])
  ]
  const columns: readonly FittedColumn<(typeof rows)[number]>[] = [
    {
      title: 'rule',
      cut: 'never',
      cell: ({ rule }) => rule,
      paint: (cell, { events }) => (events === 0 ? paint.dim(cell) : cell)
    },
    { title: 'line', isNumber: true, cell: ({ line }) => line, paint: paint.dim },
    {
      title: 'level',
      cut: 'never',
      cell: ({ level }) => level,
      paint: (cell, { level }) => levelText(level, paint, cell.length)
    },
    { title: 'events', isNumber: true, cell: ({ events }) => countText(events) },
    { title: 'bytes', isNumber: true, cell: ({ bytes }) => bytesText(bytes) },
    { title: 'kept', isNumber: true, cell: ({ keptEvents }) => (keptEvents === 0 ? '-' : countText(keptEvents)) },
    {
      title: 'kept bytes',
      isNumber: true,
      cell: ({ keptEvents, keptBytes }) => (keptEvents === 0 ? '-' : bytesText(keptBytes))
    }
  ]
  const idle = neverMatched.map(index => `rules[${index}]`)
  return [
    ...fittedTable(rows, columns, screen, { head: paint.bold }),
    ...(idle.length === 0 ? [] : wrapText(`matched by no event of this log: ${idle.join(', ')}`, width).map(paint.dim))
  ]
}

const LOUDEST = 5

const loudestLines = (replay: NamedReplay, isOneOfMany: boolean, screen: Screen): string[] => {
  const { users, resources, kept } = replay
  const whose = isOneOfMany ? ` by ${policyText(replay, screen, 30)}` : ''
  const table = (title: string, weights: readonly Weight[]): string[] => {
    const columns: readonly FittedColumn<Weight>[] = [
      { title, cut: 'start', cell: ({ key }) => key },
      { title: 'events', isNumber: true, cell: ({ events }) => countText(events) },
      { title: 'bytes', isNumber: true, cell: ({ bytes }) => bytesText(bytes) },
      { title: 'share', isNumber: true, cell: ({ bytes }) => shareText(bytes, kept.bytes) }
    ]
    if (weights.length === 0) return []
    return [...fittedTable(weights.slice(0, LOUDEST), columns, screen, { head: screen.paint.bold }), '']
  }
  return [...table(`loudest users kept${whose}`, users), ...table(`loudest resources kept${whose}`, resources)]
}

// the end of a name tells more than its beginning
const policyText = ({ policy }: NamedReplay, screen: Screen, room: number): string =>
  cutText(oneLine(policy), roomOn(screen, room), 'start')

const limitLines = ({ replays }: ReplayResult, screen: Screen): string[] => {
  const facts = [
    'requests that its own policy did not record: a policy that keeps more may keep more than this',
    ...replays.flatMap(replay => raisedFacts(replay, replays.length > 1 ? `${policyText(replay, screen, 40)}: ` : ''))
  ]
  return [
    screen.paint.bold('What the log cannot show'),
    ...facts.flatMap(fact => wrapText(`- ${fact}`, screen.width, '  '))
  ]
}

const raisedFacts = ({ levels: { raised }, estimated }: NamedReplay, whose: string): string[] => {
  if (raised === 0) return []
  const { events, bytes, unknown } = estimated
  return [
    `${whose}${countedText(raised, 'event')} ${raised === 1 ? 'is' : 'are'} recorded below the level that the policy gives ${raised === 1 ? 'it' : 'them'}`,
    ...(events > 0
      ? [
          `${whose}the bodies of ${countedText(events, 'event')} among them are estimated from like events of this log: ${bytesText(bytes)}`
        ]
      : []),
    ...(unknown > 0
      ? [
          `${whose}for the bodies of ${countedText(unknown, 'event')} there is no like event: they come on top of these figures`
        ]
      : [])
  ]
}
