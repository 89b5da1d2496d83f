import { LEVELS, STAGES } from '../audit/level.ts'
import { AuditError } from '../errors.ts'
import { listAt, numberAt, recordAt, stringAt } from '../text/guard.ts'
import { globMatcher, isGlob } from '../text/glob.ts'
import { ipAddress, ipRange } from '../text/ip-address.ts'
import { nearestWord } from '../text/nearest.ts'
import { askedStatus } from './asked-status.ts'
import { askedTime } from './asked-time.ts'
import { groupDoubt, resourceDoubt, severalDoubt, verbDoubt } from './asked-word-doubts.ts'
import { type Target, targetOf } from './event-target.ts'
import { impersonatedName } from './impersonated-name.ts'
import type { LogEvent } from './log-event.ts'

/** Whether an event has what is asked for. */
export type EventTest = (event: LogEvent) => boolean

/** One filter of `log query`: how a value of it is read. */
export interface Filter {
  /** True where an event is judged without parsing all of it. */
  readonly isQuick: boolean
  /** Throws USAGE for a value that is none. */
  readonly test: (value: string, now: number) => EventTest
  /** Why no event may ever have such a value, though one may be asked for. */
  readonly doubt?: (value: string) => string | undefined
  /** True where a comma is nothing special. */
  readonly hasCommas?: boolean
}

// an event has none, one or more of what a text filter looks at
const texts = (of: (event: LogEvent) => readonly string[]): Filter => ({
  isQuick: false,
  test: value => {
    const matches = globMatcher(value)
    return event => of(event).some(matches)
  }
})
const quick = (of: (event: LogEvent) => readonly string[]): Filter => ({ ...texts(of), isQuick: true })

const ofTarget = (of: (target: Target) => string): Filter =>
  texts(event => {
    const target = targetOf(event)
    return target ? [of(target)] : []
  })

const refuse = (option: string, found: string, wanted: string): AuditError => {
  const several = severalDoubt(option, found)
  return new AuditError('USAGE', `--${option}: ${several ?? `${wanted} is wanted, found "${found}"`}`)
}

/** A filter for one of a few words, which may be written in small letters; `more` are read elsewhere. */
const words = (option: string, known: readonly string[], of: EventText, isQuick: boolean): Filter => ({
  isQuick,
  test: value => {
    const matches = globMatcher(value.toLowerCase())
    if (!known.some(word => matches(word.toLowerCase()))) {
      const near = nearestWord(value, known)
      const hint = near === undefined ? '' : ` (is it ${near}?)`
      throw refuse(option, value, `one of ${known.join(', ')}${hint}`)
    }
    return event => matches((of(event) ?? '').toLowerCase())
  }
})
type EventText = (event: LogEvent) => string | undefined

const moments = (option: string, holds: (time: number, limit: number) => boolean): Filter => ({
  isQuick: true,
  test: (value, now) => {
    const limit = askedTime(value, now)
    if (limit === undefined)
      throw refuse(
        option,
        value,
        'a time such as 2026-11-22T10:00 (local) or 2026-11-22T10:00:00Z, a day, or 15m, 2h, 3d ago'
      )
    return ({ moment }) => moment !== null && holds(moment, limit)
  }
})

const decisionOf: EventText = event => stringAt(recordAt(event.value(), 'annotations'), 'authorization.k8s.io/decision')
const codeOf = (event: LogEvent): number | undefined => numberAt(recordAt(event.value(), 'responseStatus'), 'code')
const sourcesOf = (event: LogEvent): readonly string[] =>
  listAt(event.value(), 'sourceIPs').filter(source => typeof source === 'string')

/** Every filter of `log query` by its option, but `--where`, which is an expression. */
export const QUERY_FILTERS = {
  user: quick(({ request }) => [request.user ?? '']),
  as: texts(event => {
    const name = impersonatedName(event.value())
    return name === undefined ? [] : [name]
  }),
  group: quick(({ request }) => request.groups),
  verb: { ...quick(({ request }) => [request.verb]), doubt: verbDoubt },
  stage: words('stage', [...STAGES, 'all'], ({ stage }) => stage, true),
  level: words('level', LEVELS, ({ level }) => level, true),
  since: moments('since', (time, limit) => time >= limit),
  until: moments('until', (time, limit) => time < limit),
  resource: { isQuick: false, test: value => resourceTest(value), doubt: resourceDoubt },
  'api-group': {
    isQuick: false,
    test: value => ofTarget(({ apiGroup }) => apiGroup).test(value === 'core' ? '' : value, 0),
    doubt: groupDoubt
  },
  namespace: ofTarget(({ namespace }) => namespace),
  name: ofTarget(({ name }) => name),
  status: { isQuick: false, test: value => statusTest(value) },
  'source-ip': { isQuick: false, test: value => sourceTest(value) },
  'user-agent': { ...texts(event => [stringAt(event.value(), 'userAgent') ?? '']), hasCommas: true },
  decision: words('decision', ['allow', 'forbid'], decisionOf, false)
} as const satisfies Record<string, Filter>

/** An option of `log query` that is a filter of the table. */
export type FilterName = keyof typeof QUERY_FILTERS

/** A filter under one type. */
export const queryFilter = (name: FilterName): Filter => QUERY_FILTERS[name]

// as an audit policy has it: pods is not pods/log, pods/* is, * is all
const resourceTest = (value: string): EventTest => {
  if (value === '*') return event => targetOf(event) !== undefined
  const [resource = '', ...rest] = value.split('/')
  const isResource = globMatcher(resource)
  const subresource = rest.join('/')
  const isSubresource = globMatcher(subresource)
  return event => {
    const target = targetOf(event)
    if (!target || !isResource(target.resource)) return false
    // pods/* is every subresource of pods, and not pods
    return isSubresource(target.subresource) && (subresource === '') === (target.subresource === '')
  }
}

const statusTest = (value: string): EventTest => {
  const holds = askedStatus(value)
  if (!holds) throw refuse('status', value, 'a code such as 403, 4xx, 400-499 or ">=400"')
  return event => {
    const code = codeOf(event)
    return code !== undefined && holds(code)
  }
}

const sourceTest = (value: string): EventTest => {
  if (isGlob(value)) {
    const matches = globMatcher(value)
    return event => sourcesOf(event).some(matches)
  }
  const range = ipRange(value)
  const wanted = ipAddress(value)
  const holds =
    range ?? (wanted && ((found: typeof wanted) => found.bits === wanted.bits && found.value === wanted.value))
  if (!holds) throw refuse('source-ip', value, 'an address, a range such as 10.0.0.0/8, or a pattern such as "10.0.*"')
  return event =>
    sourcesOf(event).some(source => {
      const found = ipAddress(source)
      return found !== undefined && holds(found)
    })
}
