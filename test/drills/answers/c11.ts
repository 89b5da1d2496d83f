import type { Answers } from '../answer.ts'
import { ANY_POLICY, inPolicy, inOrder, inRule, renamed, SAME_POLICY, withRules } from '../policy-answers.ts'

const omitting = (...omitStages: string[]) => inPolicy(policy => ({ ...policy, omitStages }))

export const c11: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W21: of one rule',
      code: 'other-stages',
      edit: inPolicy(({ omitStages, ...policy }) => ({
        ...policy,
        rules: policy.rules.map((rule, index) => (index === 0 ? { ...rule, omitStages } : rule))
      }))
    },
    { name: 'every beginning', code: 'other-stages', edit: omitting('RequestReceived', 'ResponseStarted') },
    { name: 'the end', code: 'other-stages', edit: omitting('ResponseComplete') },
    { name: 'W21: a misspelt stage', code: 'policy-stage', edit: omitting('RequestReceive') },
    {
      name: 'W21: a key that there is not',
      code: 'policy-unknown-field',
      edit: inPolicy(policy => renamed({ ...policy }, 'omitStages', 'omitStage'))
    },
    {
      name: 'a key that there is not, in a rule',
      code: 'policy-unknown-field',
      edit: inRule(1, rule => renamed(rule, 'omitStages', 'stages'))
    },
    { name: 'no watches', code: 'too-little', edit: inRule(1, rule => ({ ...rule, level: 'None' })) },
    {
      name: 'W11: watches first',
      code: 'rule-order',
      edit: withRules(inOrder(2, 0, 1))
    }
  ],
  right: [
    ...SAME_POLICY,
    { name: 'watches first', edit: withRules(inOrder(1, 0, 2)) },
    {
      name: 'the stage of every rule',
      edit: inPolicy(({ omitStages = [], ...policy }) => ({
        ...policy,
        rules: policy.rules.map(rule => ({
          ...rule,
          omitStages: [...((rule['omitStages'] ?? []) as string[]), ...omitStages]
        }))
      }))
    }
  ]
}
