import type { Drill } from '../drill.ts'
import { policyText, type RuleText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

export const c06: Drill = {
  id: 'c06',
  title: 'More rules for a policy that is in use',
  family: 'policy',
  minutes: 8,
  points: 7,
  lesson:
    'New rules go where they count: before the broad ones that would take their requests, and behind those that must go on as before.',
  make: pick => {
    const [kind, resource, subresources] = pick.one<readonly [string, string, readonly string[]]>([
      ['Nodes', 'nodes', ['nodes/status', 'nodes/proxy']],
      ['PersistentVolumes', 'persistentvolumes', ['persistentvolumes/status']]
    ])
    const [claim, claims] = pick.one<readonly [string, string]>([
      ['PersistentVolumeClaims', 'persistentvolumeclaims'],
      ['ResourceQuotas', 'resourcequotas']
    ])
    const namespace = pick.one(['portal', 'shop', 'data', 'archive'])
    const [bodies, sent] = pick.some(['RequestResponse', 'Request'] as const, 2)
    const [who, quiet] = pick.one<readonly [string, RuleText]>([
      ['system:kube-scheduler', { level: 'None', users: ['system:kube-scheduler'] }],
      ['system:nodes', { level: 'None', userGroups: ['system:nodes'] }],
      ['system:kube-controller-manager', { level: 'None', users: ['system:kube-controller-manager'] }]
    ])
    const rest: RuleText = { level: 'Metadata' }
    return policyExercise(pick, {
      task: () => [
        'The audit policy of this cluster works, and two things are to be added to it:',
        {
          [kind]: `level ${bodies ?? ''}`,
          [`${claim} in the namespace ${namespace}`]: `level ${sent ?? ''}`
        },
        `What the policy does today has to stay as it is for all other requests. That nothing is recorded of what ${who} does has to stay for those resources too. Their subresources are left to you.`
      ],
      start: policyText([quiet, rest]),
      model: [
        quiet,
        { level: bodies ?? 'Request', resources: { '': [resource] } },
        { level: sent ?? 'Request', namespaces: [namespace], resources: { '': [claims] } },
        { level: 'Metadata', resources: { '': [...subresources, `${claims}/status`] }, isLeft: true },
        rest
      ],
      goals: [
        { id: 'cluster', asks: `${kind} at level ${bodies ?? ''}`, points: 50, rules: [1] },
        { id: 'claims', asks: `${claim} in ${namespace} at level ${sent ?? ''}`, points: 50, rules: [2] }
      ],
      keeps: [
        { id: 'quiet', asks: `nothing is recorded of ${who}, as before`, points: 40, rules: [0] },
        { id: 'rest', asks: 'everything else at level Metadata, as before', points: 40, rules: [4], aspect: 'both' }
      ],
      hints: [
        'Rules are asked from the top; the last one of this policy takes everything that comes to it.',
        'The new rules belong between the two that are there.',
        `${kind} lie in no namespace; ${claim} do. One rule each.`,
        `resources: ["${resource}"] without namespaces; resources: ["${claims}"] with namespaces: ["${namespace}"]; both in the group "".`
      ]
    })
  }
}
