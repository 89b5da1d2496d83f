import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { eventReader } from '../../src/logs/event-reader.ts'
import type { LogPart } from '../../src/logs/line-splitter.ts'
import { readLog } from '../../src/logs/read-log.ts'
import type { LogEvent } from '../../src/logs/log-event.ts'
import { type Dice, diceFrom } from '../oracle/dice.ts'
import { type PlainEvent, plainLines, readPlainLine } from './plain-reading.ts'

/** What a log holds: its events as text, and how many lines are bad. */
export interface Held {
  readonly events: readonly string[]
  readonly bad: number
}

/** How a log is read. */
export interface Reading {
  readonly isStrict: boolean
  /** Of the pieces in which its bytes come. */
  readonly seed: number
}

type Told = Pick<PlainEvent, 'level' | 'stage' | 'request' | 'time' | 'size' | 'bodies' | 'managed'>

const textOf = (event: Told, line: Uint8Array): string => {
  const { level, stage, request, time, size, bodies, managed } = event
  const { user, groups, verb, resourceRequest, apiGroup, resource, subresource, namespace, name, path } = request
  const target = [resourceRequest, apiGroup, resource, subresource, namespace, name, path]
  const own = createHash('md5').update(line).digest('hex')
  const sizes = [size, bodies.request, bodies.response, managed.request, managed.response]
  return JSON.stringify([level, stage, time, sizes, verb, user, groups, target, own])
}

/** What the plain reading finds in a log. */
export const heldPlainly = (log: Uint8Array): Held => {
  const lines = [...plainLines(log)].map(readPlainLine)
  return {
    events: lines.flatMap(({ events }) => events.map(event => textOf(event, event.line))),
    bad: lines.reduce((sum, { bad }) => sum + bad, 0)
  }
}

/** What the program's own reading finds in it. */
export const heldByReader = (log: Uint8Array, { isStrict, seed }: Reading): Promise<Held> =>
  heldBy(inPieces(log, diceFrom(seed)), { isStrict })

/** What it finds in the parts of a log, each read for itself, as several threads do. */
export const heldInParts = async (log: Uint8Array, borders: readonly number[]): Promise<Held> => {
  const places = [0, ...borders, log.length]
  const parts: Held[] = []
  for (const [index, from] of places.slice(0, -1).entries()) {
    const until = places[index + 1] ?? log.length
    // a part that does not begin the file is given the byte before it
    const bytes = log.subarray(Math.max(0, from - 1))
    parts.push(await heldBy(inPieces(bytes, diceFrom(index)), { isStrict: false, part: { from, until } }))
  }
  return { events: parts.flatMap(({ events }) => events), bad: parts.reduce((sum, { bad }) => sum + bad, 0) }
}

const heldBy = async (
  read: (into: Buffer, at: number) => number,
  { isStrict, part }: { readonly isStrict: boolean; readonly part?: LogPart }
): Promise<Held> => {
  const events: string[] = []
  const take = (event: LogEvent): void => {
    const { level, stage, request, time, size } = event
    const line = Buffer.from(event.line())
    const isWhole = isDeepStrictEqual(event.value(), JSON.parse(line.toString()))
    const [bodies, managed] = [event.bodies(), event.managedFields()]
    const text = textOf({ level, stage, request, time, size, bodies, managed }, line)
    events.push(isWhole ? text : `its value is not that of its line: ${text}`)
  }
  const { badLines } = await readLog({ read }, eventReader(take, { isStrict }), { part })
  return { events, bad: badLines }
}

// as a pipe gives them: few bytes, or as many as there is room for
const inPieces = (log: Uint8Array, dice: Dice): ((into: Buffer, at: number) => number) => {
  const most = dice.one([1, 7, 1000, 4096, 65_536, log.length + 1]) + Math.floor(log.length / 5000)
  const state = { from: 0 }
  return (into, at) => {
    const size = Math.min(1 + dice.pick(most), log.length - state.from, into.length - at)
    into.set(log.subarray(state.from, state.from + size), at)
    state.from += size
    return size
  }
}

/** True where two readings found the same. */
export const isSame = (one: Held, other: Held): boolean =>
  one.bad === other.bad &&
  one.events.length === other.events.length &&
  one.events.every((text, at) => text === other.events[at])
