import { detached } from './remember.ts'

/** What happened in a stretch of time. */
export interface Stretch {
  readonly events: number
  readonly requests: number
  /** Of all events. */
  readonly bytes: number
  readonly denied: number
  readonly failed: number
}

/** Stretches of one length, those in which something happened, by the seconds since 1970 at which they begin. Plain data. */
export interface TimelinePart {
  readonly step: number
  readonly stretches: readonly (readonly [start: number, stretch: Stretch])[]
}

/** Counts by time. */
export interface Timeline {
  readonly add: (time: number, more: Stretch) => void
  readonly part: () => TimelinePart
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** The most stretches that are kept: a day of minutes. */
export const MOST_STRETCHES = 1440

// seconds; each is a multiple of the one before, so that stretches can be put together, and the last makes any time few
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400]
const STEPS = [
  ...[1, 5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 7 * DAY, 28 * DAY, 364 * DAY, 3640 * DAY]
]

/** Counts by time in bounded memory: where the stretches become too many, they become longer. */
export const timelineOf = (parts: readonly TimelinePart[] = []): Timeline => {
  let step = Math.max(STEPS[0] ?? 1, ...parts.map(part => part.step))
  let stretches = new Map<number, Writable<Stretch>>()
  const stretchAt = (start: number): Writable<Stretch> => {
    const known = stretches.get(start)
    if (known) return known
    const made = { events: 0, requests: 0, bytes: 0, denied: 0, failed: 0 }
    stretches.set(start, made)
    return made
  }
  // the events of a log are near each other
  let [near, nearStart]: [Writable<Stretch> | null, number] = [null, 0]
  const addAt = (seconds: number, more: Stretch): void => {
    if (near === null || seconds < nearStart || seconds >= nearStart + step) {
      nearStart = seconds - mod(seconds, step)
      near = stretchAt(nearStart)
    }
    addStretch(near, more)
    while (stretches.size > MOST_STRETCHES && step < (STEPS.at(-1) ?? 0)) {
      step = STEPS.find(each => each > step) ?? step
      const finer = stretches
      near = null
      stretches = new Map()
      for (const [start, stretch] of finer) addStretch(stretchAt(start - mod(start, step)), stretch)
    }
  }
  for (const part of parts) for (const [start, stretch] of part.stretches) addAt(start, stretch)
  return {
    add: (time, more) => addAt(Math.floor(time / 1e6), more),
    part: () => ({ step, stretches: [...stretches].sort(([a], [b]) => a - b) })
  }
}

// of times before 1970 too
const mod = (value: number, by: number): number => ((value % by) + by) % by

const addStretch = (sum: Writable<Stretch>, more: Stretch): void => {
  sum.events += more.events
  sum.requests += more.requests
  sum.bytes += more.bytes
  sum.denied += more.denied
  sum.failed += more.failed
}

/**
 * Reads timestamps of events, as 2026-11-22T00:04:29.799858Z, as microseconds since 1970; null where there is none. It
 * keeps the last minute in mind: the events of a log are near each other.
 */
export const timeReader = (): ((text: string) => number | null) => {
  let [minute, start] = ['', 0]
  return text => {
    if (text.length !== 27 || text.charCodeAt(26) !== 0x5a || text.charCodeAt(19) !== 0x2e) return slowTime(text)
    if (minute === '' || !text.startsWith(minute)) {
      const time = Date.parse(`${text.slice(0, 16)}:00Z`)
      if (Number.isNaN(time)) return null
      minute = detached(text.slice(0, 16))
      start = time * 1000
    }
    const [seconds, micros] = [digits(text, 17, 19), digits(text, 20, 26)]
    return seconds < 0 || micros < 0 || text.charCodeAt(16) !== 0x3a ? null : start + seconds * 1e6 + micros
  }
}

const slowTime = (text: string): number | null => {
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(time) ? null : time * 1000
}

const digits = (text: string, from: number, to: number): number => {
  let value = 0
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/** A moment in microseconds since 1970 as events have it; null stays. */
export const momentText = (time: number | null): string | null => {
  if (time === null) return null
  const micros = mod(Math.round(time), 1000)
  return `${new Date((Math.round(time) - micros) / 1000).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`
}
