import { ANONYMOUS, getRequest } from '../../audit/request.ts'
import { isForPaths } from '../evaluate.ts'
import type { LintRule } from './lint-rule.ts'

/** Lint rules for nonResourceURLs. */
export const URL_RULES: readonly LintRule[] = [
  {
    code: 'policy-resource-url',
    severity: 'warning',
    why: 'requests for resources are never compared with nonResourceURLs',
    check: function* ({ policy }) {
      for (const [index, { nonResourceURLs }] of policy.rules.entries()) {
        for (const [item, url] of nonResourceURLs.entries()) {
          if (!isOfResource(url)) continue
          const path = ['rules', index, 'nonResourceURLs', item]
          yield {
            path,
            dead: true,
            message: `${url} is the URL of a resource`,
            remediation: 'select it by group and resources'
          }
        }
      }
    }
  },
  {
    code: 'policy-url-level',
    severity: 'info',
    why: 'only requests for resources have bodies in the log, so it is Metadata in effect',
    check: function* ({ policy }) {
      for (const [index, rule] of policy.rules.entries()) {
        if (!isForPaths(rule) || (rule.level !== 'Request' && rule.level !== 'RequestResponse')) continue
        const message = `level ${rule.level} for nonResourceURLs`
        yield { path: ['rules', index, 'level'], message, remediation: 'write level: Metadata' }
      }
    }
  }
]

const isOfResource = (url: string): boolean => {
  const start = url.replace(/\*$/, '')
  const isResource = (path: string): boolean => getRequest(path, ANONYMOUS).resourceRequest
  return isResource(start) && (start === url || isResource(`${start}x`))
}
