import { quotedContainers } from './join-quote.ts'
import type { CheckPod } from './pod-check.ts'

/** Forbids privileged containers. */
export const privileged: CheckPod = ({ containers }) => {
  const names = containers.filter(({ isPrivileged }) => isPrivileged).map(({ name }) => name)
  if (names.length === 0) return undefined
  return {
    reason: 'privileged',
    detail: `${quotedContainers(names)} must not set securityContext.privileged=true`
  }
}
