import { isLongRunning } from '../audit/stages.ts'
import type { LogEvent, TakeEvent } from './log-event.ts'
import { type EventFacts, factsByValue, type FactsOf } from './summary-facts.ts'
import { latencyCounter } from './summary-latency.ts'
import { isDenied, tellNotable, whatOf } from './summary-notable.ts'
import { type Amount, type Decide, NO_TOTALS, type SummaryPart, type Totals } from './summary-part.ts'
import { keyOf, pairKey, TABLE_NAMES, type TableName, UNKNOWN_USER } from './summary-tables.ts'
import { type Once, type Tally, tallyOf } from './summary-tally.ts'
import { timelineOf, timeReader } from './summary-time.ts'

interface Options {
  /** How an event's facts are found; by default from all of it parsed. */
  readonly facts?: FactsOf
  /** With it events and bytes are counted by the rule of a policy. */
  readonly decide?: Decide
  /** How many rows each table keeps. */
  readonly kept?: number
}

/** Counts the events of a log, in memory that does not grow with the log; `result` may be asked for at any time. */
export const summaryCounter = ({ facts = factsByValue, decide, kept }: Options = {}): {
  readonly take: TakeEvent
  readonly result: () => SummaryPart
} => {
  const requests = requestCounter(kept)
  const timeline = timelineOf()
  const amounts = amountCounter(decide)
  let [first, last]: [number | null, number | null] = [null, null]
  return {
    take: event => {
      // what cannot be parsed is none, and must not be half counted
      const found = answerOf(event, facts)
      const time = event.moment
      if (time !== null) {
        if (first === null || time < first) first = time
        if (last === null || time > last) last = time
      }
      amounts.add(event)
      const code = found === null ? 0 : codeOf(event, found)
      const denied = found !== null && isDenied(found, code)
      const failed = code >= 500
      // prettier-ignore
      if (time !== null) timeline.add(time, { events: 1, requests: found ? 1 : 0, bytes: event.size, denied: denied ? 1 : 0, failed: failed ? 1 : 0 })
      if (found) requests.add(event, found, code, { bytes: event.size, denied, failed, time })
    },
    result: () => ({ first, last, ...requests.part(), ...amounts.part(), timeline: timeline.part() })
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Counts events and bytes by stage and level, and by the rule of a policy. */
const amountCounter = (decide: Decide | undefined) => {
  const levels = new Map<string, Map<string, Writable<SummaryPart['stages'][number]>>>()
  const rules = new Map<number | null, Writable<SummaryPart['rules'][number]>>()
  const stageOf = ({ stage, level }: LogEvent) => {
    const made = { stage, level, events: 0, bytes: 0 }
    levels.set(stage, (levels.get(stage) ?? new Map()).set(level, made))
    return made
  }
  const ruleOf = (rule: number | null) => {
    const made = { rule, events: 0, bytes: 0 }
    rules.set(rule, made)
    return made
  }
  return {
    add: (event: LogEvent): void => {
      addAmount(levels.get(event.stage)?.get(event.level) ?? stageOf(event), event.size)
      if (!decide) return
      const { rule } = decide(event.request)
      addAmount(rules.get(rule) ?? ruleOf(rule), event.size)
    },
    part: (): Pick<SummaryPart, 'stages' | 'rules'> => ({
      stages: [...levels.values()].flatMap(each => [...each.values()].map(amount => ({ ...amount }))),
      rules: [...rules.values()].map(amount => ({ ...amount }))
    })
  }
}

const addAmount = (amount: Writable<Amount>, size: number): void => {
  amount.events += 1
  amount.bytes += size
}

/** The facts of an event by which a request is counted; null where it tells of no answer, or of one that is told again. */
const answerOf = (event: LogEvent, facts: FactsOf): EventFacts | null => {
  if (event.stage === 'RequestReceived') return null
  const found = facts(event)
  // an authentication that failed is told of at this stage alone
  return event.stage === 'ResponseStarted' && found.code !== 401 ? null : found
}

const codeOf = ({ stage }: LogEvent, { code }: EventFacts): number => (stage === 'Panic' && code === 0 ? 500 : code)

const requestCounter = (kept: number | undefined) => {
  const tables = Object.fromEntries(TABLE_NAMES.map(name => [name, tallyOf(kept)])) as Record<TableName, Tally> // one for each name
  const totals: Writable<Totals> = { ...NO_TOTALS }
  const minutes = minuteCounter(kept)
  const latencies = latencyCounter()
  const read = timeReader()
  const addOne = (table: TableName, text: string, once: Once): void => {
    const tally = tables[table]
    // mostly it is there, and then it is clean
    if (text === UNKNOWN_USER || !tally.addTo(text, once)) tally.add(keyOf(text), once)
  }
  return {
    add: (event: LogEvent, facts: EventFacts, code: number, once: Once): void => {
      const { request } = event
      const { user, verb, namespace, apiGroup } = request
      totals.requests += 1
      if (user === null) tables.users.add(UNKNOWN_USER, once)
      else addOne('users', user, once)
      addOne('verbs', verb, once)
      if (!request.resourceRequest) addOne('paths', request.path, once)
      else if (!tables.resources.addTo(pairKey(whatOf(request), apiGroup), once))
        tables.resources.add(keyOf(whatOf(request), apiGroup), once)
      if (namespace !== '') addOne('namespaces', namespace, once)
      addOne('userAgents', facts.userAgent, once)
      addOne('sources', facts.source, once)
      addOne('codes', String(code), once)
      tellNotable(event, facts, code, {
        count: total => void (totals[total] += 1),
        row: (table, ...parts) => tables[table].add(keyOf(...parts), once)
      })
      if (once.time === null) return
      minutes.add(once.time, once)
      const start = isLongRunning(request) ? null : read(facts.received)
      if (start !== null && start <= once.time) latencies.add(verb, once.time - start)
    },
    part: (): Omit<SummaryPart, 'first' | 'last' | 'stages' | 'rules' | 'timeline'> => ({
      totals: { ...totals },
      tables: Object.fromEntries(TABLE_NAMES.map(name => [name, tables[name].part()])) as SummaryPart['tables'], // one for each name
      minutes: minutes.part(),
      latencies: latencies.part()
    })
  }
}

/** Counts by minute; an old one never comes again. */
const minuteCounter = (kept: number | undefined) => {
  const tally = tallyOf(kept, false)
  let [minute, key] = [NaN, '']
  return {
    add: (time: number, once: Once): void => {
      const now = Math.floor(time / 60e6)
      if (now !== minute) [minute, key] = [now, String(now)]
      tally.add(key, once)
    },
    part: tally.part
  }
}
