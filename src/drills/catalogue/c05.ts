import type { Drill } from '../drill.ts'
import { EMPTY_POLICY, policyExercise } from './policy-exercise.ts'

export const c05: Drill = {
  id: 'c05',
  title: 'A longer policy, with a stage less',
  family: 'policy',
  minutes: 12,
  points: 10,
  lesson:
    'A resource does not stand for its subresources, a group without resources stands for all of both, and omitStages at the top holds for every rule.',
  make: pick => {
    const [kind, resource, subresources] = pick.one<readonly [string, string, readonly string[]]>([
      ['Namespaces', 'namespaces', ['namespaces/status', 'namespaces/finalize']],
      ['Nodes', 'nodes', ['nodes/status', 'nodes/proxy']],
      ['PersistentVolumes', 'persistentvolumes', ['persistentvolumes/status']]
    ])
    const content = pick.one<readonly string[]>([['secrets'], ['configmaps'], ['secrets', 'configmaps']])
    const namespace = pick.one(['kube-system', 'vault', 'cert-manager'])
    const tunnels = pick.some(['pods/portforward', 'services/proxy', 'pods/exec', 'pods/attach'], 2).sort()
    const group = pick.one(['apps', 'batch', 'networking.k8s.io'])
    return policyExercise(pick, {
      task: () => [
        'Write the rules of the audit policy, which has none yet and keeps kube-apiserver from coming up:',
        {
          [kind]: 'level RequestResponse; their subresources are left to you',
          [`${content.join(' and ')} in ${namespace}`]: 'level Metadata',
          [tunnels.join(' and ')]: 'level Metadata',
          [`all else in the API groups "" and ${group}`]: 'level Request, subresources too',
          'everything else': 'level Metadata'
        },
        'No request is to leave an event at the stage RequestReceived. The other stages stay.'
      ],
      start: EMPTY_POLICY,
      model: [
        { level: 'RequestResponse', resources: { '': [resource] } },
        { level: 'Metadata', namespaces: [namespace], resources: { '': content } },
        { level: 'Metadata', resources: { '': tunnels } },
        { level: 'Request', resources: { '': subresources }, isLeft: true },
        { level: 'Request', resources: { '': [], [group]: [] } },
        { level: 'Metadata' }
      ],
      omitStages: ['RequestReceived'],
      goals: [
        { id: 'objects', asks: `${kind} at level RequestResponse`, points: 20, rules: [0] },
        { id: 'content', asks: `${content.join(' and ')} in ${namespace} at level Metadata`, points: 10, rules: [1] },
        { id: 'tunnels', asks: `${tunnels.join(' and ')} at level Metadata`, points: 20, rules: [2] },
        { id: 'groups', asks: `all else in "" and ${group} at level Request`, points: 15, rules: [4] },
        { id: 'rest', asks: 'everything else at level Metadata', points: 15, rules: [5] }
      ],
      stageGoals: [
        {
          id: 'stages',
          asks: 'no event at the stage RequestReceived, and all at the others',
          points: 15,
          rules: [0, 1, 2, 4, 5]
        }
      ],
      points: 5,
      hints: [
        'Begin with what is narrow and end with what is broad.',
        'A subresource is written behind its resource and a slash; the resource alone does not stand for it.',
        'omitStages may stand at the top level of a policy: then it holds for every rule.',
        `omitStages: ["RequestReceived"]; rules for ${resource}, for ${content.join(', ')} with namespaces, for ${tunnels.join(', ')}, for the groups without resources, and one with the level alone.`
      ]
    })
  }
}
