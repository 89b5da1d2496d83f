import { isRecord, valueAt } from '../../text/guard.ts'
import { valueOf } from '../../text/edit.ts'
import { positionOf } from '../../text/locate.ts'
import { parseSource, type Source } from '../../text/source.ts'
import { AuditError } from '../../errors.ts'
import { hostPath } from '../../paths.ts'
import type { Goal, Shortfall } from '../drill.ts'
import type { Seen } from '../seen.ts'

/** Where drills that ask questions want the answers: on the node, below the directory of the drill. */
export const ANSWER_FILE = hostPath('/root/answers.yaml')

/** What is right: a text in one of some spellings, in capitals or not, a number, the same words in any order, or a time however precise. */
export type Right =
  | { readonly kind: 'text'; readonly is: readonly string[] }
  | { readonly kind: 'number'; readonly is: number }
  | { readonly kind: 'set'; readonly is: readonly string[] }
  /** RFC 3339: every moment from the one to the other, and the seconds that they lie in. */
  | { readonly kind: 'time'; readonly is: string; readonly until?: string }

/** A question, answered with a key of the answer file. */
export interface Question {
  readonly key: string
  readonly asks: string
  readonly points: number
  readonly right: Right
  /** What the wrong answers that many give come from, each with the code under which it is told and what is said of it. */
  readonly traps?: readonly { readonly right: Right; readonly code: string; readonly found: string }[]
}

/** The answer file as it is handed out: every key, without a value. */
export const answerSheet = (questions: readonly Question[]): string =>
  questions.map(({ key, asks, right }) => `# ${asks}${HOW[right.kind]}\n${key}:\n`).join('')

const HOW: Readonly<Record<Right['kind'], string>> = {
  text: '',
  number: ' (a number)',
  set: ' (a list; the order does not matter)',
  time: ' (as in the log)'
}

/** The goal of each question. A wrong answer is told to be wrong, and not what is right. */
export const answerGoals = (questions: readonly Question[]): Goal[] =>
  questions.map(question => ({
    id: question.key,
    asks: question.asks,
    points: question.points,
    judge: seen => shortfallOf(seen, question)
  }))

const shortfallOf = (seen: Seen, { key, right, traps = [] }: Question): Shortfall | null => {
  const sheet = sheetOf(seen)
  if ('code' in sheet) return sheet
  const { answers, source } = sheet
  const value = valueAt(answers, [key])
  const place = { file: ANSWER_FILE, ...(isRecord(answers) && key in answers ? positionOf(source, [key]) : {}) }
  if (value === undefined || value === null || value === '')
    return { code: 'no-answer', found: `${key} has no answer yet`, file: ANSWER_FILE }
  if (isRight(value, right)) return null
  const trap = traps.find(each => isRight(value, each.right))
  return {
    code: trap?.code ?? 'wrong-answer',
    found: `${key}: ${JSON.stringify(value)} is not right${trap ? `: ${trap.found}` : ''}`,
    ...place
  }
}

const sheetOf = (seen: Seen): { readonly source: Source; readonly answers: unknown } | Shortfall => {
  const text = seen.text(ANSWER_FILE)
  if (text === null) return { code: 'no-answers', found: `${ANSWER_FILE} is not there`, file: ANSWER_FILE }
  try {
    const source = parseSource(text, ANSWER_FILE, 'kubernetes')
    return { source, answers: valueOf(source) }
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    return { code: 'answers-unreadable', found: error.message, file: ANSWER_FILE, ...error.position }
  }
}

const isRight = (value: unknown, right: Right): boolean => {
  const words = (Array.isArray(value) ? value : [value]).map(each => String(each).trim())
  const [word = ''] = words
  switch (right.kind) {
    case 'text':
      return words.length === 1 && right.is.some(each => each.toLowerCase() === word.toLowerCase())
    case 'number':
      return words.length === 1 && word !== '' && Number(word) === right.is
    case 'set':
      return sameWords(wordsOf(words), right.is)
    case 'time':
      return words.length === 1 && isWithin(word, right.is, right.until ?? right.is)
  }
}

// "a, b" is as good as a list
const wordsOf = (words: readonly string[]): string[] =>
  words.length === 1 ? (words[0]?.split(/[\s,]+/).filter(word => word !== '') ?? []) : [...words]

const sameWords = (words: readonly string[], wanted: readonly string[]): boolean =>
  new Set(words).size === wanted.length && wanted.every(word => words.includes(word))

// a fraction of a second may be left out or cut short, and Z where no other zone is meant
const isWithin = (word: string, from: string, until: string): boolean => {
  const is = Date.parse(/(z|[+-]\d\d:?\d\d)$/i.test(word) ? word : `${word}Z`)
  const digits = /\.(\d+)/.exec(word)?.[1]?.length ?? 0
  const step = 10 ** Math.max(0, 3 - digits)
  return Math.floor(Date.parse(from) / step) * step <= is && is <= Date.parse(until)
}
