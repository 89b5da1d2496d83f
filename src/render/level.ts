import type { Level } from '../audit/level.ts'
import type { Paint } from './paint.ts'

const COLOURS = {
  None: 'dim',
  Metadata: 'cyan',
  Request: 'yellow',
  RequestResponse: 'red'
} as const satisfies Record<Level, keyof Paint>

/** What an event of a level holds. */
export const LEVEL_WORDS = {
  None: 'no event is written',
  Metadata: 'who, what, when and how it ended; no bodies',
  Request: 'as Metadata, and the body of the request',
  RequestResponse: 'as Metadata, and the bodies of request and answer'
} as const satisfies Record<Level, string>

/** A level in its colour: the more it keeps, the warmer. */
export const levelText = (level: Level, paint: Paint, width = 0): string =>
  paint.bold(paint[COLOURS[level]](level.padEnd(width)))
