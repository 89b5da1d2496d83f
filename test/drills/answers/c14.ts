import type { Answers } from '../answer.ts'
import { ANY_POLICY, inPolicy, inPolicyText, inOrder, inRule, SAME_POLICY, withRules } from '../policy-answers.ts'

export const c14: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W21: the stage is left',
      code: 'policy-stage',
      edit: inPolicy(policy => ({ ...policy, omitStages: ['RequestRecieved'] }))
    },
    { name: 'W20: the level is left', code: 'policy-level', edit: inRule(2, rule => ({ ...rule, level: 'metadata' })) },
    {
      name: 'the URL is left',
      code: 'policy-url',
      edit: inRule(0, rule => ({ ...rule, nonResourceURLs: ['healthz*'] }))
    },
    {
      name: 'W13: the group is left',
      code: 'policy-group',
      edit: inPolicyText(text => text.replace('"apps"', 'apps/v1'))
    },
    {
      name: 'the mixed rule is left',
      code: 'policy-mixed-rule',
      edit: withRules(([urls, events, ...rules]) => [{ ...urls, ...events }, ...rules])
    },
    { name: 'the stage is taken out', code: 'other-stages', edit: inPolicy(({ omitStages: _, ...policy }) => policy) },
    { name: 'no watches of anything', code: 'too-little', edit: inRule(1, ({ resources: _, ...rule }) => rule) },
    { name: 'the rule for URLs is taken out', code: 'too-much', edit: withRules(rules => rules.slice(1)) },
    { name: 'events by every verb', code: 'too-little', edit: inRule(1, ({ verbs: _, ...rule }) => rule) }
  ],
  right: [...SAME_POLICY, { name: 'the events first', edit: withRules(inOrder(1, 0, 2, 3, 4)) }]
}
