import type { Drill } from '../drill.ts'
import { policyText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

export const c07: Drill = {
  id: 'c07',
  title: 'Who was in that container?',
  family: 'policy',
  minutes: 7,
  points: 6,
  lesson:
    'pods takes neither pods/exec nor pods/log: subresources are written out. That is where a shell in a container is seen.',
  make: pick => {
    const doors = pick.some(['pods/exec', 'pods/attach', 'pods/portforward', 'pods/ephemeralcontainers'], 3).sort()
    const level = pick.one(['Request', 'RequestResponse'] as const)
    const other = pick.one(['Request', 'RequestResponse'] as const)
    const quiet = pick.one<readonly string[]>([
      ['get', 'list', 'watch'],
      ['list', 'watch'],
      ['get', 'list']
    ])
    return policyExercise(pick, {
      task: () => [
        'Somebody had a shell in a container, and nobody can tell what was run: the audit policy was thought to record it, and does not. Mend it:',
        {
          [doors.join(', ')]: `level ${level}, however it is done`,
          [`${quiet.join(', ')} of Pods themselves`]: 'no event: there are too many',
          'everything else': 'level Metadata, other changes of Pods and their other subresources too'
        }
      ],
      start: policyText([
        { level: other, verbs: ['create', 'update', 'patch', 'delete'], resources: { '': ['pods'] } },
        { level: 'Metadata' }
      ]),
      model: [
        { level, resources: { '': doors } },
        { level: 'None', verbs: quiet, resources: { '': ['pods'] } },
        { level: 'Metadata' }
      ],
      goals: [
        { id: 'doors', asks: `${doors.join(', ')} at level ${level}`, points: 50, rules: [0] },
        { id: 'reads', asks: `no event of ${quiet.join(', ')} of Pods`, points: 25, rules: [1] },
        { id: 'rest', asks: 'everything else at level Metadata', points: 25, rules: [2] }
      ],
      hints: [
        'auditpatch policy explain FILE --resource pods/exec --verb create tells which rule takes a request.',
        'A subresource is a resource of its own to a policy: pods does not stand for pods/exec, while pods/* stands for pods as well.',
        'kubectl exec comes as create or as get, by the version of kubectl; a rule without verbs takes both.',
        `resources: [${doors.map(door => `"${door}"`).join(', ')}] at ${level}; verbs [${quiet.join(', ')}] with resources ["pods"] at None; then Metadata alone.`
      ]
    })
  }
}
