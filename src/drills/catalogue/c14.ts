import type { Drill } from '../drill.ts'
import { swap } from '../edit.ts'
import { policyText, type RuleText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

export const c14: Drill = {
  id: 'c14',
  title: 'One error after the other',
  family: 'policy',
  minutes: 8,
  points: 7,
  lesson:
    'One error in a policy keeps kube-apiserver from starting, and it does not always tell of the next one. auditpatch policy lint tells of all at once.',
  make: pick => {
    const path = pick.one(['/healthz', '/livez', '/readyz'])
    const namespace = pick.one(['prod', 'billing', 'web'])
    const [app, apps] = pick.one<readonly [string, string]>([
      ['Deployments', 'deployments'],
      ['StatefulSets', 'statefulsets']
    ])
    const [object, objects] = pick.one<readonly [string, string]>([
      ['Secrets', 'secrets'],
      ['ConfigMaps', 'configmaps']
    ])
    const rules: RuleText[] = [
      { level: 'None', nonResourceURLs: [`${path}*`, '/version'] },
      { level: 'None', verbs: ['watch'], resources: { '': ['events'] } },
      { level: 'Metadata', resources: { '': [objects] } },
      { level: 'RequestResponse', namespaces: [namespace], resources: { apps: [apps] } },
      { level: 'Request' }
    ]
    const mixed = swap(
      policyText(rules, ['RequestReceived']),
      '\n- level: None\n  verbs: ["watch"]\n',
      '\n  verbs: ["watch"]\n'
    )
    const faults: (readonly [from: string, to: string])[] = [
      pick.one<readonly [string, string]>([
        ['"RequestReceived"', '"RequestRecieved"'],
        ['"RequestReceived"', '"Received"']
      ]),
      pick.one<readonly [string, string]>([
        ['level: Metadata', 'level: metadata'],
        ['level: Metadata', 'level: Meta']
      ]),
      pick.one<readonly [string, string]>([
        [`"${path}*"`, `"${path.slice(1)}*"`],
        [`"${path}*"`, `"${path}**"`]
      ]),
      pick.one<readonly [string, string]>([
        ['group: "apps"', 'group: "apps/v1"'],
        ['group: "apps"', 'group: "Apps"']
      ])
    ]
    return policyExercise(pick, {
      task: () => [
        'kube-apiserver does not come up: the audit policy has several errors, each of a kind of its own, and the log tells of some of them only when others are gone. Mend it, so that it does what it was written for:',
        {
          [`URLs that begin with ${path}, and /version`]: 'no event',
          'watches of Events (API group "")': 'no event',
          [object]: 'level Metadata',
          [`${app} in ${namespace}`]: 'level RequestResponse',
          'everything else': 'level Request'
        },
        'Each row has precedence over those below it. No request is to leave an event at the stage RequestReceived; the other stages stay.'
      ],
      start: faults.reduce((text, [from, to]) => swap(text, from, to), mixed),
      model: rules,
      omitStages: ['RequestReceived'],
      goals: [
        { id: 'urls', asks: `no event of ${path} and /version`, points: 10, rules: [0] },
        { id: 'events', asks: 'no event of watches of Events', points: 15, rules: [1] },
        { id: 'objects', asks: `${object} at level Metadata`, points: 15, rules: [2] },
        { id: 'apps', asks: `${app} in ${namespace} at level RequestResponse`, points: 15, rules: [3] },
        { id: 'rest', asks: 'everything else at level Request', points: 15, rules: [4] }
      ],
      stageGoals: [{ id: 'stages', asks: 'no event at the stage RequestReceived', points: 20, rules: [0, 1, 2, 3, 4] }],
      points: 10,
      hints: [
        'auditpatch policy lint FILE names all of them at once; auditpatch drill logs shows what kube-apiserver says.',
        'Levels and stages are spelt as in the documentation, capitals too. A star stands at the end of a URL alone, and a URL begins with a slash.',
        'One rule is either for URLs or for resources. Of an API group the name is written, without a version.',
        `The first rule is two: one with nonResourceURLs, one with verbs and resources; then RequestReceived, Metadata, "${path}*" and group: "apps".`
      ]
    })
  }
}
