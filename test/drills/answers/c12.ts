import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inRule, SAME_POLICY, withRules } from '../policy-answers.ts'

export const c12: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W16: no rule for new tokens',
      code: 'secret-bodies',
      edit: withRules(rules => rules.filter((_, index) => index !== 1))
    },
    {
      name: 'W15: service accounts for their tokens',
      code: 'subresource-missing',
      edit: inRule(1, rule => inEntries(rule, entry => ({ ...entry, resources: ['serviceaccounts'] })))
    },
    {
      name: 'W12: reviews in the core group',
      code: 'policy-wrong-group',
      edit: inRule(2, rule => inEntries(rule, entry => ({ ...entry, group: '' })))
    },
    {
      name: 'W11: at the end',
      code: 'rule-order',
      edit: withRules(rules => [...rules.slice(3), ...rules.slice(0, 3)])
    },
    { name: 'no trace at all', code: 'too-little', edit: inRule(0, rule => ({ ...rule, level: 'None' })) },
    {
      name: 'W17: reading alone',
      code: 'verb-missing',
      edit: inRule(0, rule => ({ ...rule, verbs: ['get', 'list', 'watch'] }))
    },
    { name: 'W16: what is sent', code: 'secret-bodies', edit: inRule(2, rule => ({ ...rule, level: 'Request' })) },
    { name: 'everything at Metadata', code: 'too-little', edit: withRules(() => [{ level: 'Metadata' }]) },
    {
      name: 'one namespace',
      code: 'namespace-missing',
      edit: inRule(0, rule => ({ ...rule, namespaces: ['default', 'kube-system'] }))
    }
  ],
  right: [
    ...SAME_POLICY,
    {
      name: 'one rule with two entries, behind what is for URLs',
      edit: withRules(([first, second, third, urls, ...rules]) => [
        ...(urls ? [urls] : []),
        {
          level: 'Metadata',
          resources: [first, second, third].flatMap(rule => rule?.resources ?? [])
        },
        ...rules
      ])
    }
  ]
}
