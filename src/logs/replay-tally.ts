import { type Level, type Stage, STAGES } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import { heaviest, type Row, type Weight } from './heaviest.ts'
import { isLower, kindOf, missingBodies, type MissingBodies } from './like-events.ts'
import type { LogEvent } from './log-event.ts'
import { targetNames } from './target-names.ts'

/** In microseconds. */
const HOUR = 3_600_000_000

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
  /** What it made of requests that the reader remembers, by their places; at first empty. */
  readonly notes: Note[]
}

/** What a policy makes of a request, and where its events are counted. */
export interface Note {
  readonly request: Request
  readonly verdict: Verdict
  /** The stages whose events it drops. */
  readonly omits: readonly Stage[]
  /** The counts by rule that it belongs to: each part of a log has its own. */
  rules: readonly Counts[]
  counts: Counts | undefined
  user: Row | null
  target: Row | null
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
  readonly kind: string
  readonly missing: MissingBodies
  /** How many by hour. */
  readonly hours: Map<number | null, number>
}

/** What was counted for one policy. Kept bytes are without the bodies that are not in the log. */
export interface CandidateCounts {
  /** By rule, and last for requests that no rule takes. */
  readonly rules: readonly Counts[]
  /** By hour since 1970; null has those of events without a time. */
  readonly hours: ReadonlyMap<number | null, Counts>
  /** Kept events by the level at which they were recorded. */
  readonly levels: { same: number; lowered: number; raised: number }
  readonly raised: ReadonlyMap<string, Raised>
  readonly users: readonly Weight[]
  readonly resources: readonly Weight[]
}

/** Nothing counted. */
export const noCounts = (): Counts => ({ events: 0, bytes: 0, keptEvents: 0, keptBytes: 0 })

// hours that clocks may show in one log; what is beyond is not told by hour
const MOST_HOURS = 100_000
// a client may ask for any resource, also one that is not there
const MOST_RAISED = 4096

/** A count of what one policy would have kept; `take` gives how many bytes it keeps of an event. */
export const tallyOf = ({
  rules: count,
  decide,
  notes
}: Candidate): { take: (event: LogEvent) => number; counts: () => CandidateCounts } => {
  const rules = Array.from({ length: count + 1 }, noCounts)
  const hours = new Map<number | null, Counts>()
  const levels = { same: 0, lowered: 0, raised: 0 }
  const raised = new Map<string, Raised>()
  const [users, resources] = [heaviest(), heaviest()]
  const nameTarget = targetNames()
  let hour: Hour = { key: null, begin: NaN, counts: noCounts() }

  const hourOf = (moment: number | null): Hour => {
    // the events of a log are near each other
    if (moment !== null && moment >= hour.begin && moment < hour.begin + HOUR) return hour
    const key = moment !== null && hours.size < MOST_HOURS ? Math.floor(moment / HOUR) : null
    const counts = hours.get(key) ?? noCounts()
    hours.set(key, counts)
    hour = { key, begin: key === null ? NaN : key * HOUR, counts }
    return hour
  }
  // what is found out about a request is kept as long as the reader remembers the request
  const noteOf = ({ request, place }: LogEvent): Note => {
    const known = place === -1 ? undefined : notes[place]
    if (known?.request === request) {
      if (known.rules !== rules) countIn(known)
      return known
    }
    const verdict = decide(request)
    const { level, omitStages } = verdict
    const omits = level === 'None' ? STAGES : omitStages
    const note: Note = {
      request,
      verdict,
      omits,
      rules,
      counts: rules[verdict.rule ?? count],
      user: null,
      target: null
    }
    if (place !== -1) notes[place] = note
    return note
  }
  // what a count before this one noted
  const countIn = (note: Note): void => {
    note.rules = rules
    note.counts = rules[note.verdict.rule ?? count]
    note.user = note.target = null
  }
  const raise = (event: LogEvent, rule: number, level: Level): void => {
    const missing = missingBodies(event, level)
    if (!missing.request && !missing.response) return
    const kind = kindOf(event.request)
    const key = `${rule} ${missing.request} ${missing.response} ${kind}`
    const known = raised.get(key)
    if (!known && raised.size >= MOST_RAISED) return
    const { hours } = known ?? { hours: new Map<number | null, number>() }
    if (!known) raised.set(key, { rule, kind, missing, hours })
    hours.set(hour.key, (hours.get(hour.key) ?? 0) + 1)
  }
  // gives how many bytes it keeps
  const take = (event: LogEvent): number => {
    const { request, level, size } = event
    const note = noteOf(event)
    const { verdict, counts: ofRule, omits } = note
    const ofHour = hourOf(event.moment).counts
    if (ofRule) add(ofRule, size)
    add(ofHour, size)
    if (omits.length > 0 && omits.includes(event.stage)) return 0
    const kept = keptSize(event, verdict)
    if (ofRule) keep(ofRule, kept)
    keep(ofHour, kept)
    if (!note.user?.isKept) note.user = users.rowOf(request.user ?? UNKNOWN)
    if (!note.target?.isKept) note.target = resources.rowOf(nameTarget(request))
    keepIn(note.user, kept)
    keepIn(note.target, kept)
    if (level === verdict.level) levels.same += 1
    else if (isLower(verdict.level, level)) levels.lowered += 1
    else {
      levels.raised += 1
      raise(event, verdict.rule ?? count, verdict.level)
    }
    return kept
  }
  const counts = (): CandidateCounts => {
    const [loudUsers, loudResources] = [users.weights(), resources.weights()]
    return { rules, hours, levels, raised, users: loudUsers, resources: loudResources }
  }
  return { take, counts }
}

interface Hour {
  readonly key: number | null
  readonly begin: number
  readonly counts: Counts
}

const UNKNOWN = '(unknown)'

const add = (counts: Counts, size: number): void => {
  counts.events += 1
  counts.bytes += size
}

const keep = (counts: Counts, size: number): void => {
  counts.keptEvents += 1
  counts.keptBytes += size
}

const keepIn = (row: Row, size: number): void => {
  row.events += 1
  row.bytes += size
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
