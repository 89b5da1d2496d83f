import type { Drill } from '../drill.ts'
import type { RuleText } from '../policy-text.ts'
import { EMPTY_POLICY, policyExercise } from './policy-exercise.ts'

export const c03: Drill = {
  id: 'c03',
  title: 'Two things in the log, and nothing else',
  family: 'policy',
  minutes: 8,
  points: 8,
  lesson:
    'What no rule takes is not recorded: silence needs no rule. And where two rules take a request, the one that stands first decides.',
  make: pick => {
    const [kind, resource] = pick.one<readonly [string, string]>([
      ['Secrets', 'secrets'],
      ['ConfigMaps', 'configmaps'],
      ['ServiceAccounts', 'serviceaccounts']
    ])
    const [who, group] = pick.one<readonly [string, string]>([
      ['nodes', 'system:nodes'],
      ['service accounts', 'system:serviceaccounts'],
      ['cluster administrators', 'system:masters']
    ])
    const level = pick.one(['Request', 'RequestResponse'] as const)
    const objectsFirst = pick.number(0, 1) === 1
    const objects: RuleText = { level: 'Metadata', resources: { '': [resource] } }
    const members: RuleText = { level, userGroups: [group] }
    const [first, second] = objectsFirst ? [objects, members] : [members, objects]
    const at = (rule: RuleText): number => (rule === first ? 0 : 1)
    return policyExercise(pick, {
      task: () => [
        'Write the audit policy of this cluster: its list of rules is empty, with which kube-apiserver does not come up. Two things are to be recorded, and nothing else at all:',
        {
          [`${kind} (without subresources)`]: 'level Metadata',
          [`whatever the group ${group} does`]: `level ${level}`
        },
        objectsFirst
          ? `When a member of ${group} asks for ${kind}, that is level Metadata too.`
          : `When a member of ${group} asks for ${kind}, that is level ${level} too.`
      ],
      start: EMPTY_POLICY,
      model: [first, second],
      goals: [
        { id: 'objects', asks: `${kind} at level Metadata`, points: 30, rules: [at(objects)] },
        { id: 'members', asks: `whatever ${who} do at level ${level}`, points: 30, rules: [at(members)] },
        { id: 'silence', asks: 'nothing else is recorded', points: 30, rules: [null] }
      ],
      points: 10,
      hints: [
        'What no rule takes is not recorded.',
        `${group} is a group, not a user: a rule has a list for each.`,
        'A request that both rules would take is decided by the first of them: the last sentence of the task tells which one that is.',
        `One rule with resources: ["${resource}"] in the group "", one with userGroups: ["${group}"], the ${objectsFirst ? 'former' : 'latter'} first.`
      ]
    })
  }
}
