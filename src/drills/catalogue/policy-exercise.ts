import { type HostPath, hostPath } from '../../paths.ts'
import { startsGoal } from '../goals/audit-goals.ts'
import type { Exercise } from '../drill.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { auditedNode } from '../node.ts'
import type { Pick } from '../pick.ts'
import { type Asked, policyParts } from '../goals/policy-goals.ts'
import { policyText, type RuleText } from '../policy-text.ts'
import type { Stage } from '../../audit/level.ts'

/** A rule of the model policy. What one that is left to the answer takes may be decided in any way. */
export interface ModelRule extends RuleText {
  readonly isLeft?: true
}

/** An exercise about the rules of a policy: the node is audited, and nothing else of it is to be touched. */
export interface PolicyExercise {
  readonly task: (path: HostPath) => Exercise['task']
  /** The policy as it is found. */
  readonly start: string
  readonly model: readonly ModelRule[]
  readonly omitStages?: readonly Stage[]
  /** What is asked of the model's rules. */
  readonly goals: readonly Asked[]
  readonly stageGoals?: readonly Asked[]
  /** What of the model the policy does at the start, and has to go on doing. */
  readonly keeps?: readonly Asked[]
  readonly hints: readonly string[]
  /** Points for kube-apiserver coming up, which it does not with the policy of the start. */
  readonly points?: number
}

/** The exercise on a node of the seed. */
export const policyExercise = (pick: Pick, about: PolicyExercise): Exercise => {
  const path = hostPath(
    `${pick.one(['/etc/kubernetes/audit', '/etc/kubernetes/auditing', '/etc/kubernetes/audit-policy'])}/${pick.one(['policy.yaml', 'audit-policy.yaml', 'rules.yaml'])}`
  )
  const start = auditedNode(pick, path, about.start)
  const model = policyText(about.model, about.omitStages)
  const { goal, keep } = policyParts(path, model)
  // where stages are asked for by themselves, a goal on levels does not ask for them again
  const ofLevels = (asked: Asked): Asked => (about.stageGoals ? { ...asked, aspect: 'levels-alone' } : asked)
  return {
    task: [...about.task(path), { 'audit policy': path }],
    start,
    solution: new Map([
      [
        path,
        policyText(
          about.model.filter(rule => !rule.isLeft),
          about.omitStages
        )
      ]
    ]),
    goals: [
      ...about.goals.map(asked => goal(ofLevels(asked))),
      ...(about.stageGoals ?? []).map(asked => goal({ ...asked, aspect: 'stages-alone' })),
      ...(about.points === undefined ? [] : [startsGoal(about.points)])
    ],
    keeps: [
      ...nodeKeeps(start, [path]),
      ...(about.points === undefined ? [stillStarts] : []),
      ...(about.keeps ?? []).map(asked => keep(ofLevels(asked)))
    ],
    hints: about.hints
  }
}

/** A policy to be written from nothing: with it, kube-apiserver does not come up. */
export const EMPTY_POLICY = policyText([])
