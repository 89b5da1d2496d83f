import { parse, stringify } from 'yaml'
import type { Answer } from '../answer.ts'
import { at, inPolicy, inPolicyText, inRules, type RuleData } from './held-out.ts'

export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic']
export const NAMED = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']

/** A rule of its own for each word of each entry, the core group left out. */
export const split = (rules: readonly RuleData[]): RuleData[] =>
  rules.flatMap(rule =>
    (rule.resources ?? [undefined]).flatMap(entry =>
      (entry?.resources ?? [undefined]).map(word => {
        const group = entry?.group === '' ? {} : { group: entry?.group ?? '' }
        return {
          ...rule,
          ...(entry
            ? { resources: [{ ...group, ...(word === undefined ? { resources: ['*'] } : { resources: [word] }) }] }
            : {})
        }
      })
    )
  )

export const splitAll = inRules(split)

/** Every list that is not there stands there empty, and stages are left out by each rule and not at the top. */
export const spelledOut = inPolicy(({ omitStages = [], ...policy }) => ({
  ...policy,
  omitManagedFields: false,
  rules: policy.rules.map(rule => ({
    users: [],
    userGroups: null,
    verbs: [],
    ...(rule.nonResourceURLs ? {} : { namespaces: [] }),
    omitManagedFields: true,
    ...rule,
    omitStages: [...new Set([...(rule.omitStages ?? []), ...omitStages])],
    ...(rule.resources ? { resources: rule.resources.map(entry => ({ resourceNames: null, ...entry })) } : {})
  }))
}))

export const asTabbedJson = inPolicyText(text => JSON.stringify(parse(text), null, '\t'))

// one list, named once
export const withAnchors = inPolicyText(text => {
  const policy = parse(text) as { rules: RuleData[] }
  const list = policy.rules[0]?.resources
  policy.rules = policy.rules.flatMap((rule, index) =>
    index === 0 && list
      ? [
          { ...rule, verbs: ['get'], resources: list },
          { ...rule, resources: list }
        ]
      : [rule]
  )
  return `%YAML 1.1\n---\n${stringify(policy)}...\n`
})

// where the end of a request is left at no level, nothing is
export const silentByStages: Answer['edit'] = inRules(rules =>
  rules.map(rule => (rule.level === 'None' ? { ...rule, level: 'Metadata', omitStages: STAGES } : rule))
)

export const moved = (from: number, to: number): Answer['edit'] =>
  inRules(rules => {
    const left = rules.filter((_, index) => index !== from)
    return [...left.slice(0, to), at(rules, from), ...left.slice(to)]
  })
export const changed = (index: number, change: Partial<RuleData>): Answer['edit'] =>
  inRules(rules => rules.map((rule, each) => (each === index ? { ...rule, ...change } : rule)))
export const inGroup = (index: number, group: string): Answer['edit'] =>
  inRules(rules =>
    rules.map((rule, each) =>
      each === index ? { ...rule, resources: (rule.resources ?? []).map(entry => ({ ...entry, group })) } : rule
    )
  )
export const lost = (index: number): Answer['edit'] => inRules(rules => rules.filter((_, each) => each !== index))
export const people = ['system:authenticated', 'system:unauthenticated']

// what the metrics server serves: in most clusters the resources of a group that kube-apiserver itself has none of
export const METRICS: RuleData = { level: 'None', resources: [{ group: 'metrics.k8s.io' }] }

/** The last rule in two: for resources of some groups, and for all URLs. */
export const restBy = (resources: RuleData['resources']): Answer['edit'] =>
  inRules(rules => [
    ...rules.slice(0, -1),
    { ...at(rules, -1), resources: resources ?? [] },
    { ...at(rules, -1), nonResourceURLs: ['*'] }
  ])
