import { parse, stringify } from 'yaml'
import type { Exercise } from '../../src/drills/drill.ts'
import type { Answer, Files } from './answer.ts'

export const SHEET = '/root/answers.yaml'

/** An event of an audit log, as far as the answers go by it. */
export interface LogEvent {
  readonly level: string
  readonly auditID: string
  readonly stage: string
  readonly verb: string
  readonly requestURI: string
  readonly user: { readonly username: string; readonly groups: readonly string[] }
  readonly impersonatedUser?: { readonly username: string }
  readonly sourceIPs: readonly [string, ...string[]]
  readonly userAgent: string
  readonly objectRef?: Readonly<
    Record<'resource' | 'namespace' | 'name' | 'subresource' | 'apiGroup' | 'apiVersion', string | undefined>
  >
  readonly responseStatus?: { readonly code: number; readonly message?: string }
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** The text of the audit log among a node's files. */
export const logText = (files: Files): string => {
  const found = Object.values(files).filter(text => text?.startsWith('{"kind":"Event"'))
  if (found.length !== 1) throw new Error(`${found.length} audit logs`)
  return found[0] ?? ''
}

/** The events of the audit log among a node's files. */
export const eventsIn = (files: Files): LogEvent[] =>
  logText(files)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as LogEvent) // as: the drill's own words, which a test of its own holds to the format

/** The row of a task. */
export const rowOf = ({ task }: Exercise, name: string): string => {
  for (const part of task) if (typeof part !== 'string' && part[name] !== undefined) return part[name]
  throw new Error(`the task has no ${name}`)
}

export type Answers = Readonly<Record<string, unknown>>

/** The right answers of an exercise. */
export const rightAnswers = (right: Files): Record<string, unknown> =>
  parse(right[SHEET] ?? '') as Record<string, unknown>

/** An answer that fills the sheet in with something else, by what stands in the log. */
export const answering =
  (find: (events: readonly LogEvent[], exercise: Exercise, right: Answers) => Answers): Answer['edit'] =>
  (files, exercise) => {
    const right = rightAnswers(files)
    const answers = { ...right, ...find(eventsIn(files), exercise, right) }
    if (JSON.stringify(answers) === JSON.stringify(right)) throw new Error('an answer changes nothing')
    return { ...files, [SHEET]: stringify(answers, { lineWidth: 0 }) }
  }

/** The only one of a list, or the first of several. */
export const firstOf = <T>(all: readonly T[]): T => {
  const [first] = all
  if (first === undefined) throw new Error('nothing of the kind is in the log')
  return first
}
