import { givenAt } from './decoded.ts'
import { joinQuote, pluralize } from './join-quote.ts'
import type { CheckPod } from './pod-check.ts'

/** Forbids volumes of the kind hostPath. */
export const hostPathVolumes: CheckPod = ({ volumes }) => {
  const names = volumes.filter(({ data }) => givenAt(data, 'hostPath') !== undefined).map(({ name }) => name)
  if (names.length === 0) return undefined
  return {
    reason: 'hostPath volumes',
    detail: `${pluralize('volume', 'volumes', names.length)} ${joinQuote(names)}`
  }
}
