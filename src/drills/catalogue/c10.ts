import type { Drill } from '../drill.ts'
import { policyText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

export const c10: Drill = {
  id: 'c10',
  title: 'Every namespace is named, and something is missing',
  family: 'policy',
  minutes: 6,
  points: 6,
  lesson:
    'What lies in no namespace, and every request over all of them, has an empty namespace: no list of namespaces matches these.',
  make: pick => {
    const [kind, resource, group] = pick.one<readonly [string, string, string]>([
      ['Nodes', 'nodes', ''],
      ['PersistentVolumes', 'persistentvolumes', ''],
      ['ClusterRoleBindings', 'clusterrolebindings', 'rbac.authorization.k8s.io'],
      ['StorageClasses', 'storageclasses', 'storage.k8s.io']
    ])
    const [object, objects] = pick.one<readonly [string, string]>([
      ['Secrets', 'secrets'],
      ['ConfigMaps', 'configmaps'],
      ['ServiceAccounts', 'serviceaccounts']
    ])
    const all = [
      'default',
      'kube-public',
      'kube-system',
      'kube-node-lease',
      ...pick.some(['prod', 'stage', 'ci', 'lab', 'web'], 2)
    ]
    const level = pick.one(['Request', 'RequestResponse'] as const)
    return policyExercise(pick, {
      task: () => [
        'The audit policy names every namespace that the cluster has at the moment. Even so, it misses some of what it is for:',
        {
          [kind]: `level ${level}`,
          [object]:
            'level Metadata, in every namespace, in those that are still to come, and when they are listed or watched over all namespaces at once'
        },
        'Mend it. Nothing else may be recorded, subresources neither.'
      ],
      start: policyText([
        { level, namespaces: all, resources: { [group]: [resource] } },
        { level: 'Metadata', namespaces: all, resources: { '': [objects] } }
      ]),
      model: [
        { level, resources: { [group]: [resource] } },
        { level: 'Metadata', resources: { '': [objects] } }
      ],
      goals: [
        { id: 'cluster', asks: `${kind} at level ${level}`, points: 50, rules: [0] },
        { id: 'objects', asks: `${object} of all namespaces at level Metadata`, points: 50, rules: [1] }
      ],
      keeps: [{ id: 'silence', asks: 'nothing else is recorded, as before', points: 40, rules: [null] }],
      hints: [
        'kubectl api-resources shows in the column NAMESPACED what lies in a namespace.',
        'A request for something that lies in none has none. Neither has kubectl get -A.',
        'A rule without namespaces takes requests with and without one.',
        'Take namespaces out of both rules.'
      ]
    })
  }
}
