import type { Stage } from '../../audit/level.ts'
import type { Drill } from '../drill.ts'
import { policyText, type RuleText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

export const c11: Drill = {
  id: 'c11',
  title: 'Twice as many lines as requests',
  family: 'policy',
  minutes: 6,
  points: 6,
  lesson:
    'A request leaves an event at each of its stages. RequestReceived tells little that ResponseComplete does not; ResponseStarted is what there is of a watch while it lasts.',
  make: pick => {
    const doors = pick.some(['pods/exec', 'pods/attach', 'pods/portforward'], 2).sort()
    const level = pick.one(['Request', 'RequestResponse'] as const)
    const [when, omitted] = pick.one<readonly [string, Stage]>([
      ['the end', 'ResponseStarted'],
      ['the beginning', 'ResponseComplete']
    ])
    const watches: RuleText = { level: 'Metadata', verbs: ['watch'] }
    const wrong = pick.one<readonly Stage[]>([[], ['Panic']])
    const rules: RuleText[] = [{ level, resources: { '': doors } }, watches, { level: 'Metadata' }]
    return policyExercise(pick, {
      task: () => [
        'The audit log is much too long: there are two events and more of every request. Mend the policy, so that these are left:',
        {
          'a watch': `one, at ${when} of the answer`,
          [doors.join(', ')]:
            'two, at the beginning and at the end of the answer, as of all else that lasts: logs, tunnels',
          'every other request': 'one, at the end of the answer'
        },
        'A request that was refused for wrong credentials (401) has a single event, at the beginning of its answer. It has to stay, except for watches. The levels have to stay as they are.'
      ],
      start: policyText(
        rules.map((rule, index) => (index === 0 ? { ...rule, omitStages: ['ResponseStarted'] } : rule)),
        wrong
      ),
      model: [{ level, resources: { '': doors } }, { ...watches, omitStages: [omitted] }, { level: 'Metadata' }],
      omitStages: ['RequestReceived'],
      goals: [],
      stageGoals: [
        { id: 'doors', asks: `the beginning and the end of ${doors.join(' and ')}`, points: 30, rules: [0] },
        { id: 'watches', asks: `of a watch ${when} of the answer alone`, points: 35, rules: [1] },
        {
          id: 'others',
          asks: 'of every other request its end, of what lasts its beginning too',
          points: 35,
          rules: [2]
        }
      ],
      keeps: [{ id: 'levels', asks: 'the levels stay as they were', points: 40, rules: [0, 1, 2] }],
      hints: [
        'https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ describes the stages.',
        'Most requests go through RequestReceived and ResponseComplete; those that last, as a watch or exec, have ResponseStarted between them.',
        'What a policy omits at its top level a rule cannot bring back. A rule may omit more.',
        `omitStages: ["RequestReceived"] at the top level, omitStages: ["${omitted}"] in the rule for watch, none in the others.`
      ]
    })
  }
}
