import { RESOURCE_KINDS } from '../../../src/audit/resources.ts'
import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inRule, renamed, SAME_POLICY, withRules } from '../policy-answers.ts'

const CORE = RESOURCE_KINDS.filter(({ group }) => group === '').map(({ name }) => name)

export const c04: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W12: batch in apps',
      code: 'policy-wrong-group',
      edit: inRule(1, rule => inEntries(rule, entry => ({ ...entry, group: 'apps' })))
    },
    {
      name: 'W11: the proxy at the end',
      code: 'rule-order',
      edit: withRules(([proxy, ...rules]) => [...rules, ...(proxy ? [proxy] : [])])
    },
    { name: 'the proxy is gone', code: 'too-much', edit: withRules(rules => rules.slice(1)) },
    {
      name: 'the proxy does nothing',
      code: 'rule-order',
      edit: inRule(0, ({ verbs: _verbs, resources: _resources, ...rule }) => rule)
    },
    { name: 'W19: every namespace', code: 'too-much', edit: inRule(2, ({ namespaces: _, ...rule }) => rule) },
    {
      name: 'W14: namespace in the singular',
      code: 'policy-unknown-field',
      edit: inRule(2, rule => renamed(rule, 'namespaces', 'namespace'))
    },
    {
      name: 'W15: resources of the core group without their subresources',
      code: 'subresource-missing',
      edit: inRule(3, rule => inEntries(rule, entry => (entry.group === '' ? { ...entry, resources: CORE } : entry)))
    },
    { name: 'something else', code: 'too-much', edit: withRules(rules => [...rules, { level: 'Metadata' }]) }
  ],
  right: [
    ...SAME_POLICY,
    {
      name: 'subresources as their resource',
      edit: withRules(rules =>
        rules.map((rule, index) =>
          index === 1 || index === 2
            ? inEntries(rule, entry => ({
                ...entry,
                resources: (entry.resources ?? []).flatMap(word => [word, `${word}/*`])
              }))
            : rule
        )
      )
    }
  ]
}
