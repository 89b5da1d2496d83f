import type { CheckPod } from './pod-check.ts'
import { settersOf } from './setters.ts'

/** Forbids runAsUser: 0. */
export const runAsUser: CheckPod = pod => {
  const setters = settersOf(pod, context => context.runAsUser === 0)
  if (setters.length === 0) return undefined
  return { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` }
}
