import type { Drill } from '../drill.ts'
import type { Pick } from '../pick.ts'
import { policyText, type RuleText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

/** Whose requests, or where, are to be recorded in full. */
const fullOf = (pick: Pick): { readonly asks: string; readonly rule: RuleText } => {
  const namespace = pick.one(['prod', 'billing', 'payments', 'team-blue'])
  const user = pick.one(['maria', 'deployer', 'ops-oncall'])
  const group = pick.one(['contractors', 'platform-team', 'support'])
  return pick.one<{ readonly asks: string; readonly rule: RuleText }>([
    {
      asks: `in the namespace ${namespace}`,
      rule: { level: 'RequestResponse', namespaces: [namespace] }
    },
    { asks: `that the user ${user} does`, rule: { level: 'RequestResponse', users: [user] } },
    { asks: `that the group ${group} does`, rule: { level: 'RequestResponse', userGroups: [group] } }
  ])
}

export const c02: Drill = {
  id: 'c02',
  title: 'The right rules in the wrong order',
  family: 'policy',
  minutes: 5,
  points: 5,
  lesson:
    'The first rule that takes a request decides; no later one is asked. So narrow rules stand before broad ones.',
  make: pick => {
    const [kind, resource] = pick.one<readonly [string, string]>([
      ['Secrets', 'secrets'],
      ['ConfigMaps', 'configmaps']
    ])
    const full = fullOf(pick)
    const narrow: RuleText = { level: 'Metadata', resources: { '': [resource] } }
    const rest: RuleText = { level: 'Request' }
    return policyExercise(pick, {
      task: () => [
        'Every rule of the audit policy is right by itself, and yet the policy does not do what it is for. Mend it. It has to record',
        {
          [kind]: 'level Metadata, whoever asks, in whatever namespace',
          [`all else ${full.asks}`]: 'level RequestResponse',
          'everything else': 'level Request'
        }
      ],
      start: policyText(
        pick.one([
          [rest, narrow, full.rule],
          [rest, full.rule, narrow]
        ])
      ),
      model: [narrow, full.rule, rest],
      goals: [
        { id: 'narrow', asks: `${kind} at level Metadata`, points: 50, rules: [0] },
        { id: 'full', asks: `all else ${full.asks} at level RequestResponse`, points: 50, rules: [1] }
      ],
      keeps: [{ id: 'rest', asks: 'everything else at level Request, as before', points: 40, rules: [2] }],
      hints: [
        'auditpatch policy explain shows which rule takes a request.',
        'The first rule that takes a request decides its level; no later one is asked.',
        'A rule that takes everything belongs at the end.',
        `${kind} first, then the rule at RequestResponse, then the one without any selector.`
      ]
    })
  }
}
