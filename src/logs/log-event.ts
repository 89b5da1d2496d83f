import type { Level, Stage } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import type { Unknown } from '../text/guard.ts'

/** How many bytes of an event its bodies take, each with its key and comma; 0 where it has none. */
export interface Bodies {
  readonly request: number
  readonly response: number
}

/** An event of a log. It may lie in a buffer that is written to again: take from it what is to be kept, before the next one. */
export interface LogEvent {
  readonly level: Level
  readonly stage: Stage
  /** What the policy was asked about: from verb, requestURI and user. */
  readonly request: Request
  /** A number below 8192 that events with the same object as their request share, or -1; another request may take it later. */
  readonly place: number
  /** The stageTimestamp as it stands, as 2026-11-22T00:04:29.799858Z; empty where there is none. */
  readonly time: string
  /** The same in microseconds since 1970; null where it is no time. */
  readonly moment: number | null
  /** Bytes as a line of a log, with its line break. */
  readonly size: number
  readonly bodies: () => Bodies
  /** The part of its bodies that metadata.managedFields takes. */
  readonly managedFields: () => Bodies
  /** All of it, parsed when it is first asked for. */
  readonly value: () => Unknown
  /** Its own bytes on one line, without the line break; not a copy. */
  readonly line: () => Uint8Array
}

/** Who is given the events of a log, one after the other. */
export type TakeEvent = (event: LogEvent) => void
