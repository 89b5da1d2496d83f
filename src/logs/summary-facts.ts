import { listAt, numberAt, recordAt, stringAt } from '../text/guard.ts'
import { impersonatedName } from './impersonated-name.ts'
import type { LogEvent } from './log-event.ts'

/** What a summary wants to know of an event besides its request; what is not there is 0 or empty. */
export interface EventFacts {
  /** Of the answer, from 100 to 999. */
  readonly code: number
  /** What authorization said: allow, forbid, or nothing. */
  readonly decision: string
  /** The address that the API server itself saw: the last of sourceIPs, since a client may write those before it. */
  readonly source: string
  readonly userAgent: string
  readonly uri: string
  /** The requestReceivedTimestamp. */
  readonly received: string
  /** In whose name it was sent; null where nobody was impersonated. */
  readonly as: string | null
}

/** Finds the facts of an event. */
export type FactsOf = (event: LogEvent) => EventFacts

/** The facts of an event, from all of it parsed. */
export const factsByValue: FactsOf = event => {
  const value = event.value()
  const source = listAt(value, 'sourceIPs').at(-1)
  return {
    code: codeIn(numberAt(recordAt(value, 'responseStatus'), 'code')),
    decision: stringAt(recordAt(value, 'annotations'), 'authorization.k8s.io/decision') ?? '',
    source: typeof source === 'string' ? source : '',
    userAgent: stringAt(value, 'userAgent') ?? '',
    uri: stringAt(value, 'requestURI') ?? '',
    received: stringAt(value, 'requestReceivedTimestamp') ?? '',
    as: impersonatedName(value) ?? null
  }
}

const codeIn = (code: number | undefined): number =>
  code !== undefined && Number.isInteger(code) && code >= 100 && code <= 999 ? code : 0
