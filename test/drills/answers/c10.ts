import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inRule, SAME_POLICY, withRules } from '../policy-answers.ts'

export const c10: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W19: the namespaces stay in the one',
      code: 'namespace-missing',
      edit: inRule(1, rule => ({ ...rule, namespaces: ['default', 'kube-system'] }))
    },
    {
      name: 'W19: the namespaces stay in the other',
      code: 'policy-cluster-scoped',
      edit: inRule(0, rule => ({ ...rule, namespaces: ['default'] }))
    },
    {
      name: 'W19: everything of a namespace',
      code: 'no-namespace',
      edit: inRule(0, rule => ({
        ...inEntries(rule, ({ group }) => ({ group, resources: ['*'] })),
        namespaces: ['default']
      }))
    },
    { name: 'W18: a star', code: 'policy-wildcard', edit: inRule(1, rule => ({ ...rule, namespaces: ['*'] })) },
    {
      name: 'an empty namespace',
      code: 'policy-empty-namespace',
      edit: inRule(1, rule => ({ ...rule, namespaces: [''] }))
    },
    {
      name: 'subresources too',
      code: 'too-much',
      edit: inRule(1, rule => inEntries(rule, ({ group }) => ({ group })))
    },
    { name: 'everything else', code: 'too-much', edit: withRules(rules => [...rules, { level: 'Metadata' }]) },
    {
      name: 'W12: the wrong group',
      code: 'policy-wrong-group',
      edit: inRule(1, rule => inEntries(rule, entry => ({ ...entry, group: 'apps' })))
    }
  ],
  right: [
    ...SAME_POLICY,
    { name: 'without a namespace, said so', edit: inRule(0, rule => ({ ...rule, namespaces: [''] })) },
    { name: 'the other way round', edit: withRules(rules => rules.toReversed()) }
  ]
}
