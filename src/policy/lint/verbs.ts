import { CHANGING_VERBS, RBAC_VERBS, RESOURCE_VERBS, URL_VERBS } from '../../audit/verbs.ts'
import { isForPaths, isForResources } from '../evaluate.ts'
import { nearestWord } from '../../text/nearest.ts'
import type { Rule } from '../policy.ts'
import { kindsCalled } from './kinds.ts'
import { isOdd, type LintContext, type LintRule, quoted, type Remark } from './lint-rule.ts'

/** Lint rules for verbs that no request has. */
export const VERB_RULES: readonly LintRule[] = [
  {
    code: 'policy-unknown-verb',
    severity: 'warning',
    why: 'verbs are compared letter by letter, so it matches nothing',
    check: checkVerbs
  }
]

/** What people write where a verb of the API is wanted. */
const MEANT: Readonly<Record<string, string>> = {
  post: 'create',
  put: 'update',
  replace: 'update',
  connect: 'get and create',
  apply: 'create and patch',
  edit: 'get, patch and update',
  modify: 'update and patch',
  change: 'update and patch',
  read: 'get, list and watch',
  view: 'get, list and watch',
  describe: 'get and list',
  write: CHANGING_VERBS.join(', '),
  remove: 'delete and deletecollection',
  scale: 'update and patch, and the resource deployments/scale',
  exec: 'get and create, and the resource pods/exec',
  attach: 'get and create, and the resource pods/attach',
  portforward: 'get and create, and the resource pods/portforward',
  'port-forward': 'get and create, and the resource pods/portforward',
  log: 'get, and the resource pods/log',
  logs: 'get, and the resource pods/log'
}

/** HTTP methods for the verbs of the API. */
const METHODS: Readonly<Record<string, string>> = {
  list: 'get',
  watch: 'get',
  create: 'post',
  update: 'put',
  deletecollection: 'delete'
}

function* checkVerbs({ policy }: LintContext): Generator<Remark> {
  for (const [index, rule] of policy.rules.entries()) {
    const known = verbsFor(rule)
    for (const [item, verb] of rule.verbs.entries()) {
      if (isOdd(verb) || known.includes(verb)) continue
      const path = ['rules', index, 'verbs', item]
      yield {
        path,
        dead: true,
        message: `${quoted(verb)} is no verb of ${requestsOf(rule)}`,
        ...remedy(verb, rule, known)
      }
    }
  }
}

const verbsFor = (rule: Rule): readonly string[] => {
  if (isForResources(rule)) return RESOURCE_VERBS
  return isForPaths(rule) ? URL_VERBS : [...RESOURCE_VERBS, ...URL_VERBS]
}

const requestsOf = (rule: Rule): string => {
  if (isForResources(rule)) return 'requests for resources'
  return isForPaths(rule) ? 'requests for URLs that are no resources' : 'any request'
}

const remedy = (verb: string, rule: Rule, known: readonly string[]): { remediation: string } => {
  const small = verb.toLowerCase()
  if (known.includes(small)) return { remediation: `write ${small}` }
  const method = isForPaths(rule) && Object.hasOwn(METHODS, small) ? METHODS[small] : undefined
  if (method !== undefined) return { remediation: `write ${method}, the HTTP method in small letters` }
  const meant = Object.hasOwn(MEANT, small) ? MEANT[small] : undefined
  if (meant !== undefined && !isForPaths(rule)) return { remediation: `write ${meant}` }
  if (RBAC_VERBS.some(each => each === small)) {
    return { remediation: 'take it out: authorization asks for it within other requests, none has it as its verb' }
  }
  if (kindsCalled(small).length > 0) return { remediation: `move ${verb} to resources` }
  const near = nearestWord(small, known)
  return { remediation: near === undefined ? `write one of ${[...new Set(known)].join(', ')}` : `write ${near}` }
}
