import type { Level, Stage } from '../audit/level.ts'

/** A rule to be written: resources by their group. */
export interface RuleText {
  readonly level: Level
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resources?: Readonly<Record<string, readonly string[]>>
  readonly namespaces?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly Stage[]
}

/** The text of a policy, as people write it. */
export const policyText = (rules: readonly RuleText[], omitStages: readonly Stage[] = []): string =>
  [
    'apiVersion: audit.k8s.io/v1',
    'kind: Policy',
    ...(omitStages.length === 0 ? [] : [`omitStages: ${listText(omitStages)}`]),
    rules.length === 0 ? 'rules: []' : 'rules:',
    ...rules.flatMap(ruleLines),
    ''
  ].join('\n')

const LISTS = ['users', 'userGroups', 'verbs', 'namespaces', 'nonResourceURLs', 'omitStages'] as const

const ruleLines = (rule: RuleText): string[] => [
  `- level: ${rule.level}`,
  ...LISTS.flatMap(list => (rule[list] ? [`  ${list}: ${listText(rule[list])}`] : [])),
  ...(rule.resources ? ['  resources:', ...Object.entries(rule.resources).flatMap(entryLines)] : [])
]

const entryLines = ([group, resources]: readonly [string, readonly string[]]): string[] => [
  `  - group: ${JSON.stringify(group)}`,
  ...(resources.length === 0 ? [] : [`    resources: ${listText(resources)}`])
]

const listText = (words: readonly string[]): string => `[${words.map(word => JSON.stringify(word)).join(', ')}]`
