import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inOrder, inRule, SAME_POLICY, withRules } from '../policy-answers.ts'

export const c06: Answers = {
  wrong: [
    ...ANY_POLICY,
    { name: 'W11: the new rules at the end', code: 'rule-order', edit: withRules(inOrder(0, 3, 1, 2)) },
    { name: 'W11: the new rules at the top', code: 'rule-order', edit: withRules(inOrder(1, 2, 0, 3)) },
    {
      name: 'W19: a namespace for what lies in none',
      code: 'policy-cluster-scoped',
      edit: inRule(1, rule => ({ ...rule, namespaces: ['kube-system'] }))
    },
    { name: 'the base is gone', code: 'too-much', edit: withRules(inOrder(1, 2, 3)) },
    { name: 'the rest is gone', code: 'not-recorded', edit: withRules(inOrder(0, 1, 2)) },
    { name: 'claims of every namespace', code: 'too-much', edit: inRule(2, ({ namespaces: _, ...rule }) => rule) },
    {
      name: 'W13: v1 as group',
      code: 'policy-unknown-group',
      edit: inRule(2, rule => inEntries(rule, entry => ({ ...entry, group: 'v1' })))
    }
  ],
  right: [
    ...SAME_POLICY,
    { name: 'the new rules the other way round', edit: withRules(inOrder(0, 2, 1, 3)) },
    {
      name: 'subresources as their resource',
      edit: inRule(1, rule =>
        inEntries(rule, entry => ({ ...entry, resources: (entry.resources ?? []).map(word => `${word}/*`) }))
      )
    }
  ]
}
