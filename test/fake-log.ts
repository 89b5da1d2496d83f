import type { TakeEvent } from '../src/logs/log-event.ts'
import { eventReader } from '../src/logs/event-reader.ts'
import { readLog } from '../src/logs/read-log.ts'

/** An audit event as JSON has it. */
export interface RawEvent {
  readonly level: string
  readonly stage: string
  readonly verb: string
  readonly requestURI: string
  readonly user: { readonly username?: string; readonly groups?: readonly string[] }
  readonly impersonatedUser?: { readonly username: string }
  readonly sourceIPs?: readonly string[]
  readonly userAgent?: string
  readonly objectRef?: Readonly<Record<string, string>>
  readonly responseStatus?: { readonly code?: number }
  readonly requestObject?: unknown
  readonly responseObject?: unknown
  readonly requestReceivedTimestamp?: string
  readonly stageTimestamp?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** An ordinary event of a log, with changes. */
export const rawEvent = (more: Partial<RawEvent> & { readonly code?: number } = {}): RawEvent => {
  const { code = 200, ...changes } = more
  return {
    level: 'Metadata',
    stage: 'ResponseComplete',
    verb: 'get',
    requestURI: '/api/v1/namespaces/prod/pods/web',
    user: { username: 'alice', groups: ['system:authenticated'] },
    sourceIPs: ['10.0.0.1'],
    userAgent: 'kubectl/v1.36.0',
    responseStatus: { code },
    requestReceivedTimestamp: '2026-11-22T10:00:00.000000Z',
    stageTimestamp: '2026-11-22T10:00:00.004000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow' },
    ...changes
  }
}

/** A log as the API server writes it. */
export const logOf = (events: readonly unknown[]): string => events.map(event => `${JSON.stringify(event)}\n`).join('')

/** Gives the events of a log's text to `take`. */
export const takeLog = async (text: string, take: TakeEvent): Promise<void> => {
  const bytes = Buffer.from(text)
  let done = 0
  const read = (into: Buffer, at: number): number => {
    const copied = bytes.copy(into, at, done)
    done += copied
    return copied
  }
  await readLog({ read }, eventReader(take, { isStrict: false }))
}
