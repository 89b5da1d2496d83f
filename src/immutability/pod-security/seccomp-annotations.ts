import { goQuote } from '../../text/go-quote.ts'
import { pluralize, sortedSet } from './join-quote.ts'
import type { CheckPod } from './pod-check.ts'

const POD = 'seccomp.security.alpha.kubernetes.io/pod'
const CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'

/** Forbids an annotation, as it was used before Kubernetes 1.19, that asks for an unsafe seccomp profile. */
export const seccompAnnotations: CheckPod = ({ annotations, containers }) => {
  const keys = [POD, ...containers.map(({ name }) => `${CONTAINER}${name}`)]
  const bad = keys.flatMap(key => {
    const value = annotations.get(key)
    return value === undefined || isAllowed(value) ? [] : [`${key}=${goQuote(value)}`]
  })
  const listed = sortedSet(bad)
  if (listed.length === 0) return undefined
  const what = pluralize('annotation', 'annotations', listed.length)
  return { reason: 'seccompProfile', detail: `forbidden ${what} ${listed.join(', ')}` }
}

const isAllowed = (value: string): boolean =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')
