import type { CheckPod } from './pod-check.ts'

/** A check that allows what says that it is for Windows: validation refuses the fields in question there. */
export const exceptWindows =
  (checkPod: CheckPod): CheckPod =>
  pod =>
    pod.isWindows ? undefined : checkPod(pod)

/** A check that allows pods with a user namespace of their own, where root is not the root of the node. */
export const exceptUserNamespaces =
  (checkPod: CheckPod): CheckPod =>
  pod =>
    pod.hasUserNamespace ? undefined : checkPod(pod)
