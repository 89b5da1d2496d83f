import type { Level, Stage } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import { heaviest, type Weight } from './heaviest.ts'
import { type BodySums, bodySums, isLower, kindOf, missingBodies, type MissingBodies } from './like-events.ts'
import type { LogEvent, TakeEvent } from './log-event.ts'
import { detached } from './remember.ts'

/** What a policy decides for a request. */
export interface Verdict {
  readonly rule: number | null
  readonly level: Level
  readonly omitStages: readonly Stage[]
  readonly omitManagedFields: boolean
}

/** A policy, as a replay needs it. */
export interface Candidate {
  readonly rules: number
  readonly decide: (request: Request) => Verdict
}

/** Events and their bytes as recorded, and what a policy keeps of them. */
export interface Counts {
  events: number
  bytes: number
  keptEvents: number
  keptBytes: number
}

/** Events without some bodies that a policy wants: their sizes are estimated from like events when all are read. */
export interface Raised {
  readonly rule: number
  readonly hour: string
  readonly kind: string
  readonly missing: MissingBodies
  events: number
}

/** What was counted for one policy. Kept bytes are without the bodies that are not in the log. */
export interface CandidateCounts {
  /** By rule, and last for requests that no rule takes. */
  readonly rules: readonly Counts[]
  /** By hour, as 2026-11-22T00; of events without a time under an empty one. */
  readonly hours: ReadonlyMap<string, Counts>
  /** Kept events by the level at which they were recorded. */
  readonly levels: { same: number; lowered: number; raised: number }
  readonly raised: ReadonlyMap<string, Raised>
  readonly users: readonly Weight[]
  readonly resources: readonly Weight[]
}

/** What was counted of a log, or of a part of one: plain data. */
export interface ReplayCounts {
  readonly first: string
  readonly last: string
  readonly bodies: ReadonlyMap<string, BodySums>
  readonly candidates: readonly CandidateCounts[]
  /** What only the first of two candidates keeps, and what only the second. */
  readonly differences: readonly [first: Amount, second: Amount]
}

/** Events and bytes. */
export interface Amount {
  readonly events: number
  readonly bytes: number
}

/** Counts what policies would have kept of the events that it is given. */
export const replayCounter = (
  candidates: readonly Candidate[]
): { readonly take: TakeEvent; readonly startPart: () => void; readonly counts: () => ReplayCounts } => {
  const tallies = candidates.map(tallyOf)
  const bodies = bodySums()
  const differences = [noAmount(), noAmount()] as const
  let [first, last, hour] = ['', '', 'none']
  return {
    take: event => {
      const { time } = event
      const start = time.slice(0, HOUR_LENGTH)
      // to look at each time would take longer than all else: those of an hour are alike
      if (start !== hour && isTime(time)) hour = detached(start)
      if (start === hour) {
        if (time > last) last = time
        if (first === '' || time < first) first = time
      }
      bodies.add(event)
      const one = tallies[0]?.take(event) ?? 0
      const other = tallies[1]?.take(event) ?? one
      if (one > 0 && other === 0) addAmount(differences[0], one)
      else if (other > 0 && one === 0) addAmount(differences[1], other)
    },
    startPart: bodies.startPart,
    counts: () => ({ first, last, bodies: bodies.sums, differences, candidates: tallies.map(tally => tally.counts()) })
  }
}

/** Nothing counted. */
export const noCounts = (): Counts => ({ events: 0, bytes: 0, keptEvents: 0, keptBytes: 0 })

const noAmount = (): { events: number; bytes: number } => ({ events: 0, bytes: 0 })

const addAmount = (amount: { events: number; bytes: number }, size: number): void => {
  amount.events += 1
  amount.bytes += size
}

// hours that clocks may show in one log; what is beyond is not told by hour
const MOST_HOURS = 100_000
const MOST_RAISED = 100_000

const tallyOf = ({
  rules: count,
  decide
}: Candidate): { take: (event: LogEvent) => number; counts: () => CandidateCounts } => {
  const rules = Array.from({ length: count + 1 }, noCounts)
  const hours = new Map<string, Counts>()
  const levels = { same: 0, lowered: 0, raised: 0 }
  const raised = new Map<string, Raised>()
  const [users, resources] = [heaviest(), heaviest()]
  const nameTarget = targetNames()
  let hour = { start: 'none', key: '', counts: noCounts() }

  const countsAt = (time: string): Counts => {
    const start = time.slice(0, HOUR_LENGTH)
    if (start === hour.start) return hour.counts
    const key = isTime(time) && hours.size < MOST_HOURS ? detached(start) : ''
    const counts = hours.get(key) ?? noCounts()
    hours.set(key, counts)
    hour = { start: detached(start), key, counts }
    return counts
  }
  const raise = (event: LogEvent, rule: number, level: Level): void => {
    const missing = missingBodies(event, level)
    if (!missing.request && !missing.response) return
    const key = `${rule} ${hour.key} ${missing.request} ${missing.response} ${kindOf(event.request)}`
    const known = raised.get(key)
    if (known) known.events += 1
    else if (raised.size < MOST_RAISED)
      raised.set(key, { rule, hour: hour.key, kind: kindOf(event.request), missing, events: 1 })
  }
  // gives how many bytes it keeps
  const take = (event: LogEvent): number => {
    const { request, level, size } = event
    const verdict = decide(request)
    const rule = verdict.rule ?? count
    const ofRule = rules[rule]
    const ofHour = countsAt(event.time)
    if (ofRule) add(ofRule, size)
    add(ofHour, size)
    if (verdict.level === 'None' || verdict.omitStages.includes(event.stage)) return 0
    const kept = keptSize(event, verdict)
    if (ofRule) keep(ofRule, kept)
    keep(ofHour, kept)
    users.add(request.user ?? UNKNOWN, 1, kept)
    resources.add(nameTarget(request), 1, kept)
    if (level === verdict.level) levels.same += 1
    else if (isLower(verdict.level, level)) levels.lowered += 1
    else {
      levels.raised += 1
      raise(event, rule, verdict.level)
    }
    return kept
  }
  const counts = (): CandidateCounts => {
    const [loudUsers, loudResources] = [users.weights(), resources.weights()]
    return { rules, hours, levels, raised, users: loudUsers, resources: loudResources }
  }
  return { take, counts }
}

const HOUR = /^\d{4}-\d\d-\d\dT\d\d:.*Z$/
const isTime = (time: string): boolean => HOUR.test(time) && !Number.isNaN(Date.parse(time))
const HOUR_LENGTH = '2026-11-22T00'.length
const UNKNOWN = '(unknown)'

const add = (counts: Counts, size: number): void => {
  counts.events += 1
  counts.bytes += size
}

const keep = (counts: Counts, size: number): void => {
  counts.keptEvents += 1
  counts.keptBytes += size
}

// a resource by its name, as pods/log or leases.coordination.k8s.io; what it was made of is remembered by the resource
const targetNames = (): ((request: Request) => string) => {
  const known = new Map<string, { apiGroup: string; subresource: string; target: string }>()
  return request => {
    const { resource, apiGroup, subresource } = request
    const last = known.get(resource)
    if (last && last.apiGroup === apiGroup && last.subresource === subresource && request.resourceRequest)
      return last.target
    const target = targetOf(request)
    if (request.resourceRequest && (last || known.size < MOST_TARGETS))
      known.set(detached(resource), { apiGroup: detached(apiGroup), subresource: detached(subresource), target })
    return target
  }
}

const MOST_TARGETS = 1024

const targetOf = ({ resourceRequest, apiGroup, resource, subresource, path }: Request): string => {
  if (!resourceRequest) return detached(path.replace(/^(\/[^/]*\/?[^/]*)[^]*$/, '$1'))
  const name = subresource === '' ? resource : `${resource}/${subresource}`
  return detached(apiGroup === '' ? name : `${name}.${apiGroup}`)
}

/** The bytes that an event would have had, as far as the log has them: bodies that it lacks are not in it. */
const keptSize = (event: LogEvent, { level, omitManagedFields }: Verdict): number => {
  const { level: recorded } = event
  // the level stands in the event by its name
  const whole = event.size + level.length - recorded.length
  if (recorded === 'Metadata') return whole
  const managed = omitManagedFields ? event.managedFields() : { request: 0, response: 0 }
  if (level === recorded) return whole - managed.request - managed.response
  const { request, response } = event.bodies()
  if (level === 'Metadata') return whole - request - response
  return whole - managed.request - (level === 'Request' ? response : managed.response)
}
