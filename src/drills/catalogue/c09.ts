import type { Drill } from '../drill.ts'
import { swap } from '../edit.ts'
import { policyText, type RuleText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

export const c09: Drill = {
  id: 'c09',
  title: 'kube-apiserver is up, and the log is wrong',
  family: 'policy',
  minutes: 6,
  points: 6,
  lesson:
    'A field that kube-apiserver does not know it drops, with one line in its log that nobody reads. A rule without its selector takes more than it was meant to.',
  make: pick => {
    const namespace = pick.one(['dev', 'sandbox', 'playground'])
    const reads = pick.one<readonly string[]>([
      ['get', 'list', 'watch'],
      ['get', 'list'],
      ['list', 'watch']
    ])
    const user = pick.one(['prometheus', 'backup', 'inventory'])
    const [kind, resource] = pick.one<readonly [string, string]>([
      ['Secrets', 'secrets'],
      ['ConfigMaps', 'configmaps']
    ])
    const [narrow, about, wrong] = pick.one<readonly [RuleText, string, readonly [string, string]]>([
      [
        { level: 'None', namespaces: [namespace] },
        `what is done in the namespace ${namespace}`,
        ['namespaces:', 'namespace:']
      ],
      [{ level: 'None', users: [user] }, `what the user ${user} does`, ['users:', 'user:']],
      [{ level: 'None', verbs: reads }, `${reads.join(', ')} of anything`, ['verbs:', 'verb:']]
    ])
    const model: RuleText[] = [
      { level: 'Metadata', resources: { '': [resource] } },
      narrow,
      { level: 'RequestResponse', resources: { apps: [] } },
      { level: 'Request' }
    ]
    const text = policyText(model)
    const [right, typo] = wrong
    // both keys that the server drops make the rule take everything
    const quieted = swap(text, `  ${right}`, `  ${typo}`)
    const start = pick.one([
      quieted.replace('resources:', 'resource:'),
      quieted.replace('  resources:\n  - group: ""\n    resources:', '  resources:\n  - group: ""\n    resource:')
    ])
    return policyExercise(pick, {
      task: () => [
        'kube-apiserver came up with this audit policy as if it were all right. But the log is not as it was meant to be:',
        {
          [kind]: 'level Metadata, whoever asks',
          [about]: 'no event',
          'API group apps': 'level RequestResponse, with all its resources',
          'everything else': 'level Request'
        },
        'Each row has precedence over those below it. Find out why, and mend the policy.'
      ],
      start,
      model,
      goals: [
        { id: 'apps', asks: 'the API group apps at level RequestResponse', points: 35, rules: [2] },
        { id: 'quiet', asks: `no event of ${about}`, points: 35, rules: [1] },
        { id: 'rest', asks: 'everything else at level Request', points: 30, rules: [3] }
      ],
      keeps: [{ id: 'objects', asks: `${kind} at level Metadata, as before`, points: 40, rules: [0] }],
      hints: [
        'At its start, kube-apiserver warned that the policy has errors, and that it decodes it leniently.',
        'A key that it does not know it drops, and a rule without it takes more than it seems to.',
        'auditpatch policy lint FILE names such keys. Keys of lists are in the plural.',
        `${right.replace(':', '')} and resources are what two of the keys have to be called.`
      ]
    })
  }
}
