import type { CheckPod } from './pod-check.ts'

/** Forbids the namespaces of the host: hostNetwork, hostPID, hostIPC. */
export const hostNamespaces: CheckPod = pod =>
  pod.hostNamespaces.length === 0
    ? undefined
    : { reason: 'host namespaces', detail: pod.hostNamespaces.map(key => `${key}=true`).join(', ') }
