import { AuditError } from '../errors.ts'
import { numberAt, recordAt } from '../text/guard.ts'
import { severalDoubt } from './asked-word-doubts.ts'
import type { LogEvent } from './log-event.ts'
import { type EventTest, type Filter, type FilterName, QUERY_FILTERS, queryFilter } from './query-filters.ts'

/** What is asked for, by the option's name; a value that begins with `!` is one that no event may have. */
export type AskedFilters = Readonly<Partial<Record<FilterName, readonly string[]>>>

/** A compiled query. */
export interface Query {
  /** False for an event that cannot match, told without parsing all of it. */
  readonly quick: EventTest
  /** True for an event that was asked for. */
  readonly matches: EventTest
  /** What was asked for and may never be found, in words. */
  readonly doubts: readonly string[]
}

/**
 * Compiles filters: of several values of one any may match, and all filters must. Where no stage is asked for, a request
 * counts once, when it is done. `where` is asked last, with the event. Throws USAGE. `now` is milliseconds since 1970.
 */
export const compileQuery = (asked: AskedFilters, now: number, where?: EventTest): Query => {
  const given = (Object.keys(QUERY_FILTERS) as FilterName[]).flatMap(name => {
    const values = asked[name] ?? []
    return values.length === 0 ? [] : [{ name, ...compileFilter(name, values, now) }]
  })
  const hasStage = given.some(({ name }) => name === 'stage')
  const quickTests = [...(hasStage ? [] : [mayBeDone]), ...given.filter(each => each.isQuick).map(({ test }) => test)]
  const wholeTests = [
    ...(hasStage ? [] : [isDone]),
    ...given.filter(each => !each.isQuick).map(({ test }) => test),
    ...(where ? [where] : [])
  ]
  const quick = all(quickTests)
  const whole = all(wholeTests)
  return {
    quick,
    matches: event => quick(event) && whole(event),
    doubts: given.flatMap(({ doubts }) => doubts)
  }
}

interface Compiled {
  readonly isQuick: boolean
  readonly test: EventTest
  readonly doubts: readonly string[]
}

const compileFilter = (name: FilterName, values: readonly string[], now: number): Compiled => {
  const filter = queryFilter(name)
  const { isQuick, test } = filter
  const wanted = values.filter(value => !isNegated(value))
  const unwanted = values.filter(isNegated).map(value => value.slice(1))
  if (name === 'stage' && unwanted.includes('all')) throw new AuditError('USAGE', '--stage: "!all" leaves no event')
  const isWanted = name === 'stage' && wanted.includes('all') ? [] : wanted.map(value => test(value, now))
  const isUnwanted = unwanted.map(value => test(value, now))
  return {
    isQuick,
    test: event =>
      (isWanted.length === 0 || isWanted.some(each => each(event))) && !isUnwanted.some(each => each(event)),
    doubts: values.flatMap(value => {
      const words = doubtAbout(name, filter, value)
      return words === undefined ? [] : [`--${name}: ${words}`]
    })
  }
}

const isNegated = (value: string): boolean => value.startsWith('!')

const doubtAbout = (name: FilterName, { doubt, hasCommas }: Filter, value: string): string | undefined => {
  const several = hasCommas === true ? undefined : severalDoubt(name, value)
  return several ?? doubt?.(isNegated(value) ? value.slice(1) : value)
}

const all = (tests: readonly EventTest[]): EventTest => {
  const [first, second] = tests
  if (!first) return () => true
  if (tests.length === 1) return first
  if (tests.length === 2 && second) return event => first(event) && second(event)
  return event => tests.every(test => test(event))
}

const mayBeDone = ({ stage }: LogEvent): boolean => stage !== 'RequestReceived'

// a request that was not let in has this stage alone
const isDone = (event: LogEvent): boolean =>
  event.stage === 'ResponseComplete' ||
  event.stage === 'Panic' ||
  (event.stage === 'ResponseStarted' && numberAt(recordAt(event.value(), 'responseStatus'), 'code') === UNAUTHORIZED)

const UNAUTHORIZED = 401
