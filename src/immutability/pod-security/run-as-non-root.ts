import { quotedContainers } from './join-quote.ts'
import type { CheckPod } from './pod-check.ts'
import { settersOf } from './setters.ts'

const REASON = 'runAsNonRoot != true'

/** Forbids runAsNonRoot: false, and a container for which neither it nor the pod says true. */
export const runAsNonRoot: CheckPod = pod => {
  const setters = settersOf(pod, context => context.runAsNonRoot === false)
  if (setters.length > 0) {
    return { reason: REASON, detail: `${setters.join(' and ')} must not set securityContext.runAsNonRoot=false` }
  }
  const silent = pod.containers.filter(each => (each.runAsNonRoot ?? pod.runAsNonRoot) === undefined)
  if (silent.length === 0) return undefined
  const names = quotedContainers(silent.map(({ name }) => name))
  return { reason: REASON, detail: `pod or ${names} must set securityContext.runAsNonRoot=true` }
}
