import { joinQuote, quotedContainers, sortedSet } from './join-quote.ts'
import type { JudgedContext } from './judged-context.ts'
import type { CheckPod } from './pod-check.ts'
import { settersOf, valuesOf } from './setters.ts'

const REASON = 'seccompProfile'

/** Forbids a seccomp profile other than the default or one of the node's files. */
export const baselineSeccomp: CheckPod = pod => {
  const setters = settersOf(pod, isBad)
  if (setters.length === 0) return undefined
  const types = sortedSet(valuesOf(pod, context => (isBad(context) ? context.seccompType : undefined)))
  const who = setters.join(' and ')
  return { reason: REASON, detail: `${who} must not set securityContext.seccompProfile.type to ${joinQuote(types)}` }
}

/** Forbids what the baseline does, and a container for which neither it nor the pod names a profile. */
export const restrictedSeccomp: CheckPod = pod => {
  const forbidden = baselineSeccomp(pod)
  if (forbidden) return forbidden
  const bare = pod.containers.filter(each => (each.seccompType ?? pod.seccompType) === undefined)
  if (bare.length === 0) return undefined
  const names = quotedContainers(bare.map(({ name }) => name))
  const wanted = '"RuntimeDefault" or "Localhost"'
  return { reason: REASON, detail: `pod or ${names} must set securityContext.seccompProfile.type to ${wanted}` }
}

const isBad = ({ seccompType }: JudgedContext): boolean =>
  seccompType !== undefined && seccompType !== 'RuntimeDefault' && seccompType !== 'Localhost'
