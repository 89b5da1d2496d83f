import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inOrder, inRule, SAME_POLICY, withRules } from '../policy-answers.ts'

const doors = (words: (all: readonly string[]) => readonly string[]) =>
  inRule(0, rule => inEntries(rule, entry => ({ ...entry, resources: words(entry.resources ?? []) })))

export const c07: Answers = {
  wrong: [
    ...ANY_POLICY,
    { name: 'W15: pods', code: 'subresource-missing', edit: doors(() => ['pods']) },
    { name: 'all of pods', code: 'resource-with-subresources', edit: doors(() => ['pods/*']) },
    {
      name: 'a subresource alone',
      code: 'policy-unknown-resource',
      edit: doors(all => all.map(word => word.replace('pods/', '')))
    },
    { name: 'every subresource of that name', code: 'policy-wildcard', edit: doors(() => ['pods*']) },
    { name: 'W17: one verb', code: 'verb-missing', edit: inRule(0, rule => ({ ...rule, verbs: ['update'] })) },
    {
      name: 'W18: a verb of kubectl',
      code: 'policy-unknown-verb',
      edit: inRule(0, rule => ({ ...rule, verbs: ['exec'] }))
    },
    { name: 'W11: the other way round', code: 'rule-order', edit: withRules(rules => rules.toReversed()) },
    { name: 'no event of pods at all', code: 'too-little', edit: inRule(1, ({ verbs: _, ...rule }) => rule) },
    { name: 'the rest is gone', code: 'not-recorded', edit: withRules(rules => rules.slice(0, 2)) }
  ],
  right: [
    ...SAME_POLICY,
    { name: 'the reads first', edit: withRules(inOrder(1, 0, 2)) },
    {
      name: 'stars for resources that have such a subresource',
      edit: doors(all => all.map(word => (word === 'pods/attach' ? '*/attach' : word)))
    }
  ]
}
