import { quotedContainers } from './join-quote.ts'
import type { JudgedContext } from './judged-context.ts'
import type { JudgedPod } from './judged-pod.ts'

/** Who sets something bad: `pod`, `containers "a", "b"`, both or none of them. */
export const settersOf = (pod: JudgedPod, isBad: (context: JudgedContext) => boolean): string[] => {
  const names = pod.containers.filter(isBad).map(({ name }) => name)
  return [...(isBad(pod) ? ['pod'] : []), ...(names.length > 0 ? [quotedContainers(names)] : [])]
}

/** A value of the pod's own securityContext and those of its containers; undefined ones are left out. */
export const valuesOf = <T>(pod: JudgedPod, pick: (context: JudgedContext) => T | undefined): T[] =>
  [pod, ...pod.containers].map(pick).filter(value => value !== undefined)
