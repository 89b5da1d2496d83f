import type { Drill } from '../drill.ts'
import { policyText, type RuleText } from '../policy-text.ts'
import { policyExercise } from './policy-exercise.ts'

export const c12: Drill = {
  id: 'c12',
  title: 'Passwords in the audit log',
  family: 'policy',
  minutes: 8,
  points: 7,
  lesson:
    'Bodies hold secrets in more places than Secrets: ConfigMaps, new tokens of service accounts, tokens that are sent to be checked. A rule at Metadata for these stands first.',
  make: pick => {
    const namespace = pick.one(['prod', 'payments', 'identity', 'shop'])
    const level = pick.one(['Request', 'RequestResponse'] as const)
    const path = pick.one(['/healthz*', '/livez*', '/readyz*', '/metrics'])
    const group = pick.one(['apps', 'batch', 'rbac.authorization.k8s.io'])
    const half = pick.one<RuleText>([
      { level: 'Metadata', namespaces: ['kube-system'], resources: { '': ['secrets'] } },
      { level: 'Metadata', verbs: ['get', 'list', 'watch'], resources: { '': ['secrets', 'configmaps'] } },
      { level: 'Metadata', resources: { '': ['secrets/*'] }, verbs: ['create', 'update'] }
    ])
    const before: RuleText[] = [
      { level: 'None', nonResourceURLs: [path] },
      half,
      { level: 'Metadata', verbs: ['list', 'watch'], resources: { [group]: [] } },
      { level, namespaces: [namespace] },
      { level: level === 'Request' ? 'RequestResponse' : 'Request' }
    ]
    return policyExercise(pick, {
      task: () => [
        'Whoever may read the audit log of this cluster finds passwords and tokens in it. Mend the policy, so that nothing of what these hold gets into the log, in no namespace, by no verb and for no user:',
        {
          'Secrets and ConfigMaps': 'level Metadata',
          'serviceaccounts/token': 'level Metadata: the answer is a new token',
          tokenreviews: 'level Metadata, group authentication.k8s.io: a token is sent to be checked'
        },
        'All of these requests are to be recorded still, and for all other requests the policy has to do what it does now.'
      ],
      start: policyText(before),
      model: [
        { level: 'Metadata', resources: { '': ['secrets', 'configmaps'] } },
        { level: 'Metadata', resources: { '': ['serviceaccounts/token'] } },
        { level: 'Metadata', resources: { 'authentication.k8s.io': ['tokenreviews'] } },
        ...before.filter(rule => rule !== half)
      ],
      goals: [
        {
          id: 'objects',
          asks: 'Secrets and ConfigMaps at level Metadata',
          points: 40,
          rules: [0],
          code: 'secret-bodies'
        },
        {
          id: 'new-tokens',
          asks: 'serviceaccounts/token at level Metadata',
          points: 30,
          rules: [1],
          code: 'secret-bodies'
        },
        { id: 'checked-tokens', asks: 'tokenreviews at level Metadata', points: 30, rules: [2], code: 'secret-bodies' }
      ],
      keeps: [
        { id: 'rest', asks: 'all other requests as before', points: 40, rules: [3, 4, 5, 6, null], aspect: 'both' }
      ],
      hints: [
        'Levels Request and RequestResponse write bodies into the log; Metadata does not.',
        'A rule that takes these first keeps them from the rules below.',
        'serviceaccounts does not stand for serviceaccounts/token, and tokenreviews are in a group of their own.',
        'One rule at Metadata with two entries of resources, at the top: secrets, configmaps and serviceaccounts/token in "", tokenreviews in authentication.k8s.io.'
      ]
    })
  }
}
