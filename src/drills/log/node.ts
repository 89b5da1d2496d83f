import { NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import { hostPath } from '../../paths.ts'
import { decodePolicy } from '../../policy/decode.ts'
import type { Policy } from '../../policy/policy.ts'
import { ANSWER_FILE, answerGoals, answerSheet, type Question } from '../goals/answer-file.ts'
import { type AuditedNode, auditedNodeOf } from '../catalogue/audited-node.ts'
import type { Exercise } from '../drill.ts'
import { nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { clusterOf } from './clients.ts'
import { auditLog, type Sent } from './events.ts'
import { somePeople } from './people.ts'
import { everydayTraffic, type Scene } from './traffic.ts'
import type { Pick as Choices } from '../pick.ts'

/** A node with an audit log that is yet to be written. */
export interface Ledger {
  readonly node: AuditedNode
  readonly policyText: string
  readonly policy: Policy
  readonly scene: Scene
}

/** What a log's policy does beside recording everything at level Metadata. */
export interface LogOptions {
  /** Whether an event is written as a request comes in, too. */
  readonly hasReceived: boolean
  /** Rules that come before the last one. */
  readonly rules?: string
}

/** Begins the log of a node, with the people, the namespaces and the hour of a seed. */
export const beginLog = (pick: Choices, { hasReceived, rules = '' }: LogOptions): Ledger => {
  const node = auditedNodeOf(pick)
  const hostname = node.tree.get(hostPath('/etc/hostname'))
  const cluster = clusterOf(pick, node.manifest, hostname?.kind === 'file' ? hostname.text.trim() : 'controlplane')
  const isQuiet = pick.one([true, false])
  const policyText = policyOf(hasReceived, `${isQuiet ? WITHOUT_ELECTIONS : ''}${rules}`)
  const { policy } = decodePolicy(policyText, 'the policy of the log', NEWEST)
  if (!policy) throw new AuditError('IMPOSSIBLE', 'the policy of a drill is none')
  const day = Date.UTC(2026, pick.number(0, 10), pick.number(1, 28), pick.number(0, 23), pick.number(0, 59))
  const from = (day + pick.number(0, 59_999)) * 1000 + pick.number(0, 999)
  const minutes = isQuiet ? pick.number(6, 10) : pick.number(3, 4)
  const namespaces = pick.some(['prod', 'billing', 'payments', 'shop', 'team-blue', 'orders'], 3)
  return {
    node,
    policyText,
    policy,
    scene: {
      ...{ pick, cluster, from, to: from + minutes * 60_000_000 },
      namespaces: namespaces as [string, ...string[]], // three of them
      people: somePeople(pick, cluster, 6)
    }
  }
}

const WITHOUT_ELECTIONS = `- level: None
  users: ["system:kube-scheduler", "system:kube-controller-manager"]
  resources:
  - group: coordination.k8s.io
    resources: ["leases"]
`

const policyOf = (hasReceived: boolean, rules: string): string => `apiVersion: audit.k8s.io/v1
kind: Policy
${hasReceived ? '' : 'omitStages:\n- RequestReceived\n'}rules:
- level: None
  nonResourceURLs: ["/livez*", "/readyz*", "/healthz*"]
${rules}- level: Metadata
`

/** An exercise about what happened: its log tells of it among the traffic of every day. */
export const investigation = (
  { node, policyText, policy, scene }: Ledger,
  story: readonly Sent[],
  questions: readonly Question[],
  answers: Readonly<Record<string, string | number>>
): Pick<Exercise, 'start' | 'solution' | 'goals' | 'keeps'> => {
  const log = auditLog([...everydayTraffic(scene), ...story], policy, scene.cluster.salt)
  const start = node.broken(node.manifest, {
    [node.policy]: policyText,
    [node.log]: log,
    [ANSWER_FILE]: answerSheet(questions)
  })
  const rows = questions.map(({ key }) => `${key}: ${JSON.stringify(answers[key] ?? '')}\n`)
  return {
    start,
    solution: new Map([[ANSWER_FILE, rows.join('')]]),
    goals: answerGoals(questions),
    keeps: [...nodeKeeps(start, [ANSWER_FILE]), stillStarts]
  }
}

/** How drills about a log say what it takes: the last paragraph of each task. */
export const WAYS = `Write the answers into ${ANSWER_FILE} of the node. jq, grep or vi will do. Change nothing else.`
