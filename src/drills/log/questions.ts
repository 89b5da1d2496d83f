import type { Question, Right } from '../goals/answer-file.ts'
import { type Sent, timeText } from './events.ts'

/** What is asked of a request. */
export const FIELDS = {
  user: { asks: 'the user, as the log names it', right: ({ by }) => ({ kind: 'text', is: [by.user.username] }) },
  time: { asks: 'when the request came in', right: sent => timeOf(sent) },
  address: { asks: 'the IP address that it came from', right: ({ by }) => ({ kind: 'text', is: [by.ip] }) },
  tool: {
    asks: 'the program that sent it, with its version: the user agent, or its first word',
    right: ({ by }) => ({ kind: 'text', is: [by.agent, firstWord(by.agent), firstWord(by.agent).replace('/', ' ')] })
  }
} as const satisfies Readonly<Record<string, { asks: string; right: (sent: Sent) => Right }>>

const firstWord = (agent: string): string => agent.replace(/ .*/, '')

/** When a request was sent: any moment until it was answered will do. */
export const timeOf = ({ at, took }: Sent): Right => ({
  kind: 'time',
  is: timeText(at),
  until: timeText(at + (took ?? 0))
})

/** A request that looks like the one that is asked for. */
export interface Decoy {
  readonly sent: Sent
  readonly code: string
  /** What is said of an answer that tells of it. */
  readonly found: string
}

/** Questions about a request. Answers that tell of others are told why those are not it. */
export const questionsOf = (sent: Sent, decoys: readonly Decoy[], points: number): Question[] =>
  Object.entries(FIELDS).map(([key, { asks, right }]) => ({
    ...{ key, asks, points, right: right(sent) },
    traps: [
      ...decoys.map(({ sent: other, code, found }) => ({ right: atOnce(right(other)), code, found })),
      ...(key === 'tool' ? [withoutVersion(sent)] : [])
    ]
  }))

// what lasts for minutes would explain any wrong time
const atOnce = (right: Right): Right => (right.kind === 'time' ? { kind: 'time', is: right.is } : right)

const withoutVersion = ({ by }: Sent) => ({
  right: { kind: 'text' as const, is: [by.agent.replace(/[/ ].*/, '')] },
  code: 'version-missing',
  found: 'its version is wanted too, as the log has it'
})

/** The right answers to these questions. */
export const answersOf = ({ by, at }: Sent): Readonly<Record<keyof typeof FIELDS, string>> => ({
  user: by.user.username,
  time: timeText(at),
  address: by.ip,
  tool: by.agent
})
