import type { Exercise } from '../../../src/drills/drill.ts'
import type { Answers } from '../answer.ts'
import {
  ANY_POLICY,
  inPolicyText,
  inOrder,
  inRule,
  policyPath,
  renamed,
  SAME_POLICY,
  withRules
} from '../policy-answers.ts'

const startOf = (exercise: Exercise): string => {
  const entry = exercise.start.get(policyPath(exercise))
  return entry?.kind === 'file' ? entry.text : ''
}

export const c09: Answers = {
  wrong: [
    ...ANY_POLICY,
    {
      name: 'W14: one of the two keys',
      code: 'policy-unknown-field',
      edit: inPolicyText((_, exercise) => startOf(exercise).replace('resource:', 'resources:'))
    },
    {
      name: 'W14: the other of the two keys',
      code: 'policy-unknown-field',
      edit: inPolicyText((_, exercise) => startOf(exercise).replace(/(user|verb|namespace):/, '$1s:'))
    },
    {
      name: 'the key is taken out',
      code: 'rule-order',
      edit: inRule(1, ({ level }) => ({ level }))
    },
    {
      name: 'groups for group',
      code: 'policy-unknown-field',
      edit: inRule(2, rule => ({ ...rule, resources: [{ groups: ['apps'], resources: ['*'] }] }))
    },
    {
      name: 'W11: the quiet rule first',
      code: 'rule-order',
      edit: withRules(inOrder(1, 0, 2, 3))
    },
    { name: 'the rest is gone', code: 'not-recorded', edit: withRules(rules => rules.slice(0, -1)) },
    { name: 'a level misspelt', code: 'policy-level', edit: inRule(3, () => ({ lvl: 'Request' })) },
    {
      name: 'a key of another place',
      code: 'policy-unknown-field',
      edit: inRule(2, rule => renamed({ ...rule, resources: rule.resources ?? [] }, 'resources', 'groups'))
    }
  ],
  right: SAME_POLICY
}
