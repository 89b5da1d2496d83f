import type { CheckPod } from './pod-check.ts'
import { settersOf } from './setters.ts'

/** Forbids HostProcess pods and containers of Windows. */
export const windowsHostProcess: CheckPod = pod => {
  const setters = settersOf(pod, ({ isHostProcess }) => isHostProcess)
  if (setters.length === 0) return undefined
  const who = setters.join(' and ')
  return { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
}
