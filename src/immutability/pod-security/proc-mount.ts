import { joinQuote, quotedContainers, sortedSet } from './join-quote.ts'
import type { JudgedContainer } from './judged-container.ts'
import type { CheckPod } from './pod-check.ts'

/** Forbids a procMount other than Default. */
export const procMount: CheckPod = ({ containers }) => {
  const bad = containers.filter(isBad)
  if (bad.length === 0) return undefined
  const names = quotedContainers(bad.map(({ name }) => name))
  const values = joinQuote(sortedSet(bad.map(each => each.procMount ?? '')))
  return { reason: 'procMount', detail: `${names} must not set securityContext.procMount to ${values}` }
}

const isBad = (container: JudgedContainer): boolean =>
  container.procMount !== undefined && container.procMount !== 'Default'
