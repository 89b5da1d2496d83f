import { policyMap, type PolicyMap } from '../policy/map.ts'
import { ruleLines } from '../policy/map-lines.ts'
import type { Policy } from '../policy/policy.ts'
import { POLICY_MAP_PAGE } from './policy-map-page.generated.ts'
import { fillPage } from './html-page.ts'

/** A policy as one HTML page that needs nothing else: who, what and which verb, and the level at which it is recorded. */
export const policyMapHtml = (policy: Policy, file: string, text: string): string => {
  return fillPage(POLICY_MAP_PAGE, `${file}: audit policy map`, pageData(policyMap(policy), file, text))
}

const pageData = (map: PolicyMap, file: string, text: string): unknown => {
  const lines = ruleLines(text, file, map.rules.length)
  const rules = map.rules.map((rule, index) => ({ ...rule, last: Math.max(rule.line, lines[index]?.last ?? 0) }))
  return { ...map, rules, file, text }
}
