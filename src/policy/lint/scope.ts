import { RESOURCE_KINDS } from '../../audit/resources.ts'
import type { GroupResources, Rule } from '../policy.ts'
import { entriesOf } from './groups.ts'
import { kindNamed, splitResource } from './kinds.ts'
import { isOdd, listed, type LintContext, type LintRule, type Remark } from './lint-rule.ts'

/** Lint rules for namespaces and names that the requests in question do not have. */
export const SCOPE_RULES: readonly LintRule[] = [
  {
    code: 'policy-cluster-scoped',
    severity: 'warning',
    why: 'requests for it have no namespace, so this rule never takes one',
    check: checkClusterScoped
  },
  {
    code: 'policy-empty-namespace',
    severity: 'warning',
    why: 'the empty namespace is that of requests across all namespaces (kubectl get -A), and not any namespace',
    check: checkEmptyNamespace
  },
  {
    code: 'policy-nameless',
    severity: 'info',
    why: 'the name stands in the body, or there is none, and resourceNames are compared with the URL',
    check: checkNameless
  }
]

// a Namespace lies in itself, but not before it is there, nor among others
const COLLECTION_VERBS = ['create', 'list', 'watch', 'deletecollection']

const onlyCollections = (rule: Rule): boolean =>
  rule.verbs.length > 0 && rule.verbs.every(verb => COLLECTION_VERBS.includes(verb))

function* checkClusterScoped({ policy, version }: LintContext): Generator<Remark> {
  for (const { entry, rule: index, path } of entriesOf(policy)) {
    const rule = policy.rules[index]
    if (!rule || rule.namespaces.length === 0 || rule.namespaces.includes('')) continue
    const remediation = `make a rule of its own for it, without namespaces`
    if (entry.resources.length === 0 && isClusterScopedGroup(entry.group)) {
      yield { path, dead: true, message: `everything in ${entry.group} is cluster-scoped`, remediation }
    }
    for (const [item, word] of entry.resources.entries()) {
      const kind = kindNamed(entry, word, version)?.kind ?? kindNamed(entry, splitResource(word).base, version)?.kind
      if (!kind || kind.namespaced) continue
      const isNamespace = kind.name === 'namespaces' && kind.group === ''
      if (isNamespace && !onlyCollections(rule)) continue
      const message = isNamespace
        ? `a namespace that is created or listed is in none`
        : `${word} is cluster-scoped, and the rule wants a namespace`
      yield { path: [...path, 'resources', item], dead: true, message, remediation }
    }
  }
}

const isClusterScopedGroup = (group: string): boolean => {
  const kinds = RESOURCE_KINDS.filter(kind => kind.group === group)
  return kinds.length > 0 && kinds.every(kind => !kind.namespaced)
}

function* checkEmptyNamespace({ policy, version }: LintContext): Generator<Remark> {
  for (const [index, rule] of policy.rules.entries()) {
    if (!rule.namespaces.includes('') || rule.namespaces.length > 1 || rule.resources.length === 0) continue
    const words = rule.resources.flatMap(entry => entry.resources.map(word => kindNamed(entry, word, version)?.kind))
    const isNamespaced =
      rule.resources.every(entry => entry.resources.length > 0) && words.every(kind => kind?.namespaced)
    if (!isNamespaced) continue
    yield {
      path: ['rules', index, 'namespaces', 0],
      message: 'an object of these resources is always in a namespace',
      remediation: 'take namespaces out to take any'
    }
  }
}

const NAMELESS = ['create', 'deletecollection']

// k8s.io/apiserver pkg/endpoints/request/requestinfo.go: list and watch have a name by a field selector, these two never
function* checkNameless({ policy }: LintContext): Generator<Remark> {
  for (const { entry, rule: index, path } of entriesOf(policy)) {
    const rule = policy.rules[index]
    const nameless = rule?.verbs.filter(verb => NAMELESS.includes(verb)) ?? []
    if (!rule || nameless.length === 0 || !hasNames(entry)) continue
    const isDead = nameless.length === rule.verbs.length
    yield {
      path: [...path, 'resourceNames'],
      dead: isDead,
      ...(isDead ? { severity: 'warning' as const } : {}),
      message: `requests with the verb ${listed(nameless)} have no name`,
      remediation: isDead
        ? 'take resourceNames out'
        : `make a rule of its own for ${listed(nameless)}, without resourceNames`
    }
  }
}

// create of a subresource names the object
const hasNames = ({ resources, resourceNames }: GroupResources): boolean =>
  resourceNames.length > 0 &&
  !resourceNames.includes('') &&
  resources.every(word => !word.includes('/') && !isOdd(word))
