import { skipSpace, stringEnd, valueEnd } from './json-spans.ts'

const [QUOTE, COMMA, COLON] = [0x22, 0x2c, 0x3a]
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP] = [0x5b, 0x5d, 0x7b]

/** What is given for a value that nobody looked into. */
export const PASSED_OVER = -1

/**
 * Is told where a member's key begins and ends, with its quotes, and where its value begins; gives where that ends where it
 * looked into it, so that nothing is read twice.
 */
export type EnterMember = (key: number, keyEnd: number, value: number) => number

/** Walks over the mapping that begins at `at`, and gives where it ends; what is no mapping is passed over. */
export const walkMap = (bytes: Uint8Array, at: number, end: number, enter: EnterMember): number => {
  if (bytes[at] !== OPEN_MAP) return PASSED_OVER
  let next = skipSpace(bytes, at + 1, end)
  while (next < end && bytes[next] === QUOTE) {
    const keyEnd = stringEnd(bytes, next, end)
    const colon = skipSpace(bytes, keyEnd, end)
    if (colon >= end || bytes[colon] !== COLON) return end
    const value = skipSpace(bytes, colon + 1, end)
    const entered = enter(next, keyEnd, value)
    const stop = entered === PASSED_OVER ? valueEnd(bytes, value, end) : entered
    if (stop === value) return end
    next = behindComma(bytes, stop, end)
  }
  return Math.min(next + 1, end)
}

/** Walks over the list that begins at `at`, and gives where it ends; what is no list is passed over. */
export const walkList = (bytes: Uint8Array, at: number, end: number, enter: (value: number) => number): number => {
  if (bytes[at] !== OPEN_LIST) return PASSED_OVER
  let next = skipSpace(bytes, at + 1, end)
  while (next < end && bytes[next] !== CLOSE_LIST) {
    const entered = enter(next)
    const stop = entered === PASSED_OVER ? valueEnd(bytes, next, end) : entered
    if (stop === next) return end
    next = behindComma(bytes, stop, end)
  }
  return Math.min(next + 1, end)
}

const behindComma = (bytes: Uint8Array, at: number, end: number): number => {
  const next = skipSpace(bytes, at, end)
  return next < end && bytes[next] === COMMA ? skipSpace(bytes, next + 1, end) : next
}
