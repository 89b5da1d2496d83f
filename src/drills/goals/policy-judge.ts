import type { Level, Stage } from '../../audit/level.ts'
import type { Request } from '../../audit/request.ts'
import { recordedStages } from '../../audit/stages.ts'
import { AuditError } from '../../errors.ts'
import type { HostPath } from '../../paths.ts'
import { decodePolicy, rejectionOf } from '../../policy/decode.ts'
import { type Decision, evaluate } from '../../policy/evaluate.ts'
import { lintApart } from '../../policy/lint.ts'
import type { Policy } from '../../policy/policy.ts'
import { possibleDecisions } from '../../policy/possible.ts'
import type { Shortfall } from '../drill.ts'
import type { Written } from './policy-mistake.ts'
import type { Seen } from '../seen.ts'
import { bestKnownFirst } from './well-known.ts'

/** What a model and an answer decide of a request. */
export interface Decided {
  readonly request: Request
  /** The rule of the model that takes it. */
  readonly part: number | null
  readonly wanted: Decision
  readonly found: Decision
}

/** An answer beside the model: every kind of request that a client can send, the best known first. */
export interface Judged {
  readonly answer: Answer
  readonly model: Policy
  readonly decided: readonly Decided[]
}

/** A function that judges the policy at a path of a node, each node once: all goals of an exercise ask about the same. */
export const judgeOnce = (path: HostPath, model: Policy): ((seen: Seen) => Judged | Shortfall) => {
  const judged = new WeakMap<Seen, Judged | Shortfall>()
  return seen => {
    const known = judged.get(seen) ?? judge(seen, path, model)
    judged.set(seen, known)
    return known
  }
}

const judge = (seen: Seen, path: HostPath, model: Policy): Judged | Shortfall => {
  const answer = answerOf(seen, path)
  if ('found' in answer) return answer
  const all = decisionsOf([model, answer.policy], seen.version)
  if (all === null)
    return { code: 'too-complex', found: 'the policy tells too many kinds of requests apart to be judged', file: path }
  const decided = all.map(({ rules: [part = null], request }) => ({
    request,
    part,
    wanted: evaluate(model, request),
    found: evaluate(answer.policy, request)
  }))
  return { answer, model, decided: bestKnownFirst(decided) }
}

const decisionsOf = (...about: Parameters<typeof possibleDecisions>): ReturnType<typeof possibleDecisions> | null => {
  try {
    return possibleDecisions(...about)
  } catch (error) {
    if (error instanceof AuditError && error.code === 'TOO_COMPLEX') return null
    throw error
  }
}

/**
 * Of what a goal speaks: of levels, and then any event but the last of a request may be left out; of levels whatever the
 * stages; of stages whatever the level; or of both exactly.
 */
export type Aspect = 'levels' | 'levels-alone' | 'stages-alone' | 'both'

/** True where the events of a request are those that are asked for. Whether managed fields stand in them no task asks. */
export const isMet = (aspect: Aspect, request: Request, wanted: Decision, found: Decision): boolean => {
  const [want, is] = [recordedStages(request, wanted), recordedStages(request, found)]
  if (want.length === 0 && is.length === 0) return true
  if (aspect === 'both' && want.join() !== is.join()) return false
  if (aspect === 'stages-alone') return want.length === 0 || found.level === 'None' || want.join() === is.join()
  // of a request that was answered 401 there is one event, and no task that is not about stages says that it has to be there
  const levelOf = ({ level }: Decision, stages: readonly Stage[]): Level =>
    stages.length === 0 && request.user !== null ? 'None' : level
  if (levelOf(wanted, want) !== levelOf(found, is)) return false
  return (
    aspect === 'levels-alone' ||
    request.user === null ||
    !want.includes('ResponseComplete') ||
    is.includes('ResponseComplete')
  )
}

/** A policy as the server of a node takes it, and what there is to say about its text. */
export interface Answer {
  readonly policy: Policy
  readonly findings: () => Written['findings']
}

/** The policy at a path as the server of the node takes it, or why it takes none. */
export const answerOf = (seen: Seen, path: HostPath): Answer | Shortfall => {
  const text = seen.text(path)
  if (text === null) return { code: 'file-missing', found: `there is no file ${path}`, file: path }
  const { policy, findings } = decodePolicy(text, path, seen.version)
  if (policy) return { policy, findings: () => lintApart(text, path, seen.version) }
  const error = findings.find(({ severity }) => severity === 'error')
  return {
    code: error?.code ?? 'policy-unreadable',
    found: `${rejectionOf(findings)}: ${error?.message ?? 'it is no policy'}`,
    file: path,
    ...(error?.line === undefined ? {} : { line: error.line }),
    ...(error?.column === undefined ? {} : { column: error.column })
  }
}
