import { parse, stringify } from 'yaml'
import type { Exercise } from '../../src/drills/drill.ts'
import { type Answer, type Answers, MANIFEST } from './answer.ts'

/** A policy as its YAML has it, with whatever keys an answer writes. */
export interface PolicyData {
  readonly omitStages?: readonly string[] | undefined
  readonly rules: readonly RuleData[]
}

/** Rules of a list in another order, or some of them. */
export const inOrder =
  (...order: readonly number[]) =>
  (rules: readonly RuleData[]): readonly RuleData[] =>
    order.flatMap(index => {
      const rule = rules[index]
      return rule ? [rule] : []
    })

/** A rule of it. */
export interface RuleData {
  readonly level?: string | undefined
  readonly resources?: readonly EntryData[] | undefined
  readonly [key: string]: unknown
}

interface EntryData {
  readonly group?: string | undefined
  readonly resources?: readonly string[] | undefined
  readonly [key: string]: unknown
}

/** Where the policy of an exercise lies. */
export const policyPath = ({ solution }: Exercise): string => {
  const [path] = solution.keys()
  if (path === undefined) throw new Error('the exercise changes no file')
  return path
}

/** An answer in which the text of the policy reads differently from the solution's. */
export const inPolicyText =
  (change: (text: string, exercise: Exercise) => string): Answer['edit'] =>
  (files, exercise) => {
    const path = policyPath(exercise)
    const before = files[path] ?? ''
    const after = change(before, exercise)
    if (after === before) throw new Error(`an answer changes nothing in ${path}`)
    return { ...files, [path]: after }
  }

/** An answer whose policy is another one than the solution's. */
export const inPolicy = (change: (policy: PolicyData, exercise: Exercise) => PolicyData): Answer['edit'] =>
  inPolicyText((text, exercise) => stringify(change(parse(text) as PolicyData, exercise)))

/** An answer in which one rule, or those that hold something, is another. */
export const inRule = (
  which: number | ((rule: RuleData) => boolean),
  change: (rule: RuleData) => RuleData | readonly RuleData[]
): Answer['edit'] =>
  inPolicy(policy => ({
    ...policy,
    rules: policy.rules.flatMap((rule, index) =>
      (typeof which === 'number' ? which === index : which(rule)) ? change(rule) : rule
    )
  }))

/** An answer with other rules. */
export const withRules = (change: (rules: readonly RuleData[]) => readonly RuleData[]): Answer['edit'] =>
  inPolicy(policy => ({ ...policy, rules: change(policy.rules) }))

/** A rule whose entries under resources read differently. */
export const inEntries = (rule: RuleData, change: (entry: EntryData) => EntryData): RuleData => ({
  ...rule,
  resources: (rule.resources ?? []).map(change)
})

/** A mapping with a key under another name. */
export const renamed = <T extends object>(value: T, from: string, to: string): T =>
  Object.fromEntries(Object.entries(value).map(([key, each]) => [key === from ? to : key, each])) as T

/** Wrong answers to every drill in which a policy is written. */
export const ANY_POLICY: Answers['wrong'] = [
  {
    name: 'W20: levels in small letters',
    code: 'policy-level',
    edit: inPolicyText(text => text.replace(/level: \w+/, found => found.toLowerCase()))
  },
  {
    name: 'W25: a version that is gone',
    code: 'policy-api-version',
    edit: inPolicyText(text => text.replace('audit.k8s.io/v1', 'audit.k8s.io/v1beta1'))
  },
  { name: 'W10: a tab', code: 'policy-broken-yaml', edit: inPolicyText(text => text.replace('- level', '\t- level')) },
  {
    name: 'W8: the policy is put beside the manifest',
    code: 'stray-file',
    edit: (files, exercise) => ({
      ...files,
      [MANIFEST.replace('kube-apiserver', 'policy')]: files[policyPath(exercise)] ?? ''
    })
  },
  {
    name: 'the rules in a second document',
    code: 'policy-no-rules',
    edit: inPolicyText(text => text.replace('rules:\n', 'rules: []\n---\nrules:\n'))
  },
  {
    name: 'the policy is gone',
    code: 'file-missing',
    edit: (files, exercise) => ({ ...files, [policyPath(exercise)]: null })
  }
]

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'proxy']

const isOfAll = (rule: RuleData): boolean => Object.keys(rule).every(key => ['level', 'omitStages'].includes(key))

/** Right answers to every drill in which a policy is written: other words for the same. */
export const SAME_POLICY: Answers['right'] = [
  {
    name: 'a rule for each resource, without the core group',
    edit: withRules(rules =>
      rules.flatMap(rule =>
        (rule.resources ?? [{ none: true }]).flatMap(entry =>
          (entry.resources ?? ['']).map(word => {
            if (entry['none']) return rule
            const { group } = entry
            return {
              ...rule,
              resources: [{ ...(group === '' ? {} : { group }), ...(word === '' ? {} : { resources: [word] }) }]
            }
          })
        )
      )
    )
  },
  {
    name: 'a closing rule at None, each rule twice, and one that never matches',
    edit: withRules(rules => [
      { level: 'RequestResponse', users: ['*'], namespaces: ['*'] },
      ...rules.flatMap(rule => [rule, rule]),
      { level: 'None' }
    ])
  },
  {
    name: 'every verb by name, stages by rule, all resources of a group by a star',
    edit: inPolicy(({ omitStages = [], ...policy }) => ({
      ...policy,
      rules: policy.rules.map(rule => ({
        ...inEntries(rule, entry => ({ ...entry, resources: entry.resources ?? ['*'] })),
        ...(rule.resources && !rule['verbs'] ? { verbs: VERBS } : {}),
        ...(rule.resources ? {} : { resources: undefined }),
        omitStages: [...omitStages, ...((rule['omitStages'] ?? []) as string[])]
      }))
    }))
  },
  {
    name: 'what decides nothing: namespaces and names left empty, managed fields left out',
    edit: withRules(rules =>
      rules.map(rule => ({
        omitManagedFields: true,
        ...(isOfAll(rule) ? { users: [], userGroups: [], verbs: [], namespaces: [], resources: [] } : {}),
        ...rule
      }))
    )
  }
]
