import { at, type HeldOut, inPolicy, inPolicyText, inRules, right, wrong } from './held-out.ts'
import {
  NAMED,
  split,
  splitAll,
  spelledOut,
  asTabbedJson,
  silentByStages,
  moved,
  changed,
  inGroup,
  lost,
  METRICS,
  restBy
} from './rules.ts'

export const MENDED_POLICY_HELD_OUT: readonly HeldOut[] = [
  right(
    'c07',
    'reads first, one rule for each verb',
    inRules(rules => [
      ...(at(rules, 1).verbs ?? []).map(verb => ({ ...at(rules, 1), verbs: [verb] })),
      at(rules, 0),
      at(rules, 2)
    ])
  ),
  right('c07', 'None by leaving out every stage', silentByStages),
  wrong('c07', 'verb-missing', 'the doors by create', changed(0, { verbs: ['create'] })),
  wrong(
    'c07',
    'resource-with-subresources',
    'all subresources with a star',
    inRules(rules => [
      { level: at(rules, 0).level, resources: [{ group: '', resources: ['pods/*'] }] },
      ...rules.slice(1)
    ])
  ),
  wrong(
    'c07',
    'too-little',
    'reads of the logs of pods too',
    inRules(rules => [
      ...rules.slice(0, 2),
      { level: 'None', verbs: ['get'], resources: [{ group: '', resources: ['pods/log'] }] },
      at(rules, 2)
    ])
  ),
  wrong('c07', 'too-much', 'no word about reads', lost(1)),
  right('c08', 'every list spelled out', spelledOut),
  right(
    'c08',
    'a rule for each verb, applications in twos',
    inRules(rules => [
      ...(at(rules, 0).verbs ?? []).map(verb => ({ ...at(rules, 0), verbs: [verb] })),
      at(rules, 2),
      at(rules, 1),
      at(rules, 3)
    ])
  ),
  wrong(
    'c08',
    'policy-group-as-user',
    'the group among the users',
    inRules(rules => rules.map(({ userGroups, ...rule }) => (userGroups ? { ...rule, users: userGroups } : rule)))
  ),
  wrong(
    'c08',
    'namespace-missing',
    'the namespaces that there are',
    changed(2, { namespaces: ['default', 'kube-system', 'prod'] })
  ),
  wrong(
    'c08',
    'too-little',
    'groups without their verbs',
    inRules(rules =>
      rules.map(rule => {
        const { verbs: _, ...rest } = rule
        return rule.level === 'None' ? rest : rule
      })
    )
  ),
  wrong('c08', 'verb-missing', 'the verbs of the documentation', changed(1, { verbs: NAMED.slice(0, 6) })),
  right(
    'c09',
    'split, with a stage left out',
    inPolicy(policy => ({ ...policy, omitStages: ['RequestReceived'], rules: split(policy.rules) }))
  ),
  right('c09', 'as JSON with tabs', asTabbedJson),
  wrong(
    'c09',
    'policy-unknown-field',
    'a key in another case',
    inPolicyText(text =>
      text.replace(
        /(namespaces|users|verbs): /,
        (word: string) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1).replace('s:', ':')}`
      )
    )
  ),
  wrong('c09', 'rule-order', 'the quiet rule first', moved(1, 0)),
  wrong('c09', 'too-little', 'a group from long ago', inGroup(2, 'extensions')),
  right(
    'c10',
    'the other way round, with a namespace too many and a last None',
    inRules(rules => [at(rules, 1), { ...at(rules, 0), namespaces: [''] }, at(rules, 0), { level: 'None' }])
  ),
  right('c10', 'every list spelled out', spelledOut),
  wrong(
    'c10',
    'namespace-missing',
    'the empty namespace with those that there are',
    changed(1, { namespaces: ['', 'default', 'kube-system', 'kube-public'] })
  ),
  wrong('c10', 'policy-cluster-scoped', 'one rule is left as it was', changed(0, { namespaces: ['default'] })),
  wrong(
    'c10',
    'too-much',
    'logs of pods too',
    inRules(rules => [...rules, { level: 'Metadata', resources: [{ group: '', resources: ['pods/log'] }] }])
  ),
  right('c11', 'stages in every rule', spelledOut),
  right(
    'c11',
    'the other order of doors and watches, Panic kept',
    inRules(rules => [...split([at(rules, 0)]), ...rules.slice(1)])
  ),
  wrong(
    'c11',
    'other-stages',
    'the wrong end of a watch',
    inRules(rules =>
      rules.map(rule =>
        rule.verbs
          ? {
              ...rule,
              omitStages:
                at(rule.omitStages ?? [], 0) === 'ResponseStarted' ? ['ResponseComplete'] : ['ResponseStarted']
            }
          : rule
      )
    )
  ),
  wrong(
    'c11',
    'other-stages',
    'one event of everything',
    inPolicy(policy => ({ ...policy, omitStages: ['RequestReceived', 'ResponseStarted'] }))
  ),
  wrong(
    'c11',
    'other-stages',
    'stages in a rule that never gets them',
    inPolicy(({ omitStages: _, ...policy }) => ({
      ...policy,
      rules: [...policy.rules, { level: 'None', omitStages: ['RequestReceived'] }]
    }))
  ),
  right('c12', 'one rule for each word', splitAll),
  right(
    'c12',
    'behind the rule for paths, with the old rule left',
    inRules(rules =>
      [
        at(rules, 3),
        ...rules.slice(0, 3),
        at(rules, 4),
        { level: 'Metadata', resources: [{ resources: ['secrets/status'] }], verbs: [] },
        ...rules.slice(5)
      ].filter(rule => !rule.resources?.some(({ resources }) => resources?.includes('secrets/status')))
    )
  ),
  wrong(
    'c12',
    'rule-order',
    'behind the rule that takes them',
    inRules(rules => [...rules.slice(3), ...rules.slice(0, 3)])
  ),
  wrong('c12', 'too-little', 'not recorded at all', changed(0, { level: 'None' })),
  wrong(
    'c12',
    'resource-with-subresources',
    'accounts with all that they have',
    changed(1, { resources: [{ group: '', resources: ['serviceaccounts/*'] }] })
  ),
  wrong('c12', 'policy-wrong-group', 'reviews in the core group', inGroup(2, '')),
  right('c14', 'stages in every rule', spelledOut),
  right('c14', 'None by leaving out every stage', silentByStages),
  right(
    'c14',
    'rules that share nothing the other way round',
    inRules(rules => [
      ...split([at(rules, 3)]),
      at(rules, 2),
      at(rules, 1),
      { ...at(rules, 0), nonResourceURLs: [...(at(rules, 0).nonResourceURLs ?? []), '/version'] },
      at(rules, 4)
    ])
  ),
  wrong(
    'c14',
    'other-stages',
    'the stage that is misspelt is thrown away',
    inPolicy(({ omitStages: _, ...policy }) => policy)
  ),
  wrong(
    'c14',
    'too-much',
    'the path without its star',
    inRules(rules =>
      rules.map(rule =>
        rule.nonResourceURLs
          ? { ...rule, nonResourceURLs: rule.nonResourceURLs.map(path => path.replace('*', '')) }
          : rule
      )
    )
  ),
  wrong('c14', 'too-much', 'the rule that is two is thrown away', lost(1)),
  ...['c02', 'c05', 'c06', 'c07', 'c09', 'c12', 'c14'].flatMap(drill => [
    right(drill, 'the last rule by every group and every URL', restBy([{ group: '*' }])),
    wrong(
      drill,
      null,
      'the metrics are left out',
      inRules(rules => [METRICS, ...rules])
    )
  ]),
  ...['c03', 'c04', 'c10'].map(drill =>
    wrong(
      drill,
      null,
      'certificates of an operator are recorded',
      inRules(rules => [{ level: 'Request', resources: [{ group: 'cert-manager.io' }] }, ...rules])
    )
  ),
  wrong(
    'c07',
    'not-recorded',
    'the last rule by groups that are known',
    restBy(['', 'apps', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io'].map(group => ({ group })))
  ),
  wrong(
    'c14',
    'policy-level',
    'one error is left',
    inPolicyText(text => text.replace('level: Metadata', 'level: metadata'))
  )
]
