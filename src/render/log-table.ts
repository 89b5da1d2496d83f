import type { Stage } from '../audit/level.ts'
import { targetOf } from '../logs/event-target.ts'
import { impersonatedName } from '../logs/impersonated-name.ts'
import type { LogEvent } from '../logs/log-event.ts'
import { listAt, numberAt, recordAt } from '../text/guard.ts'
import { oneLine, type Paint } from './paint.ts'

/** The events of a log as lines of a table, each by itself: no column waits for what comes later. */
export interface LogTable {
  readonly header: string
  readonly row: (event: LogEvent) => string
}

/**
 * The table for a terminal of a width; for `Infinity`, as of a pipe, nothing is cut. Times are local. With `hasStage` it
 * tells the stages apart.
 */
export const logTable = (width: number, paint: Paint, hasStage = false): LogTable => {
  const columns = columnsOf(width, hasStage)
  const line = (cells: readonly (readonly [Column, string])[]): string =>
    cells
      .map(([column, text]) => paintCell(paint, column, text))
      .join(' ')
      .trimEnd()
  return {
    header: paint.bold(
      columns
        .map(({ title, size }) => title.padEnd(size))
        .join(' ')
        .trimEnd()
    ),
    row: event => line(columns.map(column => [column, cell(column, event, width)] as const))
  }
}

interface Column {
  readonly title: string
  readonly size: number
  readonly text: (event: LogEvent) => string
  /** What stands behind the text, with ` as ` between. */
  readonly as?: (event: LogEvent) => string | undefined
  /** Where a text that is too long loses a part. */
  readonly cut: 'start' | 'middle' | 'list'
  readonly isStatus?: boolean
}

const columnsOf = (width: number, hasStage: boolean): readonly Column[] => {
  const isWide = width >= 100
  const time: Column = isWide
    ? { title: 'LOCAL TIME', size: 19, text: event => localTime(event, 0), cut: 'middle' }
    : width >= 72
      ? { title: 'LOCAL TIME', size: 14, text: event => localTime(event, 5), cut: 'middle' }
      : { title: 'TIME', size: 8, text: event => localTime(event, 11), cut: 'middle' }
  const status: Column = { title: 'CODE', size: 4, text: statusOf, cut: 'middle', isStatus: true }
  const stage: Column = { title: 'STAGE', size: 8, text: ({ stage }) => STAGE_WORDS[stage], cut: 'middle' }
  const source: Column = { title: 'SOURCE', size: 15, text: sourceOf, cut: 'list' }
  const behind = [status, ...(hasStage ? [stage] : []), ...(width >= 72 ? [source] : [])]
  const fixed = [time, ...behind].reduce((sum, { size }) => sum + size + 1, 0)
  const free = Math.max(30, Math.min(width, 120) - fixed - 1)
  const user = Math.floor(free * 0.4)
  return [
    time,
    { title: 'USER', size: user, text: userOf, as: impersonatedOf, cut: 'start' },
    { title: 'REQUEST', size: free - user, text: requestOf, cut: 'middle' },
    ...behind
  ]
}

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  RequestReceived: 'received',
  ResponseStarted: 'started',
  ResponseComplete: 'complete',
  Panic: 'panic'
}

const paintCell = (paint: Paint, { isStatus }: Column, text: string): string => {
  if (isStatus !== true) return text
  if (text.startsWith('5')) return paint.red(text)
  return text.startsWith('4') ? paint.yellow(text) : text
}

const cell = (column: Column, event: LogEvent, width: number): string => {
  const [one, other] = [column.text(event), column.as?.(event)]
  if (other === undefined) return fit(column, one, width)
  const room = column.size - AS.length
  const [first, second] = [lengthOf(one), lengthOf(other)]
  // what one of the two does not need is for the other
  const size = Math.min(first, Math.max(Math.floor(room / 2), room - second))
  const cut = (text: string, most: number): string => fit({ ...column, size: most }, text, width).trimEnd()
  return fit(column, `${cut(one, size)}${AS}${cut(other, room - size)}`, width)
}

const AS = ' as '

const lengthOf = (text: string): number => [...oneLine(text)].length

const fit = (column: Column, text: string, width: number): string => {
  const { size, cut } = column
  const plain = oneLine(text)
  const letters = [...plain]
  if (letters.length <= size || width === Infinity) return plain.padEnd(size + plain.length - letters.length)
  // of several addresses the last is the one that the server saw itself
  const comma = plain.lastIndexOf(',')
  if (cut === 'list' && comma >= 0) return fit({ ...column, cut: 'middle' }, `…${plain.slice(comma)}`, width)
  const room = size - 1
  if (cut === 'start' && plain.startsWith('system:')) return `…${endOf(plain, room)}`.padEnd(size)
  const end = Math.floor(room * 0.4)
  return `${letters.slice(0, room - end).join('')}…${letters.slice(letters.length - end).join('')}`
}

// what tells names of the system apart stands at their end; part by part, where that is short enough
const endOf = (name: string, room: number): string => {
  const part = name.indexOf(':', name.length - room)
  return part < 0 ? [...name].slice(-room).join('') : name.slice(part)
}

const two = (value: number): string => String(value).padStart(2, '0')

const localTime = ({ time, moment }: LogEvent, from: number): string => {
  if (moment === null) return time === '' ? '-' : time
  return localMoment(moment).slice(from)
}

/** A moment in microseconds since 1970 as the table has it, in local time: 2026-11-22 00:04:29. */
export const localMoment = (moment: number): string => {
  const date = new Date(moment / 1000)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

const userOf = ({ request }: LogEvent): string => (request.user === null || request.user === '' ? '-' : request.user)

const impersonatedOf = (event: LogEvent): string | undefined => {
  const name = impersonatedName(event.value())
  return name === '' ? '-' : name
}

const statusOf = (event: LogEvent): string => String(numberAt(recordAt(event.value(), 'responseStatus'), 'code') ?? '-')

const sourceOf = (event: LogEvent): string => listAt(event.value(), 'sourceIPs').join(',') || '-'

const requestOf = (event: LogEvent): string => {
  const { verb, path } = event.request
  const target = targetOf(event)
  const what = verb === '' ? '-' : verb
  if (!target) return `${what} ${path}`
  const { resource, subresource, namespace, name } = target
  // a namespace is in itself
  const isInItself = resource === 'namespaces' && namespace === name
  const place = isInItself || namespace === '' ? name : `${namespace}/${name}`
  return `${what} ${resource}${subresource === '' ? '' : `/${subresource}`} ${place}`.trimEnd()
}
