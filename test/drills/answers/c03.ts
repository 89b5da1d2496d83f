import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inRule, renamed, SAME_POLICY, withRules } from '../policy-answers.ts'

const isOfGroup = (rule: object): boolean => 'userGroups' in rule

export const c03: Answers = {
  wrong: [
    ...ANY_POLICY,
    { name: 'W11: the other order', code: 'rule-order', edit: withRules(rules => rules.toReversed()) },
    {
      name: 'the group among the users',
      code: 'policy-group-as-user',
      edit: inRule(isOfGroup, rule => renamed(rule, 'userGroups', 'users'))
    },
    {
      name: 'W14: a key in the singular',
      code: 'policy-unknown-field',
      edit: inRule(isOfGroup, rule => renamed(rule, 'userGroups', 'userGroup'))
    },
    {
      name: 'everything else at Metadata',
      code: 'too-much',
      edit: withRules(rules => [...rules, { level: 'Metadata' }])
    },
    {
      name: 'the whole core group',
      code: 'too-much',
      edit: inRule(
        rule => !isOfGroup(rule),
        rule => inEntries(rule, ({ group }) => ({ group }))
      )
    },
    {
      name: 'W19: namespaces that there are',
      code: 'namespace-missing',
      edit: inRule(
        rule => !isOfGroup(rule),
        rule => ({ ...rule, namespaces: ['default', 'kube-system'] })
      )
    }
  ],
  right: [
    ...SAME_POLICY,
    {
      name: 'resources and URLs of the group apart',
      edit: inRule(isOfGroup, rule => [
        { ...rule, resources: [{ group: '*', resources: ['*'] }] },
        { ...rule, nonResourceURLs: ['*'] }
      ])
    }
  ]
}
