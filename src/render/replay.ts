import type { Rotation } from '../audit/rotation.ts'
import type { ReplayedRule } from '../logs/replay.ts'
import type { Weight } from '../logs/heaviest.ts'
import { bytesText, countText, daysText, shareText, spanText } from '../text/amount.ts'
import { type Column, tableLines } from './columns.ts'
import { findingLines } from './findings.ts'
import { levelText } from './level.ts'
import { oneLine, type Paint, wrapText } from './paint.ts'
import type { NamedReplay, ReplayResult } from './replay-json.ts'

/** What one policy would have kept of a log, or two side by side. */
export const replayLines = (result: ReplayResult, paint: Paint, width: number): string[] => {
  const { replays, recorded, findings } = result
  const [one] = replays
  if (!one) return []
  return [
    ...recordedLines(result, width),
    '',
    ...amountLines(result, paint, width),
    '',
    ...replays.flatMap(replay => [
      ...(replays.length > 1 ? [paint.bold(shortened(oneLine(replay.policy), width))] : []),
      ...ruleLines(replay, paint, width),
      ''
    ]),
    ...loudestLines(one, replays.length > 1, paint, width),
    ...limitLines(result, paint, width),
    ...(findings.length > 0 ? ['', ...findingLines(findings, paint, width)] : []),
    ...(recorded.events === 0 ? ['', 'the log holds no events'] : [])
  ]
}

const counted = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? '' : 's'}`

const recordedLines = ({ recorded }: ReplayResult, width: number): string[] => {
  const { events, bytes, first, last } = recorded
  const span = Date.parse(last) - Date.parse(first)
  const time = first === '' ? '' : ` from ${timeText(first)} to ${timeText(last)} UTC (${spanText(span)})`
  return wrapText(`The log: ${counted(events, 'event')}, ${bytesText(bytes)}${time}`, width)
}

const timeText = (time: string): string => oneLine(time.slice(0, 19).replace('T', ' '))

const TITLES = 'kept by this one alone  '.length

const amountLines = (
  { replays, recorded, differences, rotation }: ReplayResult,
  paint: Paint,
  width: number
): string[] => {
  const room = Math.max(20, Math.floor((width - TITLES) / replays.length) - 2)
  const row = (title: string, value: (replay: NamedReplay) => string): string[] => [title, ...replays.map(value)]
  const rows = [
    row('events kept', ({ kept }) => withShare(countText(kept.events), kept.events, recorded.events)),
    row('bytes kept', ({ kept }) => withShare(bytesText(kept.bytes), kept.bytes, recorded.bytes)),
    row('a day', ({ bytesPerDay }) => (bytesPerDay === null ? 'not known' : bytesText(bytesPerDay))),
    row('busiest hour', busiestHour),
    row('the log reaches back', replay => historyText(replay, rotation)),
    row('disk needed', ({ diskBytes }) => (diskBytes === null ? 'without end' : bytesText(diskBytes))),
    ...(replays.length > 1
      ? [
          [
            'kept by this one alone',
            ...differences.map(({ events, bytes }) => `${countText(events)}, ${bytesText(bytes)}`)
          ]
        ]
      : [])
  ]
  const columns: Column[] = [
    { title: '', paint: paint.dim },
    ...replays.map(({ policy }): Column => ({ title: shortened(oneLine(policy), room) }))
  ]
  return [
    ...tableLines(columns, rows, paint.bold),
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
  if (bytesPerDay === null) return 'less than a minute of log'
  if (retentionDays === null) return 'without end'
  return retentionDays === maxage ? `${maxage} days, its maxage` : daysText(retentionDays)
}

const ruleLines = (replay: NamedReplay, paint: Paint, width: number): string[] => {
  const { rules, unmatched } = replay
  const row = (
    name: string,
    line: string,
    level: string,
    counts: Pick<ReplayedRule, 'events' | 'bytes' | 'keptEvents' | 'keptBytes'>
  ): string[] => [
    name,
    line,
    level,
    countText(counts.events),
    bytesText(counts.bytes),
    counts.keptEvents === 0 ? '-' : countText(counts.keptEvents),
    counts.keptEvents === 0 ? '-' : bytesText(counts.keptBytes)
  ]
  const rows = [
    ...rules.map(rule => row(`rules[${rule.index}]`, String(rule.line), rule.level, rule)),
    ...(unmatched.events > 0 ? [row('no rule', '', 'None', { ...unmatched, keptEvents: 0, keptBytes: 0 })] : [])
  ]
  const isIdle = (index: number): boolean => rules[index]?.events === 0
  const columns: Column[] = [
    {
      title: 'rule',
      paint: (cell, index) => (isIdle(index) ? paint.dim(cell) : cell)
    },
    { title: 'line', isRight: true, paint: paint.dim },
    { title: 'level', paint: (cell, index) => levelText(rules[index]?.level ?? 'None', paint, cell.length) },
    { title: 'events', isRight: true },
    { title: 'bytes', isRight: true },
    { title: 'kept', isRight: true },
    { title: 'kept bytes', isRight: true }
  ]
  const idle = replay.neverMatched.map(index => `rules[${index}]`)
  return [
    ...tableLines(columns, rows, paint.bold),
    ...(idle.length === 0 ? [] : wrapText(`matched by no event of this log: ${idle.join(', ')}`, width).map(paint.dim))
  ]
}

const LOUDEST = 5

const loudestLines = (
  { users, resources, kept, policy }: NamedReplay,
  isOneOfMany: boolean,
  paint: Paint,
  width: number
): string[] => {
  const whose = isOneOfMany ? ` by ${shortened(oneLine(policy), 30)}` : ''
  const table = (title: string, weights: readonly Weight[]): string[] => {
    const room = Math.max(20, width - 34)
    const rows = weights
      .slice(0, LOUDEST)
      .map(({ key, events, bytes }) => [
        shortened(oneLine(key), room),
        countText(events),
        bytesText(bytes),
        shareText(bytes, kept.bytes)
      ])
    const columns = [{ title }, ...['events', 'bytes', 'share'].map(name => ({ title: name, isRight: true }))]
    return rows.length === 0 ? [] : [...tableLines(columns, rows, paint.bold), '']
  }
  return [...table(`loudest users kept${whose}`, users), ...table(`loudest resources kept${whose}`, resources)]
}

// the end of a name tells more than its beginning: system:serviceaccount:...
const shortened = (text: string, room: number): string => (text.length <= room ? text : `...${text.slice(3 - room)}`)

const limitLines = ({ replays }: ReplayResult, paint: Paint, width: number): string[] => {
  const facts = [
    'requests that its own policy did not record: a policy that keeps more may keep more than this',
    ...replays.flatMap(({ policy, estimated, levels }) =>
      raisedFacts(policy, levels.raised, estimated, replays.length > 1)
    )
  ]
  return [paint.bold('What the log cannot show'), ...facts.flatMap(fact => bullet(fact, width))]
}

const bullet = (text: string, width: number): string[] => wrapText(`- ${text}`, width, '  ')

const raisedFacts = (
  policy: string,
  raised: number,
  { events, bytes, unknown }: NamedReplay['estimated'],
  isOneOfMany: boolean
): string[] => {
  if (raised === 0) return []
  const whose = isOneOfMany ? `${shortened(oneLine(policy), 40)}: ` : ''
  return [
    `${whose}${counted(raised, 'event')} ${raised === 1 ? 'is' : 'are'} recorded below the level that the policy gives ${raised === 1 ? 'it' : 'them'}`,
    ...(events > 0
      ? [
          `${whose}the bodies of ${counted(events, 'event')} among them are estimated from like events of this log: ${bytesText(bytes)}`
        ]
      : []),
    ...(unknown > 0
      ? [
          `${whose}for the bodies of ${counted(unknown, 'event')} there is no like event: they come on top of these figures`
        ]
      : [])
  ]
}
