import { type AuditEvent } from '../../falco/audit-event.ts'
import { auditEventReader } from '../../falco/audit-event-reader.ts'
import type { Rule } from '../../falco/rule.ts'
import { auditIdOf, type Sent } from '../log/events.ts'
import { messageOf, type NodeRules, tells } from './node-rules.ts'

/** What a rule says of requests: a message for each of their events that it tells of, by their ids. */
export type ToldRequests = ReadonlyMap<string, readonly string[]>

/** Runs a rule on the lines of an audit log. */
export const runOnLog = (found: NodeRules<AuditEvent>, rule: Rule<AuditEvent>, log: string): ToldRequests => {
  const told = new Map<string, string[]>()
  let id = ''
  const { readLine } = auditEventReader(event => {
    if (tells(found, rule, event)) told.set(id, [...(told.get(id) ?? []), messageOf(found, rule, event)])
  })
  for (const line of log.trimEnd().split('\n')) {
    id = /"auditID":"([^"]*)"/.exec(line)?.[1] ?? ''
    const bytes = Buffer.from(line)
    readLine(bytes, 0, bytes.length, () => undefined)
  }
  return told
}

/** A request of which a rule must tell once, or must not tell. */
export interface RequestTrial {
  readonly sent: Sent
  readonly isMeant: boolean
  /** Under which it is told that the rule does otherwise. */
  readonly code: string
}

/** Requests with the log that has them. */
export interface LogTrial {
  readonly log: string
  readonly salt: string
  readonly trials: readonly RequestTrial[]
}

/** How often a rule tells of the request of a trial. */
export const timesTold = (told: ToldRequests, { salt }: LogTrial, { sent }: RequestTrial): number =>
  told.get(auditIdOf(salt, sent))?.length ?? 0

/** A request in words. */
export const requestWords = ({ sent }: RequestTrial): string => {
  const code = sent.code ?? 200
  const end = sent.took === null ? ', which goes on still' : ''
  return `${sent.verb} ${sent.uri.replace(/\?.*/, '')} by ${sent.by.user.username} (${code}${end})`
}
