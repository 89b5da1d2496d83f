import { isLevel, isStage, LEVELS, STAGES } from '../audit/level.ts'
import { formatVersion, isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import type { Finding } from '../finding.ts'
import { formatPath, type Path } from '../text/locate.ts'
import type { GoSource } from '../text/go-source.ts'
import { faultAt } from './fault.ts'
import { nearestWord } from '../text/nearest.ts'
import type { DraftPolicy, DraftRule, GroupResources } from './policy.ts'

/**
 * The minor release since which `group: "*"` is valid and means every group. Seen in k8s.io/apiserver v0.36.0 and absent
 * from v0.35.0 (pkg/apis/audit/validation/validation.go, pkg/audit/policy/checker.go).
 */
export const GROUP_WILDCARD_SINCE = 36

type Report = (path: Path, code: string, message: string, remediation?: string) => Finding

/** What the API server's validation rejects in a policy that was decoded, all of severity error. */
export const validatePolicy = (source: GoSource, policy: DraftPolicy, version: KubernetesVersion): Finding[] => {
  const report: Report = (path, code, message, remediation) =>
    faultAt(source, path, {
      severity: 'error',
      code,
      message: `${formatPath(path)}: ${message}`,
      ...(remediation === undefined ? {} : { remediation })
    })
  const faults = [
    ...validateStages(report, policy.omitStages, []),
    ...faultsOf(policy.rules, (rule, index) => validateRule(report, rule, ['rules', index], version))
  ]
  if (policy.rules.length > 0) return faults
  return [...faults, report(['rules'], 'policy-no-rules', 'a policy needs at least one rule', 'add - level: Metadata')]
}

/** How many faults of a list are told: none reads more, and each is looked up in the text. */
const ENOUGH = 100

const faultsOf = <T>(items: readonly T[], check: (item: T, index: number) => Finding[]): Finding[] => {
  const faults: Finding[] = []
  for (const [index, item] of items.entries()) {
    if (faults.length >= ENOUGH) break
    faults.push(...check(item, index))
  }
  return faults
}

const validateRule = (report: Report, rule: DraftRule, path: Path, version: KubernetesVersion): Finding[] => [
  ...validateLevel(report, rule.level, path),
  ...faultsOf(rule.nonResourceURLs, (url, index) => validateUrl(report, url, [...path, 'nonResourceURLs', index])),
  ...faultsOf(rule.resources, (entry, index) => validateGroup(report, entry, [...path, 'resources', index], version)),
  ...validateStages(report, rule.omitStages, path),
  ...validateKinds(report, rule, path)
]

const validateLevel = (report: Report, level: string, path: Path): Finding[] => {
  if (isLevel(level)) return []
  const near = nearestWord(level.trim(), LEVELS)
  const wanted = near === undefined ? `write one of ${LEVELS.join(', ')}` : `write level: ${near}`
  const found = level === '' ? 'the level is missing' : `${JSON.stringify(level)} is no level`
  return [report([...path, 'level'], 'policy-level', found, wanted)]
}

const validateUrl = (report: Report, url: string, path: Path): Finding[] => {
  if (url === '*') return []
  const faults = [
    ...(url.startsWith('/') ? [] : [`${JSON.stringify(url)} must begin with a slash`]),
    ...(url.slice(0, -1).includes('*') ? [`in ${JSON.stringify(url)} the * must be the last character`] : [])
  ]
  return faults.map(message => report(path, 'policy-url', message, `write ${plainOrQuoted(mendedUrl(url))}`))
}

/** What a URL was most likely meant to be: the same start, or where there is none before the *, the same end. */
const mendedUrl = (url: string): string => {
  const [start = '', ...rest] = url.split('*')
  if (rest.length === 0) return `/${start.trim()}`
  if (/[^/\s]/.test(start)) return `${start.startsWith('/') ? '' : '/'}${start}*`
  const end = rest.join('').replace(/^[/\s]+/, '')
  return end === '' ? '/*' : `/${end}${url.endsWith('*') ? '*' : ''}`
}

// words that YAML 1.1 reads as something else
const OTHER = /^(?:y|n|yes|no|on|off|true|false|null)$/i

const plainOrQuoted = (word: string): string =>
  /^[a-z/][-\w/.*~]*$/.test(word) && !OTHER.test(word) ? word : JSON.stringify(word)

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

const validateGroup = (report: Report, entry: GroupResources, path: Path, version: KubernetesVersion): Finding[] => {
  const names =
    entry.resourceNames.length > 0 && entry.resources.length === 0
      ? [
          report(
            [...path, 'resourceNames'],
            'policy-resource-names',
            'resourceNames need at least one of resources',
            'add resources beside it: those that have these names'
          )
        ]
      : []
  const { group } = entry
  if (group === '' || (SUBDOMAIN.test(group) && group.length <= 253)) return names
  const isWildcard = group === '*'
  if (isWildcard && isAtLeast(version, GROUP_WILDCARD_SINCE)) return names
  const why = isWildcard
    ? `the wildcard is valid since 1.${GROUP_WILDCARD_SINCE}, not in ${formatVersion(version)}`
    : `${JSON.stringify(group)} is no API group`
  return [report([...path, 'group'], 'policy-group', why, remedyForGroup(group)), ...names]
}

const remedyForGroup = (group: string): string => {
  if (group === '*') return 'leave resources out to match every resource of every group'
  const bare = group.trim().replace(/\/.*$/, '').toLowerCase()
  if (!SUBDOMAIN.test(bare) || bare.length > 253) return 'write the name of the group alone'
  return `write group: ${['v1', 'core', 'api'].includes(bare) ? '""' : plainOrQuoted(bare)}`
}

const validateStages = (report: Report, stages: readonly string[], path: Path): Finding[] =>
  faultsOf(stages, (stage, index) => {
    if (isStage(stage)) return []
    const near = nearestWord(stage.trim(), STAGES)
    const wanted = near === undefined ? `write one of ${STAGES.join(', ')}` : `write ${near}`
    return [report([...path, 'omitStages', index], 'policy-stage', `${JSON.stringify(stage)} is no stage`, wanted)]
  })

const validateKinds = (report: Report, rule: DraftRule, path: Path): Finding[] => {
  if (rule.nonResourceURLs.length === 0 || rule.resources.length + rule.namespaces.length === 0) return []
  const message = 'one rule cannot select both nonResourceURLs and resources or namespaces'
  return [report([...path, 'nonResourceURLs'], 'policy-mixed-rule', message, 'make two rules of it')]
}
