import type { Request } from '../../audit/request.ts'
import type { Finding } from '../../finding.ts'
import {
  type Decision,
  decisionOf,
  isForPaths,
  isForResources,
  matchesGroups,
  matchesNamespace,
  matchesPath,
  matchesTarget,
  matchesUser,
  matchesVerb
} from '../../policy/evaluate.ts'
import type { Policy, Rule } from '../../policy/policy.ts'

/** A policy as its author wrote it, and what there is to say about the text. */
export interface Written {
  readonly policy: Policy
  readonly findings: readonly Finding[]
}

/** What went wrong in the writing, and where. */
export interface Mistake {
  readonly code: string
  readonly found: string
  readonly line?: number
  readonly column?: number
}

/**
 * What the author of a policy most likely did wrong, seen from a request that it decides otherwise than asked; null where
 * only the level is another, or nothing in it comes near. `isRight` tells whether a decision is the one that was asked for.
 */
export const mistakeBehind = (
  written: Written,
  request: Request,
  found: Decision,
  isRight: (decision: Decision) => boolean
): Mistake | null => {
  const near = written.policy.rules.flatMap((rule, index) => {
    const obstacles = obstaclesOf(rule, request)
    return obstacles !== null && obstacles.length < 2 && isRight(decisionOf(written.policy, index))
      ? [{ rule, index, obstacle: obstacles[0] }]
      : []
  })
  return (
    droppedField(written, found.rule) ??
    wholeResource(written.policy, request, found.rule) ??
    firstOf(near, each => hidden(written.policy, each, found.rule)) ??
    firstOf(near, each => lintedList(written, each)) ??
    firstOf(near, each => narrowList(each, request)) ??
    moreDocuments(written)
  )
}

type Field = 'users' | 'userGroups' | 'verbs' | 'namespaces' | 'resources' | 'nonResourceURLs'

/** A rule that decides as asked, but for one list does not take the request; without an obstacle it takes it too late. */
interface NearMiss {
  readonly rule: Rule
  readonly index: number
  readonly obstacle: Field | undefined
}

const firstOf = <T>(all: readonly T[], mistake: (each: T) => Mistake | null): Mistake | null => {
  for (const each of all) {
    const found = mistake(each)
    if (found) return found
  }
  return null
}

/** The lists of a rule that keep it from taking a request; null for a rule for the other kind of request. */
const obstaclesOf = (rule: Rule, request: Request): Field[] | null => {
  if (request.resourceRequest ? isForPaths(rule) : isForResources(rule)) return null
  const takes: Readonly<Record<Field, boolean>> = {
    users: matchesUser(rule, request.user),
    userGroups: matchesGroups(rule, request),
    verbs: matchesVerb(rule, request.verb),
    namespaces: !request.resourceRequest || matchesNamespace(rule, request.namespace),
    resources: !request.resourceRequest || matchesTarget(rule, request),
    nonResourceURLs: request.resourceRequest || matchesPath(rule, request.path)
  }
  return FIELDS.filter(field => !takes[field])
}

const FIELDS: readonly Field[] = ['users', 'userGroups', 'verbs', 'namespaces', 'resources', 'nonResourceURLs']

const isIn = (path: string, field = ''): boolean =>
  field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`)

const told = ({ code, message, line, column }: Finding): Mistake => ({
  code,
  found: message,
  ...(line === undefined ? {} : { line }),
  ...(column === undefined ? {} : { column })
})

// without it the rule takes more than its author thinks, or the policy lacks what stands there
const droppedField = ({ findings }: Written, deciding: number | null): Mistake | null => {
  const dropped = findings.filter(({ code }) => code === 'policy-unknown-field' || code === 'policy-duplicate-key')
  const own = dropped.find(({ field }) => isIn(`rules[${deciding ?? ''}]`, field))
  const ofPolicy = dropped.find(({ field = '' }) => !isIn('rules', field))
  const first = own ?? ofPolicy
  return first ? told(first) : null
}

const hidden = (policy: Policy, { rule, obstacle, index }: NearMiss, deciding: number | null): Mistake | null => {
  const first = deciding === null ? undefined : policy.rules[deciding]
  if (obstacle || !first || index < (deciding ?? 0) || wishesOf(rule) < wishesOf(first)) return null
  return {
    code: 'rule-order',
    found: `the rule at line ${first.line} takes such a request first, so that the one at line ${rule.line} is not asked`,
    line: first.line
  }
}

/** How many lists narrow a rule. */
const wishesOf = (rule: Rule): number => FIELDS.filter(field => rule[field].length > 0).length

const lintedList = ({ findings }: Written, { index, obstacle }: NearMiss): Mistake | null => {
  if (!obstacle) return null
  const path = `rules[${index}]`
  const own = findings.filter(
    ({ field, code, severity }) =>
      (severity === 'warning' && isIn(`${path}.${obstacle}`, field)) ||
      (isIn(path, field) && (code === 'policy-unknown-field' || code === WANTED_NOWHERE[obstacle]))
  )
  const gravest = own.find(({ code }) => code === 'policy-unknown-field') ?? own[0]
  return gravest ? told(gravest) : null
}

// told of the resources that such a list keeps out
const WANTED_NOWHERE: Partial<Readonly<Record<Field, string>>> = { namespaces: 'policy-cluster-scoped' }

const narrowList = ({ rule, obstacle }: NearMiss, request: Request): Mistake | null => {
  const { line } = rule
  const whole = request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`
  switch (obstacle) {
    case 'verbs':
      return { code: 'verb-missing', found: `the rule at line ${line} does not take the verb ${request.verb}`, line }
    case 'namespaces':
      return request.namespace === ''
        ? {
            code: 'no-namespace',
            found: `the rule at line ${line} asks for a namespace, and such a request is in none`,
            line
          }
        : {
            code: 'namespace-missing',
            found: `the rule at line ${line} does not take the namespace ${request.namespace}`,
            line
          }
    case 'resources':
      if (request.subresource !== '' && matchesTarget(rule, { ...request, subresource: '' }))
        return {
          code: 'subresource-missing',
          found: `the rule at line ${line} takes ${request.resource}, and ${whole} is a resource of its own`,
          line
        }
      return takesWithoutNames(rule, request)
        ? {
            code: 'name-missing',
            found: `the rule at line ${line} asks for a name, and such a request has ${request.name === '' ? 'none' : 'another'}`,
            line
          }
        : null
    default:
      return null
  }
}

const takesWithoutNames = (rule: Rule, request: Request): boolean =>
  matchesTarget({ ...rule, resources: rule.resources.map(entry => ({ ...entry, resourceNames: [] })) }, request)

// `pods/*` and `*` look as if they left something out that they take
const wholeResource = ({ rules }: Policy, request: Request, deciding: number | null): Mistake | null => {
  const rule = deciding === null ? undefined : rules[deciding]
  const star = rule?.resources.find(({ resources }) => resources.some(word => word === `${request.resource}/*`))
  if (!rule || !star || request.subresource !== '') return null
  return {
    code: 'resource-with-subresources',
    found: `${request.resource}/* in the rule at line ${rule.line} takes ${request.resource} themselves too`,
    line: rule.line
  }
}

const moreDocuments = ({ findings }: Written): Mistake | null => {
  const more = findings.find(({ code }) => code === 'policy-more-documents')
  return more ? told(more) : null
}
