import type { CheckPod } from './pod-check.ts'

/** Forbids sysctls other than those given. */
export const sysctls =
  (allowed: readonly string[]): CheckPod =>
  pod => {
    const names = pod.sysctls.filter(name => !allowed.includes(name))
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') }
  }
