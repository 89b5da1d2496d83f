import { at, type HeldOut, inPolicy, inRules, right, wrong } from './held-out.ts'
import {
  split,
  spelledOut,
  asTabbedJson,
  withAnchors,
  silentByStages,
  moved,
  changed,
  inGroup,
  people
} from './rules.ts'

export const POLICY_HELD_OUT: readonly HeldOut[] = [
  right(
    'c01',
    'the rules the other way round, one for each word',
    inRules(rules => split(rules).reverse())
  ),
  right('c01', 'every list spelled out', spelledOut),
  right('c01', 'None by leaving out every stage', silentByStages),
  wrong(
    'c01',
    'namespace-missing',
    'in the namespaces that there are',
    changed(0, { namespaces: ['default', 'kube-system'] })
  ),
  wrong('c01', 'policy-unknown-group', 'the version in the group', inGroup(2, 'v1')),
  wrong(
    'c01',
    'verb-missing',
    'the verbs that change something',
    changed(1, { verbs: ['create', 'update', 'patch', 'delete'] })
  ),
  wrong('c01', 'too-much', 'a level too high', changed(0, { level: 'Request' })),
  right('c02', 'as JSON with tabs', asTabbedJson),
  right(
    'c02',
    'narrow and full once more for what both take',
    inRules(rules => [{ ...at(rules, 0), verbs: ['get'] }, ...split(rules), { level: 'None' }])
  ),
  wrong('c02', 'rule-order', 'the full rule first', moved(1, 0)),
  wrong('c02', 'not-recorded', 'the rest by the groups that everybody has', changed(2, { userGroups: people })),
  wrong('c02', 'verb-missing', 'the narrow rule for reads', changed(0, { verbs: ['get', 'list', 'watch'] })),
  right(
    'c03',
    'a last rule at None, one stage left out',
    inPolicy(policy => ({
      ...policy,
      omitStages: ['RequestReceived'],
      rules: [...policy.rules, { level: 'None', userGroups: people }, { level: 'None' }]
    }))
  ),
  right(
    'c03',
    'what both take in a rule of its own',
    inRules(rules => {
      const [objects, members] = [rules.find(rule => rule.resources), rules.find(rule => rule.userGroups)]
      if (!objects || !members) throw new Error('two rules are wanted')
      const isFirst = objects === rules[0]
      return [{ ...objects, ...members, level: isFirst ? objects.level : members.level }, members, objects]
    })
  ),
  wrong(
    'c03',
    'too-much',
    'everything else at Metadata',
    inRules(rules => [...rules, { level: 'Metadata' }])
  ),
  wrong('c03', 'rule-order', 'the other rule first', moved(1, 0)),
  wrong(
    'c03',
    'policy-group-as-user',
    'the group among the users',
    inRules(rules => rules.map(({ userGroups, ...rule }) => (userGroups ? { ...rule, users: userGroups } : rule)))
  ),
  wrong(
    'c03',
    'other-stages',
    'the last stage left out',
    inPolicy(policy => ({ ...policy, omitStages: ['ResponseComplete'] }))
  ),
  right(
    'c04',
    'stars for whole groups, the core group left out, a last None',
    inRules(rules => [...split(rules), { level: 'None' }])
  ),
  right(
    'c04',
    'the proxy once for each resource, batch first',
    inRules(rules => [at(rules, 1), at(rules, 2), ...split([at(rules, 0)]), at(rules, 3)])
  ),
  right('c04', 'every list spelled out', spelledOut),
  wrong('c04', 'policy-wrong-group', 'jobs in the group apps', inGroup(1, 'apps')),
  wrong('c04', 'rule-order', 'the proxy last', moved(0, 3)),
  wrong(
    'c04',
    'rule-order',
    'whatever the proxy does',
    inRules(rules => [{ level: 'None', users: at(rules, 0).users ?? [] }, ...rules.slice(1)])
  ),
  wrong(
    'c04',
    'not-recorded',
    'resources of the core group written out',
    inRules(rules =>
      rules.map((rule, index) =>
        index === 3
          ? {
              ...rule,
              resources: [
                { group: '', resources: ['pods', 'services', 'endpoints', 'secrets', 'configmaps', 'events', 'nodes'] },
                ...(rule.resources ?? []).slice(1)
              ]
            }
          : rule
      )
    )
  ),
  right('c05', 'stages in every rule', spelledOut),
  right(
    'c05',
    'tunnels first, one rule each',
    inRules(rules => [...split([at(rules, 2)]), at(rules, 1), at(rules, 0), ...rules.slice(3)])
  ),
  right('c05', 'with a directive and a rule twice', withAnchors),
  wrong(
    'c05',
    'other-stages',
    'no stages left out',
    inPolicy(({ omitStages: _, ...policy }) => policy)
  ),
  wrong(
    'c05',
    'other-stages',
    'more stages left out',
    inPolicy(policy => ({ ...policy, omitStages: ['RequestReceived', 'ResponseStarted'] }))
  ),
  wrong(
    'c05',
    'subresource-missing',
    'tunnels by their resources',
    inRules(rules =>
      rules.map((rule, index) =>
        index === 2
          ? {
              ...rule,
              resources: (rule.resources ?? []).map(entry => ({
                ...entry,
                resources: [...new Set((entry.resources ?? []).map(word => word.replace(/\/.*/, '')))]
              }))
            }
          : rule
      )
    )
  ),
  wrong('c05', 'rule-order', 'the groups first', moved(3, 0)),
  right(
    'c06',
    'in the other order, one rule each',
    inRules(rules => [at(rules, 0), at(rules, 2), at(rules, 1), at(rules, 3)])
  ),
  right(
    'c06',
    'the quiet ones once more at the end',
    inRules(rules => [...rules.slice(0, 3), at(rules, 0), at(rules, 3)])
  ),
  wrong('c06', 'rule-order', 'the new rules first', moved(0, 2)),
  wrong(
    'c06',
    'rule-order',
    'the new rules last',
    inRules(rules => [at(rules, 0), at(rules, 3), at(rules, 1), at(rules, 2)])
  ),
  wrong(
    'c06',
    'too-much',
    'the claims of every namespace',
    inRules(rules =>
      rules.map((rule, index) => {
        if (index !== 2) return rule
        const { namespaces: _, ...rest } = rule
        return rest
      })
    )
  ),
  wrong('c06', 'policy-cluster-scoped', 'what lies in no namespace, in one', changed(1, { namespaces: ['default'] }))
]
