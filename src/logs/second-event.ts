import { isMarkAt, markOf, viewOf, wordAt } from './byte-words.ts'

/** Of words that lie so far from each other one lies in BEGINNING, wherever that stands: it is three bytes longer. */
const STRIDE = 40
/** No event is shorter. */
const SHORTEST = 240
const TAG_FACTOR = 0x9e3779b1

const BEGINNING = '{"kind":"Event","apiVersion":"audit.k8s.io/'
const BEGINNING_MARK = markOf(BEGINNING)

// from 0 to 4095, another one for each word of the text
const tagOf = (word: number): number => Math.imul(word, TAG_FACTOR) >>> 20

// by its tag how far behind the text's beginning a word lies, and one more; 0 for all others
const distancesOf = (text: string): Uint8Array => {
  const view = viewOf(Buffer.from(text))
  const distances = new Uint8Array(4096)
  for (let at = 0; at < STRIDE; at++) distances[tagOf(wordAt(view, at))] = at + 1
  return distances
}
const DISTANCES = distancesOf(BEGINNING)

/** True where another event begins in an event that reaches to `end`, as kube-apiserver writes it. */
export const hasSecondEvent = (view: DataView, from: number, end: number): boolean => {
  const last = end - SHORTEST
  for (let at = from; at < last + STRIDE; at += STRIDE) {
    const distance = DISTANCES[tagOf(wordAt(view, at))] ?? 0
    if (distance > 0 && isMarkAt(view, at - distance + 1, end, BEGINNING_MARK)) return true
  }
  return false
}
