import type { Drill } from '../drill.ts'
import { policyText, type RuleText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

export const c08: Drill = {
  id: 'c08',
  title: 'Stars that stand for nothing',
  family: 'policy',
  minutes: 7,
  points: 7,
  lesson:
    'users, verbs and namespaces are compared letter by letter: a star among them is a name like any other, and matches nothing. To take all, leave the field out.',
  make: pick => {
    const [who, users, group] = pick.one<readonly [string, string, string]>([
      ['all nodes', 'system:node:*', 'system:nodes'],
      ['all service accounts', 'system:serviceaccount:*', 'system:serviceaccounts'],
      ['all service accounts of the namespace ci', 'system:serviceaccount:ci:*', 'system:serviceaccounts:ci']
    ])
    const [app, apps, appGroup] = pick.one<readonly [string, string, string]>([
      ['Deployments', 'deployments', 'apps'],
      ['Ingresses', 'ingresses', 'networking.k8s.io'],
      ['CronJobs', 'cronjobs', 'batch']
    ])
    const [object, objects] = pick.one<readonly [string, string]>([
      ['Services', 'services'],
      ['PersistentVolumeClaims', 'persistentvolumeclaims']
    ])
    const reads = ['get', 'list', 'watch']
    const quiet: RuleText = { level: 'None', verbs: reads, userGroups: [group] }
    const { userGroups: _, ...anyone } = quiet
    const rest: RuleText = { level: 'Metadata' }
    return policyExercise(pick, {
      task: () => [
        'The author of this audit policy was fond of stars. kube-apiserver is content with it, and yet it does not do what was meant:',
        {
          [`get, list and watch by ${who}`]: 'no event, of whatever resource or URL',
          [app]: 'level RequestResponse for every verb, in every namespace',
          [object]: 'level Request for every verb, in every namespace',
          'everything else': 'level Metadata, subresources of those too'
        },
        'Each row has precedence over those below it. Mend the rules.'
      ],
      start: policyText([
        { ...anyone, users: [users] },
        { level: 'RequestResponse', verbs: ['*'], resources: { [appGroup]: [apps] } },
        { level: 'Request', namespaces: ['*'], resources: { '': [objects] } },
        rest
      ]),
      model: [
        quiet,
        { level: 'RequestResponse', resources: { [appGroup]: [apps] } },
        { level: 'Request', resources: { '': [objects] } },
        rest
      ],
      goals: [
        { id: 'senders', asks: `no event of what ${who} read`, points: 40, rules: [0] },
        { id: 'verbs', asks: `${app} at level RequestResponse`, points: 30, rules: [1] },
        { id: 'namespaces', asks: `${object} at level Request`, points: 30, rules: [2] }
      ],
      keeps: [{ id: 'rest', asks: 'everything else at level Metadata, as before', points: 40, rules: [3] }],
      hints: [
        'auditpatch policy lint FILE tells which rules never match, and why.',
        'Verbs, users, userGroups and namespaces are compared letter by letter. Only resources and nonResourceURLs know a star, and only in some places.',
        'A list that is not there takes everything.',
        `Take out verbs: ["*"] and namespaces: ["*"]; write userGroups: ["${group}"] for the users.`
      ]
    })
  }
}
