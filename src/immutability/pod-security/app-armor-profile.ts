import { goQuote } from '../../text/go-quote.ts'
import { joinQuote, pluralize, sortedSet } from './join-quote.ts'
import type { JudgedContext } from './judged-context.ts'
import type { CheckPod } from './pod-check.ts'
import { settersOf, valuesOf } from './setters.ts'

const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/'

/** Forbids an AppArmor profile, of a field or an annotation, other than the default or one of the node's files. */
export const appArmorProfile: CheckPod = pod => {
  const annotations = [...pod.annotations]
    .filter(([key, value]) => key.startsWith(ANNOTATION) && !isAllowedAnnotation(value))
    .map(([key, value]) => `${key}=${goQuote(value)}`)
  const setters = settersOf(pod, isBad)
  if (annotations.length > 0) setters.push(pluralize('annotation', 'annotations', annotations.length))
  if (setters.length === 0) return undefined
  const types = valuesOf(pod, context => (isBad(context) ? context.appArmorType : undefined))
  const values = [...sortedSet(types), ...sortedSet(annotations)]
  return {
    reason: pluralize('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${joinQuote(values)}`
  }
}

const isBad = ({ appArmorType }: JudgedContext): boolean =>
  appArmorType !== undefined && appArmorType !== 'RuntimeDefault' && appArmorType !== 'Localhost'

const isAllowedAnnotation = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/')
