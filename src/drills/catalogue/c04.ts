import type { Drill } from '../drill.ts'
import { EMPTY_POLICY, policyExercise } from './policy-exercise.ts'

export const c04: Drill = {
  id: 'c04',
  title: 'A group, a namespace and a noisy proxy',
  family: 'policy',
  minutes: 10,
  points: 8,
  lesson:
    'group is the API group and nothing else: batch for CronJobs, apps for Deployments, the empty one for the core. A rule under the wrong group takes nothing, and nobody warns of it.',
  make: pick => {
    const [batch, job] = pick.one<readonly [string, string]>([
      ['CronJobs', 'cronjobs'],
      ['Jobs', 'jobs']
    ])
    const [apps, app] = pick.one<readonly [string, string]>([
      ['Deployments', 'deployments'],
      ['DaemonSets', 'daemonsets'],
      ['StatefulSets', 'statefulsets']
    ])
    const namespace = pick.one(['kube-system', 'ingress', 'monitoring'])
    const proxy = pick.one(['system:kube-proxy', 'system:serviceaccount:kube-system:kube-proxy'])
    const other = pick.one(['networking.k8s.io', 'storage.k8s.io', 'policy'])
    return policyExercise(pick, {
      task: () => [
        'The rules of the audit policy are still to be written; without them kube-apiserver does not come up.',
        {
          [batch]: 'level RequestResponse, in every namespace',
          [`${apps} in ${namespace}`]: 'level Request',
          [`API groups "" and ${other}`]: 'level Metadata for all of their resources and subresources',
          'but no event at all': `when the user ${proxy} watches Services or Endpoints`
        },
        `Nothing else is to be recorded. Subresources of ${batch} and of ${apps} are left to you.`
      ],
      start: EMPTY_POLICY,
      model: [
        { level: 'None', users: [proxy], verbs: ['watch'], resources: { '': ['services', 'endpoints'] } },
        { level: 'RequestResponse', resources: { batch: [job] } },
        { level: 'Request', namespaces: [namespace], resources: { apps: [app] } },
        { level: 'Metadata', resources: { '': [], [other]: [] } },
        {
          level: 'None',
          resources: { batch: [`${job}/status`], apps: [`${app}/status`, `${app}/scale`] },
          isLeft: true
        }
      ],
      goals: [
        { id: 'batch', asks: `${batch} at level RequestResponse`, points: 25, rules: [1] },
        { id: 'apps', asks: `${apps} in ${namespace} at level Request`, points: 20, rules: [2] },
        { id: 'groups', asks: `the groups "" and ${other} at level Metadata`, points: 20, rules: [3] },
        { id: 'proxy', asks: `no event when ${proxy} watches Services or Endpoints`, points: 15, rules: [0] },
        { id: 'silence', asks: 'nothing else is recorded', points: 15, rules: [null] }
      ],
      points: 5,
      hints: [
        'kubectl api-resources shows the API group of every resource: the part of APIVERSION before the slash.',
        'An entry of resources with a group and no resources stands for all that the group has.',
        `${batch} are in the group batch, ${apps} in apps. A namespace is asked for beside resources, in namespaces.`,
        'The rule at None, with users, verbs and resources, has to come before the one for the core group.'
      ]
    })
  }
}
