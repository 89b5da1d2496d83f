import { BUILT_IN_GROUPS, isServed, REMOVED, RESOURCE_KINDS } from '../../audit/resources.ts'
import { formatVersion, isAtLeast, type KubernetesVersion } from '../../audit/version.ts'
import { distance, nearestWord } from '../../text/nearest.ts'
import type { GroupResources } from '../policy.ts'
import { kindsCalled } from './kinds.ts'
import { type LintContext, type LintRule, quoted, type Remark } from './lint-rule.ts'

/** Lint rules for API groups that no API server has, or not this one. */
export const GROUP_RULES: readonly LintRule[] = [
  {
    code: 'policy-unknown-group',
    severity: 'warning',
    why: 'groups are compared letter by letter, so the entry matches nothing that exists',
    check: function* ({ policy }) {
      for (const { entry, path } of entriesOf(policy)) {
        const remediation = remedyFor(entry.group)
        if (remediation === undefined) continue
        yield {
          path: [...path, 'group'],
          dead: true,
          message: `no API server has the group ${entry.group}`,
          remediation
        }
      }
    }
  },
  {
    code: 'policy-other-release',
    severity: 'info',
    why: 'on this release the entry matches nothing that exists',
    check: checkReleases
  }
]

/** Every entry under a rule's resources, with its place. */
export function* entriesOf(
  policy: LintContext['policy']
): Generator<{ entry: GroupResources; rule: number; path: readonly (string | number)[] }> {
  for (const [rule, { resources }] of policy.rules.entries()) {
    for (const [index, entry] of resources.entries()) {
      yield { entry, rule, path: ['rules', rule, 'resources', index] }
    }
  }
}

// API groups of projects that many clusters run, named like built-in ones
const ADD_ONS = ['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io', 'autoscaling.k8s.io']

const remedyFor = (group: string): string | undefined => {
  if (group === '*' || BUILT_IN_GROUPS.includes(group) || ADD_ONS.includes(group)) return undefined
  if (REMOVED.some(each => each.group === group)) return undefined
  // a group of a CustomResourceDefinition has a dot in it
  if (!group.includes('.')) return bareRemedy(group)
  // groups for trial versions of what may be built in one day: scheduling.x-k8s.io
  if (group.endsWith('.x-k8s.io')) return undefined
  const near = BUILT_IN_GROUPS.find(each => each !== '' && distance(each, group) <= 2)
  if (near !== undefined) return `write group: ${near}`
  const [first, ...rest] = group.split('.')
  const twin = BUILT_IN_GROUPS.find(each => each.split('.')[0] === first)
  return rest.join('.') === 'k8s.io' && twin ? `write group: ${twin}` : undefined
}

const bareRemedy = (group: string): string => {
  if (['core', 'v1', 'api'].includes(group)) return 'write group: "", the name of the core group'
  const named = BUILT_IN_GROUPS.find(each => each.startsWith(`${group}.`))
  if (named !== undefined) return `write group: ${named}`
  const [kind] = kindsCalled(group)
  if (kind) return `write group: ${quoted(kind.group)} and resources: ["${kind.name}"]`
  const near = nearestWord(
    group,
    BUILT_IN_GROUPS.flatMap(each => [each, each.split('.')[0] ?? ''])
  )
  const whole = BUILT_IN_GROUPS.find(
    each => near !== undefined && near !== '' && each.split('.')[0] === near.split('.')[0]
  )
  return `write group: ${whole ?? 'one of those that kubectl api-resources lists'}`
}

function* checkReleases({ policy, version }: LintContext): Generator<Remark> {
  for (const { entry, path } of entriesOf(policy)) {
    const gone = REMOVED.find(each => each.group === entry.group && each.name === undefined && !isServed(each, version))
    if (gone) yield { path: [...path, 'group'], dead: true, ...removed(`the group ${gone.group}`, gone) }
    const kinds = RESOURCE_KINDS.filter(kind => kind.group === entry.group)
    if (kinds.length > 0 && !kinds.some(kind => isServed(kind, version))) {
      const other = kinds.find(kind => kind.since !== undefined || kind.until !== undefined)
      yield { path: [...path, 'group'], dead: true, ...otherRelease(`the group ${entry.group}`, other ?? {}, version) }
    }
    yield* entry.resources.flatMap((word, index) => checkRelease(entry, word, [...path, 'resources', index], version))
  }
}

const checkRelease = (
  { group }: GroupResources,
  word: string,
  path: Remark['path'],
  version: KubernetesVersion
): Remark[] => {
  const [name = '', subresource = ''] = word.split('/')
  const gone = REMOVED.find(each => each.group === group && each.name === name && !isServed(each, version))
  if (gone) return [{ path, dead: true, ...removed(word, gone) }]
  const kind = RESOURCE_KINDS.find(each => each.group === group && each.name === name)
  if (!kind) return []
  const part = kind.subresources?.[subresource] ?? kind
  const missing = [kind, part].find(each => !isServed(each, version))
  return missing ? [{ path, dead: true, ...otherRelease(word, missing, version) }] : []
}

interface Words {
  readonly message: string
  readonly remediation: string
}

const removed = (what: string, { until, now }: { readonly until?: number; readonly now: string }): Words => ({
  message: `${what} was removed in 1.${until ?? 0}`,
  remediation: now === 'nothing' ? 'take it out' : `take it out; ${now} took its place`
})

const otherRelease = (
  what: string,
  { since, until }: { readonly since?: number; readonly until?: number },
  version: KubernetesVersion
): Words => ({
  message:
    since !== undefined && !isAtLeast(version, since)
      ? `${what} came with 1.${since} and is not in ${formatVersion(version)}`
      : `${what} went with 1.${until ?? 0} and is not in ${formatVersion(version)}`,
  remediation: 'leave it where the policy serves several releases, else take it out'
})
