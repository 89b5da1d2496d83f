import { LEVELS } from '../../audit/level.ts'
import { recordedStages } from '../../audit/stages.ts'
import { NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import type { HostPath } from '../../paths.ts'
import { decodePolicy } from '../../policy/decode.ts'
import type { Decision } from '../../policy/evaluate.ts'
import { verdictOf } from '../../policy/explanation.ts'
import type { Policy } from '../../policy/policy.ts'
import type { Goal, Keep, Shortfall } from '../drill.ts'
import { type Aspect, type Decided, isMet, type Judged, judgeOnce } from './policy-judge.ts'
import { type Mistake, mistakeBehind } from './policy-mistake.ts'

/** A part of what a policy shall decide: the requests that some rules of a model policy take. */
export interface Asked {
  readonly id: string
  readonly asks: string
  readonly points: number
  /** Indices of rules of the model; null is the requests that none of them takes. */
  readonly rules: readonly (number | null)[]
  /** `levels` where nothing is said. */
  readonly aspect?: Aspect
  /** What to call it when more of such a request is recorded than asked. */
  readonly code?: string
}

/**
 * Goals, and what is to be kept, so that a policy records what a model records, each of a part of all requests that clients
 * can send. What the model's remaining rules take is left to the answer. Exact: no spelling is asked for, and every request
 * counts.
 */
export const policyParts = (
  path: HostPath,
  model: string
): { readonly goal: (asked: Asked) => Goal; readonly keep: (asked: Asked) => Keep } => {
  const judgedIn = judgeOnce(path, policyOf(model))
  const judgeOf =
    (asked: Asked): Goal['judge'] =>
    seen => {
      const judged = judgedIn(seen)
      if (!('found' in judged)) return shortfallOf(judged, asked, path)
      // where it stands in the file is told once, with why kube-apiserver does not start
      return { code: judged.code, found: judged.found, file: path }
    }
  return {
    goal: asked => ({ id: asked.id, asks: asked.asks, points: asked.points, judge: judgeOf(asked) }),
    keep: asked => ({ id: asked.id, asks: asked.asks, costs: asked.points, judge: judgeOf(asked) })
  }
}

const policyOf = (model: string): Policy => {
  const { policy } = decodePolicy(model, 'the model', NEWEST)
  if (!policy) throw new AuditError('IMPOSSIBLE', 'the model of a drill is no policy')
  return policy
}

const shortfallOf = (judged: Judged, { rules, aspect = 'levels', code }: Asked, path: HostPath): Shortfall | null => {
  const wrong = judged.decided.filter(
    ({ part, request, wanted, found }) => rules.includes(part) && !isMet(aspect, request, wanted, found)
  )
  const [plainest] = wrong
  if (!plainest) return null
  const written = { policy: judged.answer.policy, findings: judged.answer.findings() }
  for (const each of wrong.slice(0, ENOUGH)) {
    // which rule takes a request is no matter of stages
    const isRight = (decision: Decision): boolean =>
      aspect !== 'stages-alone' && isMet(aspect, each.request, each.wanted, decision)
    const mistake = mistakeBehind(written, each.request, each.found, isRight)
    if (mistake) return told(judged, each, aspect, path, mistake)
  }
  return told(judged, plainest, aspect, path, wrongLevel(judged.answer.policy, plainest, code))
}

// each of them is looked at from every rule
const ENOUGH = 30

const told = (
  { answer, model }: Judged,
  { request, wanted, found }: Decided,
  aspect: Aspect,
  path: HostPath,
  { code, found: what, ...place }: Mistake
): Shortfall => {
  const [is, want] = [verdictOf(answer.policy, request, found), verdictOf(model, request, wanted)]
  // stages that nobody asked for had better not look as if they were
  const isAsLeft = aspect !== 'stages-alone' && wanted.level !== 'None' && is.stages.length > 0
  const shown = isAsLeft && (aspect === 'levels-alone' || is.stages.includes('ResponseComplete')) ? is : want
  return {
    code,
    found: what,
    file: path,
    ...place,
    counterexample: { request, found: is, wanted: { ...want, stages: shown.stages, omitStages: shown.omitStages } }
  }
}

const wrongLevel = (policy: Policy, { request, wanted, found }: Decided, code: string | undefined): Mistake => {
  const line = policy.rules[found.rule ?? -1]?.line
  if (line === undefined) return { code: 'not-recorded', found: 'no rule takes such a request, so it is not recorded' }
  const takes = `the rule at line ${line} takes such a request, at level ${found.level}`
  if (found.level !== wanted.level)
    return { code: rank(found) > rank(wanted) ? (code ?? 'too-much') : 'too-little', found: takes, line }
  const stages = recordedStages(request, found)
  return {
    code: 'other-stages',
    found: `${takes}, and leaves ${stages.length === 0 ? 'no event' : `an event at ${stages.join(' and at ')}`} of it`,
    line
  }
}

const rank = ({ level }: Pick<Decision, 'level'>): number => LEVELS.indexOf(level)
