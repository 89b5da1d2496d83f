import { isLevel, isStage, LEVELS, STAGES } from '../audit/level.ts'
import { isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import type { Finding } from '../finding.ts'
import { isSubdomain, SUBDOMAIN_RULE } from '../manifest/pod-fault.ts'
import { GROUP_WILDCARD_SINCE } from '../policy/validate.ts'
import { goQuote } from '../text/go-quote.ts'
import type { GoSource } from '../text/go-source.ts'
import { goValueOf } from '../text/go-value.ts'
import { isRecord, listAt, stringAt } from '../text/guard.ts'
import { goJson } from '../text/go-json-text.ts'
import { aggregate } from './go-errors.ts'
import { goKind } from './unreadable-pod.ts'

const LOADING = 'loading audit policy file: '

/**
 * What kube-apiserver prints for a policy with these errors. Where its decoder gives up the words end before what only Go
 * can word: the line goes on.
 */
export const policyErrorText = (
  errors: readonly Finding[],
  source: GoSource | null,
  file: string,
  version: KubernetesVersion
): string => {
  const has = (...codes: readonly string[]): boolean => errors.some(({ code }) => codes.includes(code))
  const decoding = `${LOADING}failed decoding: `
  if (has('policy-broken-json')) return `${decoding}couldn't get version/kind; json parse error: `
  if (!source?.root) return `${decoding}${has('policy-broken-yaml') ? 'yaml: ' : ''}`
  const { value } = goValueOf(source.root, source.text, source.file)
  const isMistyped = has('policy-wrong-type')
  const isHeader = errors.some(
    ({ code, field }) => code === 'policy-wrong-type' && /^(apiVersion|kind)$/.test(field ?? '')
  )
  if (isHeader) return `${decoding}couldn't get version/kind; json parse error: json: cannot unmarshal `
  const [apiVersion, kind] = [stringAt(value, 'apiVersion') ?? '', stringAt(value, 'kind') ?? '']
  if (apiVersion !== '' && has('policy-api-version', 'policy-kind'))
    return `${decoding}no kind ${goQuote(kind === '' ? 'Policy' : kind)} is registered for version ${goQuote(apiVersion)} in scheme`
  if (isMistyped && !isRecord(value))
    return `${decoding}couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(value)} into Go value of type struct `
  if (isMistyped) return `${decoding}json: cannot unmarshal `
  if (has('policy-kind')) return decoding
  if (has('policy-api-version'))
    return `${LOADING}unknown group version field audit.k8s.io/__internal, Kind=Policy in policy: from file ${file}`
  const faults = validate(value, version)
  if (faults.length > 0) return `${LOADING}${aggregate(faults)}: from file ${file}`
  return `${LOADING}loaded illegal policy with 0 rules: from file ${file}`
}

// pkg/apis/audit/validation/validation.go
const validate = (policy: unknown, version: KubernetesVersion): string[] => [
  ...stageTexts(policy, ''),
  ...listAt(policy, 'rules').flatMap((rule, index) => ruleTexts(rule, `rules[${index}]`, version))
]

const ruleTexts = (rule: unknown, at: string, version: KubernetesVersion): string[] => {
  const urls = listAt(rule, 'nonResourceURLs')
  const isMixed = urls.length > 0 && listAt(rule, 'resources').length + listAt(rule, 'namespaces').length > 0
  const both = 'rules cannot apply to both regular resources and non-resource URLs'
  return [
    ...levelTexts(stringAt(rule, 'level') ?? '', `${at}.level`),
    ...urls.flatMap((url, index) => urlTexts(typeof url === 'string' ? url : '', `${at}.nonResourceURLs[${index}]`)),
    ...listAt(rule, 'resources').flatMap(entry => groupTexts(entry, `${at}.resources`, version)),
    ...stageTexts(rule, `${at}.`),
    ...(isMixed ? [`${at}.nonResourceURLs: Invalid value: ${goJson(urls)}: ${both}`] : [])
  ]
}

const levelTexts = (level: string, at: string): string[] => {
  if (isLevel(level)) return []
  if (level === '') return [`${at}: Required value`]
  // a level is no plain string, and so shown as JSON
  return [`${at}: Unsupported value: ${goJson(level)}: supported values: ${LEVELS.map(goQuote).join(', ')}`]
}

const urlTexts = (url: string, at: string): string[] => {
  if (url === '*') return []
  const texts = [
    ...(url.startsWith('/') ? [] : ["non-resource URL rules must begin with a '/' character"]),
    ...(url.slice(0, -1).includes('*')
      ? ["non-resource URL wildcards '*' must be the final character of the rule"]
      : [])
  ]
  return texts.map(text => `${at}: Invalid value: ${goQuote(url)}: ${text}`)
}

const groupTexts = (entry: unknown, at: string, version: KubernetesVersion): string[] => {
  const group = stringAt(entry, 'group') ?? ''
  const names = listAt(entry, 'resourceNames')
  const isWildcard = group === '*' && isAtLeast(version, GROUP_WILDCARD_SINCE)
  const isNameless = names.length > 0 && listAt(entry, 'resources').length === 0
  return [
    ...(group === '' || isWildcard || isSubdomain(group)
      ? []
      : [
          `${at}.group: Invalid value: ${goQuote(group)}: ${group.length > 253 ? 'must be no more than 253 ' : SUBDOMAIN_RULE}`
        ]),
    ...(isNameless
      ? [`${at}.resourceNames: Invalid value: ${goJson(names)}: using resourceNames requires at least one resource`]
      : [])
  ]
}

const stageTexts = (holder: unknown, at: string): string[] =>
  listAt(holder, 'omitStages').flatMap((stage, index) => {
    const text = typeof stage === 'string' ? stage : ''
    if (isStage(text)) return []
    return [`${at}omitStages[${index}]: Invalid value: ${goQuote(text)}: allowed stages are ${STAGES.join(',')}`]
  })
