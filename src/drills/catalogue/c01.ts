import type { Drill } from '../drill.ts'
import { EMPTY_POLICY, policyExercise } from './policy-exercise.ts'

export const c01: Drill = {
  id: 'c01',
  title: 'Four kinds of resources, four levels',
  family: 'policy',
  minutes: 6,
  points: 6,
  lesson:
    'A rule names what it takes, and the level says what is kept: Metadata who and what, Request what was sent too, RequestResponse what was answered as well, None nothing at all.',
  make: pick => {
    const names = pick.one<readonly [string, string]>([
      ['Secrets', 'secrets'],
      ['ConfigMaps', 'configmaps']
    ])
    const sent = pick.one<readonly [string, string]>([
      ['Services', 'services'],
      ['PersistentVolumeClaims', 'persistentvolumeclaims'],
      ['ServiceAccounts', 'serviceaccounts'],
      ['ResourceQuotas', 'resourcequotas']
    ])
    const both = pick.one<readonly [string, string, string]>([
      ['Deployments', 'deployments', 'apps'],
      ['DaemonSets', 'daemonsets', 'apps'],
      ['Jobs', 'jobs', 'batch'],
      ['NetworkPolicies', 'networkpolicies', 'networking.k8s.io'],
      ['RoleBindings', 'rolebindings', 'rbac.authorization.k8s.io']
    ])
    const none = pick.one<readonly [string, string]>([
      ['Endpoints', 'endpoints'],
      ['LimitRanges', 'limitranges']
    ])
    return policyExercise(pick, {
      task: () => [
        'The audit policy of this cluster has no rules yet, and so kube-apiserver does not come up. Write them. What is done with these resources has to be recorded so:',
        {
          [names[0]]: 'who did what and when, but no content at all',
          [sent[0]]: 'also what was sent to the server, but not what it answered',
          [both[0]]: 'what was sent and what was answered',
          [none[0]]: 'not at all'
        },
        'This holds for every verb, user and namespace. Subresources, as in RESOURCE/status, and all other requests are left to you.'
      ],
      start: EMPTY_POLICY,
      model: [
        { level: 'Metadata', resources: { '': [names[1]] } },
        { level: 'Request', resources: { '': [sent[1]] } },
        { level: 'RequestResponse', resources: { [both[2]]: [both[1]] } },
        { level: 'None', resources: { '': [none[1]] } }
      ],
      goals: [
        { id: 'metadata', asks: `${names[0]} without content`, points: 25, rules: [0] },
        { id: 'request', asks: `${sent[0]} with what was sent`, points: 25, rules: [1] },
        { id: 'request-response', asks: `${both[0]} with what was sent and answered`, points: 25, rules: [2] },
        { id: 'none', asks: `${none[0]} not at all`, points: 15, rules: [3] }
      ],
      points: 10,
      hints: [
        'The levels are described at https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/, with an example of a policy.',
        'There are four: None, Metadata, Request, RequestResponse, each with what the one before has, and more.',
        `A resource is found under the group that it belongs to: kubectl api-resources shows it. That of ${both[0]} is ${both[2]}; the core group is "".`,
        `Four rules with resources and nothing else: ${names[1]} at Metadata, ${sent[1]} at Request, ${both[1]} at RequestResponse, ${none[1]} at None.`
      ]
    })
  }
}
