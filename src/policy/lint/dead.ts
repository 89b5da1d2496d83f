import { formatPath } from '../../text/locate.ts'
import type { Policy, Rule } from '../policy.ts'
import { type Remark, WORD_LISTS } from './lint-rule.ts'

/** The rules of which some list, or all resources, hold nothing but words that no request has. */
export const deadRules = (policy: Policy, remarks: readonly Remark[]): ReadonlySet<number> => {
  const dead = new Set(remarks.filter(remark => remark.dead === true).map(remark => formatPath(remark.path)))
  return new Set(
    policy.rules.flatMap((rule, index) => {
      const isDead = (path: readonly (string | number)[]): boolean => dead.has(formatPath(['rules', index, ...path]))
      return isDeadRule(rule, isDead) ? [index] : []
    })
  )
}

type IsDead = (path: readonly (string | number)[]) => boolean

const isDeadRule = (rule: Rule, isDead: IsDead): boolean =>
  [...WORD_LISTS, 'nonResourceURLs' as const].some(list => isDeadList(rule[list], item => isDead([list, item]))) ||
  isDeadList(rule.resources, index => isDeadEntry(rule, index, isDead))

const isDeadEntry = (rule: Rule, index: number, isDead: IsDead): boolean => {
  const path = ['resources', index]
  if ([path, [...path, 'group'], [...path, 'resourceNames']].some(isDead)) return true
  return (['resources', 'resourceNames'] as const).some(list =>
    isDeadList(rule.resources[index]?.[list] ?? [], item => isDead([...path, list, item]))
  )
}

const isDeadList = (list: readonly unknown[], isDead: (index: number) => boolean): boolean =>
  list.length > 0 && list.every((_, index) => isDead(index))
