import { pluralize, quotedContainers, sortedSet } from './join-quote.ts'
import type { CheckPod } from './pod-check.ts'

/** Forbids ports of the host. */
export const hostPorts: CheckPod = ({ containers }) => {
  const names = containers.filter(each => each.hostPorts.length > 0).map(({ name }) => name)
  if (names.length === 0) return undefined
  const ports = sortedSet(containers.flatMap(each => each.hostPorts.map(String)))
  const use = pluralize('uses', 'use', names.length)
  return {
    reason: 'hostPort',
    detail: `${quotedContainers(names)} ${use} ${pluralize('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`
  }
}
