import type { KubernetesVersion } from '../audit/version.ts'
import type { NodeFacts } from '../facts/node.ts'
import { GATES } from './gates.ts'
import { atDoubledKey, withLastKeys } from './last-keys.ts'
import type { StartFault } from './start-fault.ts'

/**
 * Every fault for which kube-apiserver would not start on a node, in the order in which the node would meet them. What a
 * gate cannot see for an earlier fault it does not tell: where no pod can be read there are no flags.
 */
export const startFaults = (facts: NodeFacts, version: KubernetesVersion): StartFault[] => {
  const taken = withLastKeys(facts)
  return GATES.flatMap(({ find }) => find(taken, version)).map(fault => atDoubledKey(facts, fault))
}

/** The fault at which a start would end, which is what the node's logs tell of; null when kube-apiserver would start. */
export const judgeStartup = (facts: NodeFacts, version: KubernetesVersion): StartFault | null => {
  const taken = withLastKeys(facts)
  for (const { find } of GATES) {
    const [first] = find(taken, version)
    if (first) return atDoubledKey(facts, first)
  }
  return null
}
