import { goQuote } from './fake-go.ts'
import { decodeFirst, fieldsOf, goKind, listOf, stringOf, type Fields, type Value } from './fake-yaml.ts'

/** What is known of a request when the policy is asked; a null user is one that could not be authenticated. */
export interface Attributes {
  readonly user: { readonly username: string; readonly groups: readonly string[] } | null
  readonly verb: string
  readonly path: string
  readonly resourceRequest: boolean
  readonly apiGroup: string
  readonly apiVersion: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
}

interface Rule {
  readonly level: string
  readonly users: readonly string[]
  readonly userGroups: readonly string[]
  readonly verbs: readonly string[]
  readonly namespaces: readonly string[]
  readonly resources: readonly {
    readonly group: string
    readonly resources: readonly string[]
    readonly resourceNames: readonly string[]
  }[]
  readonly nonResourceURLs: readonly string[]
  readonly omitStages: readonly string[]
}

/** A decoded, valid policy. */
export interface Policy {
  readonly rules: readonly Rule[]
  readonly omitStages: readonly string[]
}

/** What the policy wants for a request. */
export interface Decision {
  readonly level: string
  readonly omitStages: readonly string[]
}

const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse']
const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"

/** Loads a policy as the API server does: the policy, or the error after `loading audit policy file: `. */
export const loadPolicy = (text: string, path: string): Policy | string => {
  const fail = (error: string): string => `${error}: from file ${path}`
  const decoded = decodeFirst(text)
  if (decoded.kind === 'error') return fail(`failed decoding: error converting YAML to JSON: ${decoded.error}`)
  const value = decoded.value
  if (value !== null && (typeof value !== 'object' || value instanceof Array))
    return fail(
      `failed decoding: couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(value)} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`
    )
  const fields = fieldsOf(value)
  const version = stringOf(fields['apiVersion'])
  const kind = stringOf(fields['kind']) || 'Policy'
  if (version === '') return fail(`unknown group version field audit.k8s.io/__internal, Kind=${kind} in policy`)
  if (version !== 'audit.k8s.io/v1' || kind !== 'Policy')
    return fail(
      `failed decoding: no kind ${goQuote(kind)} is registered for version ${goQuote(version)} in scheme "pkg/audit/scheme.go:30"`
    )
  const wrong = wrongType(fields)
  if (wrong !== null) return fail(`failed decoding: ${wrong}`)
  const policy = { rules: listOf(fields['rules']).map(fieldsOf).map(ruleOf), omitStages: strings(fields['omitStages']) }
  const faults = [
    ...policy.rules.flatMap((rule, at) => ruleFaults(rule, `rules[${at}]`)),
    ...stageFaults(policy.omitStages, 'omitStages')
  ]
  if (faults.length > 0) return fail(faults.length === 1 ? faults.join() : `[${faults.join(', ')}]`)
  return policy.rules.length === 0 ? fail('loaded illegal policy with 0 rules') : policy
}

const LISTS = ['users', 'userGroups', 'verbs', 'namespaces', 'nonResourceURLs', 'omitStages'] as const

const wrongType = (policy: Fields): string | null => {
  const unmarshal = (value: Value, field: string, type: string): string =>
    `json: cannot unmarshal ${goKind(value)} into Go struct field ${field} of type ${type}`
  const rules = policy['rules'] ?? null
  if (rules !== null && !(rules instanceof Array)) return unmarshal(rules, 'Policy.rules', '[]v1.PolicyRule')
  for (const rule of listOf(rules).map(fieldsOf)) {
    const level = rule['level'] ?? null
    if (level !== null && typeof level !== 'string') return unmarshal(level, 'PolicyRule.rules.level', 'v1.Level')
    for (const key of LISTS) {
      const list = rule[key] ?? null
      if (list !== null && !(list instanceof Array)) return unmarshal(list, `PolicyRule.rules.${key}`, '[]string')
      const item = listOf(list).find(each => typeof each !== 'string')
      if (item !== undefined) return unmarshal(item, `PolicyRule.rules.${key}`, 'string')
    }
  }
  return null
}

const strings = (value: Value | undefined): string[] => listOf(value).map(stringOf)

const ruleOf = (rule: Fields): Rule => ({
  level: stringOf(rule['level']),
  users: strings(rule['users']),
  userGroups: strings(rule['userGroups']),
  verbs: strings(rule['verbs']),
  namespaces: strings(rule['namespaces']),
  resources: listOf(rule['resources'])
    .map(fieldsOf)
    .map(each => ({
      group: stringOf(each['group']),
      resources: strings(each['resources']),
      resourceNames: strings(each['resourceNames'])
    })),
  nonResourceURLs: strings(rule['nonResourceURLs']),
  omitStages: strings(rule['omitStages'])
})

const goList = (list: readonly string[]): string => `[${list.map(goQuote).join(',')}]`

const ruleFaults = (rule: Rule, field: string): string[] => {
  const supported = LEVELS.map(goQuote).join(', ')
  return [
    ...(rule.level === '' ? [`${field}.level: Required value`] : []),
    ...(rule.level === '' || LEVELS.includes(rule.level)
      ? []
      : [`${field}.level: Unsupported value: ${goQuote(rule.level)}: supported values: ${supported}`]),
    ...rule.nonResourceURLs.flatMap((url, at) => urlFaults(url, `${field}.nonResourceURLs[${at}]`)),
    ...(rule.nonResourceURLs.length > 0 && rule.resources.length + rule.namespaces.length > 0
      ? [
          `${field}.nonResourceURLs: Invalid value: ${goList(rule.nonResourceURLs)}: rules cannot apply to both regular resources and non-resource URLs`
        ]
      : []),
    ...rule.resources.flatMap(({ group, resources, resourceNames }, at) => [
      ...(group === '' || group === '*' || SUBDOMAIN.test(group)
        ? []
        : [`${field}.resources[${at}].group: Invalid value: ${goQuote(group)}: ${SUBDOMAIN_RULE}`]),
      ...(resourceNames.length > 0 && resources.length === 0
        ? [
            `${field}.resources[${at}].resourceNames: Invalid value: ${goList(resourceNames)}: using resourceNames requires at least one resource`
          ]
        : [])
    ]),
    ...stageFaults(rule.omitStages, `${field}.omitStages`)
  ]
}

const urlFaults = (url: string, field: string): string[] => {
  if (url === '*') return []
  const wrong = !url.startsWith('/')
    ? "non-resource URL rules must begin with a '/' character"
    : "non-resource URL wildcards '*' must be the final character of the rule"
  return url.startsWith('/') && !url.slice(0, -1).includes('*')
    ? []
    : [`${field}: Invalid value: ${goQuote(url)}: ${wrong}`]
}

const stageFaults = (stages: readonly string[], field: string): string[] =>
  stages.flatMap((stage, at) =>
    STAGES.includes(stage)
      ? []
      : [`${field}[${at}]: Invalid value: ${goQuote(stage)}: allowed stages are ${STAGES.join()}`]
  )

/** The level and omitted stages that the first matching rule asks for; None when no rule matches. */
export const decide = (policy: Policy, request: Attributes): Decision => {
  const rule = policy.rules.find(each => matches(each, request))
  return { level: rule?.level ?? 'None', omitStages: [...policy.omitStages, ...(rule?.omitStages ?? [])] }
}

const matches = (rule: Rule, request: Attributes): boolean => {
  const { user } = request
  if (rule.users.length > 0 && !(user !== null && rule.users.includes(user.username))) return false
  if (rule.userGroups.length > 0 && !user?.groups.some(group => rule.userGroups.includes(group))) return false
  if (rule.verbs.length > 0 && !rule.verbs.includes(request.verb)) return false
  if (rule.namespaces.length > 0 || rule.resources.length > 0)
    return request.resourceRequest && matchesResource(rule, request)
  if (rule.nonResourceURLs.length === 0) return true
  return (
    !request.resourceRequest &&
    rule.nonResourceURLs.some(
      url => url === request.path || (url.endsWith('*') && request.path.startsWith(url.slice(0, -1)))
    )
  )
}

const matchesResource = (rule: Rule, request: Attributes): boolean => {
  if (rule.namespaces.length > 0 && !rule.namespaces.includes(request.namespace)) return false
  if (rule.resources.length === 0) return true
  const { resource, subresource } = request
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  return rule.resources.some(({ group, resources, resourceNames }) => {
    if (group !== '*' && group !== request.apiGroup) return false
    if (resources.length === 0) return true
    if (resourceNames.length > 0 && !resourceNames.includes(request.name)) return false
    return resources.some(
      each =>
        each === '*' ||
        each === whole ||
        each === `${resource}/*` ||
        (subresource !== '' && each === `*/${subresource}`)
    )
  })
}
