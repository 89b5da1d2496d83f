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
    if (!found) return { check, outcome: 'skipped', findings: [] }
    const findings = sortFindings([...found].map(each => ({ code: check.id, severity: check.severity, ...each })))
    return { check, outcome: findings.length > 0 ? 'failed' : 'passed', findings }
  })
}

const podContext = (node: NodeContext, pod: Pod): PodContext => {
  const flags = currentFlags(pod)
  return { ...node, pod, flags, paths: auditPaths(pod), rotation: rotationOf(flags, node.version) }
}

const ask = (check: Check, node: NodeContext, pod: PodContext | null): Iterable<Found> | null => {
  if (check.needs.startsWith('live') && !node.facts.isLive) return null
  if (check.needs === 'node' || check.needs === 'live node') return check.run(node)
  if (!pod || (check.about !== undefined && !pod.flags.has(PATH_FLAGS[check.about]))) return null
  return check.run(pod)
}
