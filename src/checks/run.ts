import { rotationOf } from '../audit/rotation.ts'
import type { KubernetesVersion } from '../audit/version.ts'
import type { NodeFacts } from '../facts/node.ts'
import { type Finding, sortFindings } from '../finding.ts'
import { auditPaths, PATH_FLAGS } from '../plan/audit-paths.ts'
import { currentFlags } from '../plan/flag-faults.ts'
import type { Pod } from '../pod/pod.ts'
import type { StartFault } from '../startup/start-fault.ts'
import type { Check, Found, NodeContext, PodContext } from './check.ts'
import { CHECKS } from './table.ts'

/** What came of one check; `skipped` where the node does not show what it needs. */
export interface CheckOutcome {
  readonly check: Check
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why a check was skipped. */
  readonly reason?: string
  readonly findings: readonly Finding[]
}

/** Runs every check on the facts of a node. */
export const runChecks = (
  facts: NodeFacts,
  version: KubernetesVersion,
  faults: readonly StartFault[],
  checks: readonly Check[] = CHECKS
): CheckOutcome[] => {
  const node: NodeContext = { facts, version, faults }
  const { pod } = facts.manifest
  const context = pod && podContext(node, pod)
  return checks.map(check => {
    const found = ask(check, node, context)
    if (typeof found === 'string') return { check, outcome: 'skipped', reason: found, findings: [] }
    const findings = sortFindings([...found].map(each => ({ code: check.id, severity: check.severity, ...each })))
    return { check, outcome: findings.length > 0 ? 'failed' : 'passed', findings }
  })
}

const podContext = (node: NodeContext, pod: Pod): PodContext => {
  const flags = currentFlags(pod)
  return { ...node, pod, flags, paths: auditPaths(pod), rotation: rotationOf(flags, node.version) }
}

// what the check found, or why nobody looked
const ask = (check: Check, node: NodeContext, pod: PodContext | null): Iterable<Found> | string => {
  if (check.needs.startsWith('live') && !node.facts.isLive) return 'this machine is not the node'
  if (check.needs === 'node' || check.needs === 'live node') return check.run(node) ?? NOT_KNOWN
  if (!pod) return 'the manifest cannot be read as the pod of kube-apiserver'
  const flag = check.about && PATH_FLAGS[check.about]
  if (flag !== undefined && !pod.flags.has(flag)) return `--${flag} is not set`
  return check.run(pod) ?? NOT_KNOWN
}

const NOT_KNOWN = 'what it looks at cannot be read from here'
