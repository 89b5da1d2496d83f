import { quotedContainers } from './join-quote.ts'
import type { CheckPod } from './pod-check.ts'

/** Forbids a container whose allowPrivilegeEscalation is not false. */
export const privilegeEscalation: CheckPod = ({ containers }) => {
  const bad = containers.filter(each => each.allowPrivilegeEscalation !== false).map(({ name }) => name)
  if (bad.length === 0) return undefined
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${quotedContainers(bad)} must set securityContext.allowPrivilegeEscalation=false`
  }
}
