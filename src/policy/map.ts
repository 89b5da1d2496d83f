import type { Level, Stage } from '../audit/level.ts'
import type { Request } from '../audit/request.ts'
import { decisionOf } from './evaluate.ts'
import { columnsOf, type MapColumn } from './map-columns.ts'
import { tableCells } from './map-cells.ts'
import type { MapCells, MapPlace } from './map-read.ts'
import type { MapRow } from './map-request.ts'
import { rowsOf } from './map-rows.ts'
import { type MapSender, sendersOf } from './map-senders.ts'
import type { Policy } from './policy.ts'
import { reachedDecisions } from './reach.ts'
import { unreachableRules } from './unreachable.ts'
import { freshWord, vocabularyOf } from './vocabulary.ts'

/** Who × what × verb, each with the rule that decides. Cells stand for all requests that the policy cannot tell apart. */
export interface PolicyMap {
  readonly senders: readonly MapSender[]
  readonly namespaces: readonly MapNamespace[]
  readonly rows: readonly MapRow[]
  readonly columns: Readonly<Record<MapRow['kind'], readonly MapColumn[]>>
  readonly cells: MapCells
  readonly rules: readonly MapRule[]
  /** How many of each kind would have been too many to show. */
  readonly left: { readonly senders: number; readonly namespaces: number; readonly rows: number }
}

/** A namespace as the map offers it; `''` for requests that have none. */
export interface MapNamespace {
  readonly label: string
  readonly value: string
}

/** A rule, and where it is to be seen. */
export interface MapRule {
  readonly level: Level
  readonly line: number
  /** Those of the policy and of the rule together. */
  readonly omitStages: readonly Stage[]
  readonly omitManagedFields: boolean
  /** One cell that it decides; null where it decides none. */
  readonly place: MapPlace | null
  /** The rules that take all its requests; null where some are left to it. */
  readonly hiddenBy: readonly number[] | null
  /** For a rule without a cell: a request that it decides all the same; null also where there were too many rules to ask. */
  readonly witness: Request | null
}

/** What is shown at most: more would be neither opened nor read. `all` is for the three multiplied. */
export interface MapLimits {
  readonly senders: number
  readonly namespaces: number
  readonly rows: number
  readonly all: number
}

const LIMITS: MapLimits = { senders: 250, namespaces: 60, rows: 600, all: 1_000_000 }

/** The map of a policy. Every cell is decided by the policy itself, on a request that stands for its kind. */
export const policyMap = (policy: Policy, limits: MapLimits = LIMITS): PolicyMap => {
  const all = { senders: sendersOf(policy), namespaces: namespacesOf(policy), rows: rowsOf(policy) }
  const senders = all.senders.slice(0, limits.senders)
  const rows = limitRows(all.rows, limits.rows)
  const room = Math.max(2, Math.floor(limits.all / (senders.length * rows.length)))
  const namespaces = all.namespaces.slice(0, Math.min(limits.namespaces, room))
  const columns = columnsOf(policy)
  const { cells, places } = tableCells({ policy, senders, namespaces, rows, columns })
  const left = {
    senders: all.senders.length - senders.length,
    namespaces: all.namespaces.length - namespaces.length,
    rows: all.rows.length - rows.length
  }
  return { senders, namespaces, rows, columns, cells, rules: rulesOf(policy, places), left }
}

const namespacesOf = (policy: Policy): MapNamespace[] => {
  const { namespaces } = vocabularyOf([policy])
  const named = [...namespaces].filter(name => name !== '').sort()
  const value = freshWord('default', word => namespaces.has(word))
  return [
    { label: named.length === 0 ? 'any namespace' : 'any namespace not named', value },
    { label: 'no namespace (all of them)', value: '' },
    ...named.map(name => ({ label: name, value: name }))
  ]
}

// what is built in and what stands for others stays, whatever else must go
const limitRows = (rows: readonly MapRow[], limit: number): MapRow[] => {
  const general = rows.filter(row => !row.isNamed)
  const named = rows.filter(row => row.isNamed)
  const kept = new Set([...general, ...named.slice(0, Math.max(0, limit - general.length))])
  return rows.filter(row => kept.has(row))
}

// with more rules than this the exact answer takes longer than anybody waits for a page
const MOST_RULES = 250

const rulesOf = (policy: Policy, places: ReadonlyMap<number, MapPlace>): MapRule[] => {
  const isAsked = policy.rules.length <= MOST_RULES && policy.rules.some((_, index) => !places.has(index))
  const reached = isAsked ? reachedDecisions([policy]) : null
  const hidden = new Map(reached === null ? [] : unreachableRules(policy).map(each => [each.rule, each.hiddenBy]))
  return policy.rules.map(({ line }, index) => {
    const { level, omitStages, omitManagedFields } = decisionOf(policy, index)
    const place = places.get(index) ?? null
    const witness = place ? undefined : reached?.find(({ rules }) => rules[0] === index)?.request
    const hiddenBy = hidden.get(index) ?? null
    return { level, line, omitStages, omitManagedFields, place, hiddenBy, witness: witness ?? null }
  })
}
