import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inOrder, inRule, SAME_POLICY, withRules } from '../policy-answers.ts'

export const c02: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W11: the second rule before the first',
      code: 'rule-order',
      edit: withRules(inOrder(1, 0, 2))
    },
    {
      name: 'W16: bodies of what is narrow',
      code: 'too-much',
      edit: inRule(0, rule => ({ ...rule, level: 'RequestResponse' }))
    },
    {
      name: 'W12: the wrong group',
      code: 'policy-wrong-group',
      edit: inRule(0, rule => inEntries(rule, entry => ({ ...entry, group: 'apps' })))
    },
    { name: 'the rest is gone', code: 'not-recorded', edit: withRules(rules => rules.slice(0, 2)) },
    {
      name: 'the rest at another level',
      code: 'too-little',
      edit: inRule(2, rule => ({ ...rule, level: 'Metadata' }))
    },
    {
      name: 'W18: a star for the namespaces',
      code: 'policy-wildcard',
      edit: inRule(0, rule => ({ ...rule, namespaces: ['*'] }))
    }
  ],
  right: [
    ...SAME_POLICY,
    {
      name: 'the rest in two rules',
      edit: inRule(2, ({ level }) => [
        { level, nonResourceURLs: ['*'] },
        { level, resources: [{ group: '*' }] }
      ])
    }
  ]
}
