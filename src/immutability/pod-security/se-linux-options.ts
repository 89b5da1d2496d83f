import { joinQuote, pluralize, sortedSet } from './join-quote.ts'
import type { SELinux } from './judged-context.ts'
import type { CheckPod } from './pod-check.ts'
import { settersOf, valuesOf } from './setters.ts'

/** Forbids an SELinux user or role, and a type other than those given. */
export const seLinuxOptions =
  (types: readonly string[]): CheckPod =>
  pod => {
    const isBadType = (type: string): boolean => type !== '' && !types.includes(type)
    const isBad = ({ type, user, role }: SELinux): boolean => isBadType(type) || user !== '' || role !== ''
    const setters = settersOf(pod, ({ seLinux }) => seLinux !== undefined && isBad(seLinux))
    if (setters.length === 0) return undefined
    const faults = faultsOf(
      valuesOf(pod, ({ seLinux }) => seLinux),
      isBadType
    )
    return {
      reason: 'seLinuxOptions',
      detail: `${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`
    }
  }

const faultsOf = (options: readonly SELinux[], isBadType: (type: string) => boolean): string[] => {
  const types = sortedSet(options.map(({ type }) => type).filter(isBadType))
  return [
    ...(types.length > 0 ? [`${pluralize('type', 'types', types.length)} ${joinQuote(types)}`] : []),
    ...(options.some(({ user }) => user !== '') ? ['user may not be set'] : []),
    ...(options.some(({ role }) => role !== '') ? ['role may not be set'] : [])
  ]
}
