import { createHash } from 'node:crypto'
import { policyMap, type PolicyMap } from '../policy/map.ts'
import { ruleLines } from '../policy/map-lines.ts'
import type { Policy } from '../policy/policy.ts'
import { POLICY_MAP_PAGE } from './html.generated.ts'

/** A policy as one HTML page that needs nothing else: who, what and which verb, and the level at which it is recorded. */
export const policyMapHtml = (policy: Policy, file: string, text: string): string => {
  const map = policyMap(policy)
  const { page, style, script } = POLICY_MAP_PAGE
  const parts: Readonly<Record<string, string>> = {
    title: escapeHtml(`${file}: audit policy map`),
    policy: contentPolicy(style, script),
    data: escapeJson(JSON.stringify(pageData(map, file, text))),
    style,
    script
  }
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name] ?? '')
}

// nothing may be loaded, and no other script or style than this page's own may count
const contentPolicy = (style: string, script: string): string => {
  const hash = (part: string): string => `'sha256-${createHash('sha256').update(part).digest('base64')}'`
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)

// so that no text of the policy can end the element, open a comment in it or break a line of it
const escapeJson = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

const pageData = (map: PolicyMap, file: string, text: string): unknown => {
  const lines = ruleLines(text, file, map.rules.length)
  const rules = map.rules.map((rule, index) => ({ ...rule, last: Math.max(rule.line, lines[index]?.last ?? 0) }))
  return { ...map, rules, file, text }
}
