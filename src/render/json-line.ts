import { harmlessJson } from './paint.ts'

/** A value as one line of JSON with its line break, whose escapes make it harmless for a terminal. */
export const jsonLine = (value: unknown): string => `${harmlessJson(JSON.stringify(value))}\n`
