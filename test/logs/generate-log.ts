import { closeSync, openSync, writeSync } from 'node:fs'
import { controlPlaneKinds, kubeletKinds } from './cluster-requests.ts'
import { type Asked, eventLine } from './event-line.ts'
import { operatorKinds } from './operator-requests.ts'
import { personKinds } from './person-requests.ts'
import type { Kind } from './request-kind.ts'
import { type World, worldFrom } from './world.ts'

/** A line of a log, and when it is written in microseconds since 1970. */
interface Line {
  readonly at: number
  readonly text: string
}

/** An endless log of a cluster, as kube-apiserver 1.36 writes it: line after line, each with its line break. */
export function* logLines(seed: number): Generator<string> {
  const world = worldFrom(seed)
  const kinds = [...kubeletKinds(world), ...controlPlaneKinds(world), ...operatorKinds(world), ...personKinds(world)]
  const draw = drawFrom(world, kinds)
  // the stages still to come, the soonest last: a long watch ends minutes after it began
  const waiting: Line[] = []
  for (;;) {
    // some two events a second, in spells
    world.advance(1 + (world.dice.chance(70) ? world.dice.pick(120_000) : world.dice.pick(4_000_000)))
    for (const line of linesOf(world, draw())) insert(waiting, line)
    for (let next = waiting.at(-1); next !== undefined && next.at <= world.now(); next = waiting.at(-1)) {
      waiting.pop()
      yield next.text
    }
  }
}

/** Writes a log of at least so many bytes, and says how many events and bytes it has. */
export const writeLog = (file: string, bytes: number, seed: number): { events: number; bytes: number } => {
  const handle = openSync(file, 'w')
  const [written, waiting] = [{ events: 0, bytes: 0 }, Buffer.alloc(4 << 20)]
  let used = 0
  const flush = (): void => {
    for (let at = 0; at < used;) at += writeSync(handle, waiting, at, used - at)
    used = 0
  }
  try {
    for (const line of logLines(seed)) {
      // a code unit takes three bytes at most
      if (line.length * 3 > waiting.length - used) flush()
      const size = waiting.write(line, used)
      used += size
      written.events += 1
      written.bytes += size
      if (written.bytes >= bytes) break
    }
    flush()
  } finally {
    closeSync(handle)
  }
  return written
}

const drawFrom = ({ dice }: World, kinds: readonly Kind[]): (() => Asked) => {
  const every = kinds.flatMap(([weight, ask]) => Array.from({ length: weight }, () => ask))
  return () => dice.one(every)()
}

const linesOf = (world: World, asked: Asked): Line[] => {
  const id = world.uuid()
  const received = world.now()
  const line = (stage: Parameters<typeof eventLine>[1], at: number): Line => ({
    at,
    text: `${eventLine(asked, stage, id, received, at)}\n`
  })
  const end = received + asked.took
  if (asked.code === 401) return [line('ResponseStarted', end)]
  const isPanic = asked.code === 500 && world.dice.chance(10)
  return [
    ...(asked.isReceivedOmitted ? [] : [line('RequestReceived', received)]),
    ...(asked.isLong ? [line('ResponseStarted', received + Math.min(asked.took, 3000))] : []),
    line(isPanic ? 'Panic' : 'ResponseComplete', end)
  ]
}

const insert = (waiting: Line[], line: Line): void => {
  let place = waiting.length
  while (place > 0 && (waiting[place - 1]?.at ?? 0) <= line.at) place -= 1
  waiting.splice(place, 0, line)
}
