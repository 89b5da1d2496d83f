import { LEVELS } from '../../src/audit/level.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { PlainEvent } from './plain-reading.ts'

/** Events, and their bytes. */
export interface Amount {
  readonly events: number
  readonly bytes: number
}

/** What a rule would have kept. */
export interface PlainRule extends Amount {
  readonly index: number
  readonly line: number
  readonly level: string
  readonly keptEvents: number
  /** Of raised events, what is known of them: what they would have besides is not in the log. */
  readonly keptBytes: number
  /** Those which the rule records at a higher level than the log has them. */
  readonly raised: number
}

/** What a policy would have kept of a log. */
export interface PlainReplay extends Amount {
  readonly rules: readonly PlainRule[]
  readonly unmatched: Amount
  readonly kept: Amount
  /** By the day in UTC of the stageTimestamp; the empty day has those without one. */
  readonly perDay: Readonly<Record<string, Amount & { readonly kept: Amount }>>
}

/** What a policy would have kept of events, one after the other: the plain way, to compare with. */
export const replayPlain = (policy: Policy, events: Iterable<PlainEvent>): PlainReplay => {
  const all = { events: 0, bytes: 0 }
  const unmatched = { events: 0, bytes: 0 }
  const kept = { events: 0, bytes: 0 }
  const zero = { events: 0, bytes: 0, keptEvents: 0, keptBytes: 0, raised: 0 }
  const rules = policy.rules.map(({ line, level }, index) => ({ index, line, level, ...zero }))
  const perDay: Record<string, { events: number; bytes: number; kept: { events: number; bytes: number } }> = {}
  for (const event of events) {
    const fate = fateOf(policy, event)
    const rule = fate.rule === null ? undefined : rules[fate.rule]
    const day = (perDay[dayOf(event.time)] ??= { events: 0, bytes: 0, kept: { events: 0, bytes: 0 } })
    for (const sum of [all, day, rule ?? unmatched]) {
      sum.events += 1
      sum.bytes += event.size
    }
    for (const sum of [kept, day.kept]) {
      sum.events += fate.isKept ? 1 : 0
      sum.bytes += fate.bytes
    }
    if (rule === undefined) continue
    rule.keptEvents += fate.isKept ? 1 : 0
    rule.keptBytes += fate.bytes
    rule.raised += fate.isRaised ? 1 : 0
  }
  return { ...all, rules, unmatched, kept, perDay }
}

interface Fate {
  readonly rule: number | null
  readonly isKept: boolean
  readonly isRaised: boolean
  readonly bytes: number
}

const fateOf = (policy: Policy, { request, stage, level, size, bodies, managed }: PlainEvent): Fate => {
  const decision = evaluate(policy, request)
  const isKept = decision.level !== 'None' && !decision.omitStages.includes(stage)
  if (!isKept) return { rule: decision.rule, isKept, isRaised: false, bytes: 0 }
  const [was, is] = [LEVELS.indexOf(level), LEVELS.indexOf(decision.level)]
  const keepsRequest = is >= was || decision.level !== 'Metadata'
  const keepsResponse = is >= was
  const cleared = decision.omitManagedFields ? managed : { request: 0, response: 0 }
  const dropped =
    (keepsRequest ? cleared.request : bodies.request) + (keepsResponse ? cleared.response : bodies.response)
  return {
    rule: decision.rule,
    isKept,
    isRaised: is > was,
    bytes: size - dropped + decision.level.length - level.length
  }
}

/** The day in UTC of a time in the form of RFC 3339; empty for anything else. */
export const dayOf = (time: string): string => {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(time)
  const moment = isTime ? new Date(time) : null
  return moment === null || Number.isNaN(moment.getTime()) ? '' : moment.toISOString().slice(0, 10)
}
