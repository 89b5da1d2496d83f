import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inRule, renamed, SAME_POLICY, withRules } from '../policy-answers.ts'

export const c01: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W11: a rule for everything at the top',
      code: 'rule-order',
      edit: withRules(rules => [{ level: 'Metadata' }, ...rules])
    },
    {
      name: 'W12: the wrong group',
      code: 'policy-wrong-group',
      edit: inRule(2, rule => inEntries(rule, entry => ({ ...entry, group: '' })))
    },
    {
      name: 'W13: a group with its version',
      code: 'policy-group',
      edit: inRule(2, rule => inEntries(rule, entry => ({ ...entry, group: `${entry.group ?? ''}/v1` })))
    },
    {
      name: 'W14: a key in the singular',
      code: 'policy-unknown-field',
      edit: inRule(0, rule => inEntries(rule, entry => renamed(entry, 'resources', 'resource')))
    },
    {
      name: 'a resource in the singular',
      code: 'policy-unknown-resource',
      edit: inRule(0, rule =>
        inEntries(rule, entry => ({ ...entry, resources: (entry.resources ?? []).map(word => word.slice(0, -1)) }))
      )
    },
    {
      name: 'W16: bodies where none are asked',
      code: 'too-much',
      edit: inRule(0, rule => ({ ...rule, level: 'RequestResponse' }))
    },
    { name: 'a level too low', code: 'too-little', edit: inRule(2, rule => ({ ...rule, level: 'Request' })) },
    {
      name: 'W17: verbs without patch and deletecollection',
      code: 'verb-missing',
      edit: inRule(1, rule => ({ ...rule, verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'] }))
    },
    {
      name: 'W18: a star for the verbs',
      code: 'policy-wildcard',
      edit: inRule(1, rule => ({ ...rule, verbs: ['*'] }))
    },
    {
      name: 'one object',
      code: 'name-missing',
      edit: inRule(0, rule => inEntries(rule, entry => ({ ...entry, resourceNames: ['db'] })))
    },
    {
      name: 'the last resource is recorded',
      code: 'too-much',
      edit: inRule(3, rule => ({ ...rule, level: 'Metadata' }))
    }
  ],
  right: [
    ...SAME_POLICY,
    {
      name: 'everything else at the highest level, subresources too',
      edit: withRules(rules => [...rules, { level: 'RequestResponse' }])
    },
    {
      name: 'the last one by not being named',
      edit: withRules(rules => rules.slice(0, 3))
    }
  ]
}
