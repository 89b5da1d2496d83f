import type { Answers } from '../answer.ts'
import { ANY_POLICY, inRule, renamed, SAME_POLICY, withRules } from '../policy-answers.ts'

export const c08: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W18: a star for the verbs',
      code: 'policy-wildcard',
      edit: inRule(1, rule => ({ ...rule, verbs: ['*'] }))
    },
    {
      name: 'W18: a star for the namespaces',
      code: 'policy-wildcard',
      edit: inRule(2, rule => ({ ...rule, namespaces: ['*'] }))
    },
    {
      name: 'W18: a star in the group',
      code: 'policy-wildcard',
      edit: inRule(0, rule => ({ ...rule, userGroups: ['system:*'] }))
    },
    {
      name: 'the group among the users',
      code: 'policy-group-as-user',
      edit: inRule(0, rule => renamed(rule, 'userGroups', 'users'))
    },
    { name: 'every verb of the group', code: 'too-little', edit: inRule(0, ({ verbs: _, ...rule }) => rule) },
    {
      name: 'W17: verbs without patch and deletecollection',
      code: 'verb-missing',
      edit: inRule(1, rule => ({ ...rule, verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'] }))
    },
    {
      name: 'W19: the namespaces that there are',
      code: 'namespace-missing',
      edit: inRule(2, rule => ({ ...rule, namespaces: ['default', 'kube-system'] }))
    },
    {
      name: 'W11: the group at the end',
      code: 'rule-order',
      edit: withRules(([group, ...rules]) => [...rules.slice(0, -1), { level: 'Metadata' }, ...(group ? [group] : [])])
    },
    { name: 'the rest is gone', code: 'not-recorded', edit: withRules(rules => rules.slice(0, -1)) }
  ],
  right: [
    ...SAME_POLICY,
    {
      name: 'what the group reads in two rules',
      edit: inRule(0, rule => [
        { ...rule, resources: [{ group: '*' }] },
        { ...rule, nonResourceURLs: ['/*'] }
      ])
    }
  ]
}
