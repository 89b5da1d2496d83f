import type { Answers } from '../answer.ts'
import { ANY_POLICY, inEntries, inPolicy, inOrder, inRule, renamed, SAME_POLICY, withRules } from '../policy-answers.ts'

export const c05: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W11: the tunnels behind their group',
      code: 'rule-order',
      edit: withRules(inOrder(0, 1, 3, 2, 4))
    },
    {
      name: 'W15: the resource for its subresource',
      code: 'subresource-missing',
      edit: inRule(2, rule =>
        inEntries(rule, entry => ({
          ...entry,
          resources: (entry.resources ?? []).map(word => word.split('/')[0] ?? '')
        }))
      )
    },
    {
      name: 'W21: the stage of one rule',
      code: 'other-stages',
      edit: inPolicy(({ omitStages, rules, ...policy }) => ({
        ...policy,
        rules: rules.map((rule, index) => (index === 0 ? { ...rule, omitStages } : rule))
      }))
    },
    {
      name: 'W21: a key that there is not',
      code: 'policy-unknown-field',
      edit: inPolicy(policy => renamed({ ...policy }, 'omitStages', 'omitStage'))
    },
    {
      name: 'W21: a misspelt stage',
      code: 'policy-stage',
      edit: inPolicy(policy => ({ ...policy, omitStages: ['RequestRecieved'] }))
    },
    {
      name: 'one stage more',
      code: 'other-stages',
      edit: inPolicy(policy => ({ ...policy, omitStages: ['RequestReceived', 'ResponseStarted'] }))
    },
    { name: 'no rest', code: 'not-recorded', edit: withRules(rules => rules.slice(0, -1)) },
    { name: 'content in every namespace', code: 'rule-order', edit: inRule(1, ({ namespaces: _, ...rule }) => rule) }
  ],
  right: [
    ...SAME_POLICY,
    {
      name: 'panics are left out too',
      edit: inPolicy(policy => ({ ...policy, omitStages: ['Panic', 'RequestReceived'] }))
    },
    {
      name: 'subresources as their resource',
      edit: inRule(0, rule =>
        inEntries(rule, entry => ({ ...entry, resources: (entry.resources ?? []).map(word => `${word}/*`) }))
      )
    }
  ]
}
