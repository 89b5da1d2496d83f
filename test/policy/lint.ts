import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LEVELS, STAGES } from '../../src/audit/level.ts'
import { isServed, RESOURCE_KINDS, resourceKind } from '../../src/audit/resources.ts'
import { RESOURCE_VERBS } from '../../src/audit/verbs.ts'
import { type Finding, SEVERITIES } from '../../src/finding.ts'
import { decodePolicy } from '../../src/policy/decode.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { LINT_RULES, lintPolicy } from '../../src/policy/lint.ts'
import { cisGaps } from '../../src/policy/lint/cis.ts'
import { strictModeGaps } from '../../src/policy/lint/stages.ts'
import { POLICY_TEMPLATES } from '../../src/policy/templates.generated.ts'

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n'
const REST = '- level: Metadata\n'
const at = (minor = 36) => ({ major: 1, minor })

/** A policy without a fault but those of a rule that begins on line 5; what no rule takes is logged at Metadata. */
const withRule = (text: string): string => `${HEAD}- level: Metadata\n  ${text}\n${REST}`

/** The same with a rule that logs what it should not hide or leak. */
const withLevel = (level: string, text: string): string => `${HEAD}- level: ${level}\n  ${text}\n${REST}`

/** `line:column`, `!` for an error, `?` for a warning and `.` for an info, the code without its beginning. */
const brief = ({ line, column, severity, code }: Finding): string =>
  `${line ?? 0}:${column ?? 0}${{ error: '!', warning: '?', info: '.' }[severity]} ${code.replace(/^policy-/, '')}`

const lint = (text: string, minor = 36): readonly Finding[] => lintPolicy(text, 'policy.yaml', at(minor)).findings

interface Row {
  readonly name: string
  readonly in: string
  readonly minor?: number
  readonly want: readonly string[]
  /** What the first finding's remediation says. */
  readonly fix?: string
}

const check = (t: Test, rows: readonly Row[]): void => {
  for (const row of rows) {
    const findings = lint(row.in, row.minor)
    t.same(findings.map(brief), row.want, row.name)
    if (row.fix !== undefined) t.equal(findings[0]?.remediation, row.fix, `${row.name}, the fix`)
  }
}

const res = (word: string, group = ''): string => `resources: [{group: "${group}", resources: ["${word}"]}]`

const WORDS: readonly Row[] = [
  { name: 'nothing', in: withRule('verbs: [get]'), want: [] },
  {
    name: 'verb *',
    in: withRule('verbs: ["*"]'),
    want: ['6:11? wildcard'],
    fix: 'take verbs out: without it the rule takes any'
  },
  { name: 'user with *', in: withRule('users: ["system:*"]'), want: ['6:11? wildcard'] },
  {
    name: 'service accounts with *',
    in: withRule('users: ["system:serviceaccount:kube-system:*"]'),
    want: ['6:11? wildcard'],
    fix: 'write userGroups: ["system:serviceaccounts:kube-system"]'
  },
  { name: 'group *', in: withRule('userGroups: ["*"]'), want: ['6:16? wildcard'] },
  { name: 'namespace *', in: withRule('namespaces: ["*"]'), want: ['6:16? wildcard'] },
  { name: 'namespaces by prefix', in: withRule('namespaces: [a, "kube-*"]'), want: ['6:19? wildcard'] },
  { name: '*/*', in: withRule(res('*/*')), want: ['6:39? wildcard'] },
  {
    name: 'pods*',
    in: withRule(res('pods*')),
    want: ['6:39? wildcard'],
    fix: 'write "pods", and "pods/*" for its subresources too'
  },
  { name: 'pods/ex*', in: withRule(res('pods/ex*')), want: ['6:39? wildcard'] },
  {
    name: 'wildcards that are some',
    in: withRule('resources: [{resources: ["*"]}, {resources: ["pods/*", "*/status"]}]'),
    want: []
  },
  {
    name: 'name with *',
    in: withRule('resources: [{resources: [pods], resourceNames: ["web-*"]}]'),
    want: ['6:51? wildcard']
  },
  { name: 'blanks', in: withRule('users: ["jane "]'), want: ['6:11? blanks'], fix: 'write "jane"' },
  { name: 'empty user', in: withRule('users: [""]'), want: ['6:11? empty-word'] },
  { name: 'empty verb among others', in: withRule('verbs: [get, null]'), want: ['6:16? empty-word'] },
  { name: 'the same twice', in: withRule('verbs: [get, list, get]'), want: ['6:22. duplicate'] },
  {
    name: 'the same entry twice',
    in: withRule('resources: [{group: apps}, {group: apps}]'),
    want: ['6:30. duplicate']
  },
  { name: 'the same word in two rules', in: withRule('verbs: [get]\n- level: Metadata\n  verbs: [list]'), want: [] }
]

const VERBS: readonly Row[] = [
  { name: 'every verb', in: withRule(`verbs: [${RESOURCE_VERBS.join(', ')}]\n  resources: [{group: ""}]`), want: [] },
  {
    name: 'HTTP method',
    in: withRule('verbs: [POST]\n  resources: [{group: ""}]'),
    want: ['6:11? unknown-verb'],
    fix: 'write create'
  },
  {
    name: 'capitals',
    in: withRule('verbs: [deleteCollection]'),
    want: ['6:11? unknown-verb'],
    fix: 'write deletecollection'
  },
  { name: 'misspelt', in: withRule('verbs: [updaet]'), want: ['6:11? unknown-verb'], fix: 'write update' },
  {
    name: 'a resource',
    in: withRule('verbs: [get, secrets]'),
    want: ['6:16? unknown-verb'],
    fix: 'move secrets to resources'
  },
  { name: 'of roles', in: withRule('verbs: [impersonate]'), want: ['6:11? unknown-verb'] },
  { name: 'of kubectl', in: withRule('verbs: [apply]'), want: ['6:11? unknown-verb'], fix: 'write create and patch' },
  { name: 'replace', in: withRule('verbs: [replace]'), want: ['6:11? unknown-verb'], fix: 'write update' },
  { name: 'of no sort', in: withRule('verbs: [constructor]'), want: ['6:11? unknown-verb'] },
  { name: 'methods for URLs', in: withRule('verbs: [get, head, post]\n  nonResourceURLs: [/healthz]'), want: [] },
  {
    name: 'create for URLs',
    in: withRule('verbs: [create]\n  nonResourceURLs: [/healthz]'),
    want: ['6:11? unknown-verb'],
    fix: 'write post, the HTTP method in small letters'
  },
  { name: 'post without a selector', in: withRule('verbs: [post]'), want: [] },
  {
    name: 'exec by create alone',
    in: withLevel('Request', `verbs: [create]\n  ${res('pods/exec')}`),
    want: ['6:10? exec-verb'],
    fix: 'add get to verbs'
  },
  {
    name: 'exec by get alone',
    in: withLevel('Request', `verbs: [get]\n  ${res('pods/exec')}`),
    want: ['6:10? exec-verb']
  },
  { name: 'exec by both', in: withLevel('Request', `verbs: [get, create]\n  ${res('pods/exec')}`), want: [] },
  { name: 'exec by any', in: withLevel('Request', res('pods/exec')), want: [] },
  { name: 'exec by create, no less for get', in: withRule(`verbs: [create]\n  ${res('pods/exec')}`), want: [] },
  {
    name: 'update without patch',
    in: withLevel('Request', `verbs: [create, update]\n  ${res('pods')}`),
    want: ['6:10. missing-verb'],
    fix: 'add patch to verbs'
  },
  {
    name: 'patch without update',
    in: withLevel('Request', `verbs: [patch]\n  ${res('pods')}`),
    want: ['6:10. missing-verb'],
    fix: 'add update to verbs'
  },
  {
    name: 'delete without deletecollection',
    in: withLevel('Request', `verbs: [delete]\n  ${res('pods')}`),
    want: ['6:10. missing-verb'],
    fix: 'add deletecollection to verbs'
  },
  {
    name: 'delete of what has no deletecollection',
    in: withLevel('Request', `verbs: [delete]\n  ${res('namespaces')}`),
    want: []
  },
  {
    name: 'delete of one by name',
    in: withLevel('Request', 'verbs: [delete]\n  resources: [{resources: [pods], resourceNames: [a]}]'),
    want: []
  },
  { name: 'update without patch that a later rule takes', in: withRule(`verbs: [update]\n  ${res('pods')}`), want: [] },
  {
    name: 'update without patch at None',
    in: withLevel('None', `verbs: [update]\n  ${res('pods')}\n  users: [a]`),
    want: []
  }
]

const SENDERS: readonly Row[] = [
  {
    name: 'known ones',
    in: withRule('users: ["system:kube-proxy", jane]\n  userGroups: ["system:nodes", devs]'),
    want: []
  },
  {
    name: 'group as user',
    in: withRule('users: ["system:nodes"]'),
    want: ['6:11? group-as-user'],
    fix: 'move it to userGroups: ["system:nodes"]'
  },
  { name: 'accounts as user', in: withRule('users: ["system:serviceaccounts:a"]'), want: ['6:11? group-as-user'] },
  { name: 'user as group', in: withRule('userGroups: ["system:kube-proxy"]'), want: ['6:16? user-as-group'] },
  {
    name: 'account as group',
    in: withRule('userGroups: ["system:serviceaccount:a:b"]'),
    want: ['6:16? user-as-group']
  },
  { name: 'account without a name', in: withRule('users: ["system:serviceaccount:a"]'), want: ['6:11? misspelt-name'] },
  { name: 'account', in: withRule('users: ["system:serviceaccount:a:b", "system:node:x"]'), want: [] },
  {
    name: 'misspelt user',
    in: withRule('users: ["system:kube-sheduler"]'),
    want: ['6:11? misspelt-name'],
    fix: 'write system:kube-scheduler'
  },
  {
    name: 'misspelt group',
    in: withRule('userGroups: ["system:node"]'),
    want: ['6:16? misspelt-name'],
    fix: 'write system:nodes'
  },
  { name: 'accounts of a namespace', in: withRule('userGroups: ["system:serviceaccounts:a"]'), want: [] },
  { name: 'insecure port', in: withRule('users: ["system:unsecured"]'), want: ['6:11. gone-user'] },
  { name: 'namespace', in: withRule('namespaces: [kube-system, prod]'), want: [] },
  { name: 'nearly a namespace', in: withRule('namespaces: [kube-sytem]'), want: ['6:16. misspelt-name'] },
  { name: 'no namespace', in: withRule('namespaces: [Prod]'), want: ['6:16? misspelt-name'] }
]

const GROUPS: readonly Row[] = [
  {
    name: 'core',
    in: withRule(res('pods', 'core')),
    want: ['6:23? unknown-group'],
    fix: 'write group: "", the name of the core group'
  },
  {
    name: 'short',
    in: withRule('resources: [{group: rbac}]'),
    want: ['6:23? unknown-group'],
    fix: 'write group: rbac.authorization.k8s.io'
  },
  {
    name: 'short with a domain',
    in: withRule('resources: [{group: apps.k8s.io}]'),
    want: ['6:23? unknown-group'],
    fix: 'write group: apps'
  },
  {
    name: 'misspelt',
    in: withRule('resources: [{group: networking.k8s.oi}]'),
    want: ['6:23? unknown-group'],
    fix: 'write group: networking.k8s.io'
  },
  {
    name: 'a resource',
    in: withRule('resources: [{group: deployments}]'),
    want: ['6:23? unknown-group'],
    fix: 'write group: "apps" and resources: ["deployments"]'
  },
  {
    name: 'of others',
    in: withRule(
      'resources: [{group: cert-manager.io}, {group: gateway.networking.k8s.io}, {group: metrics.k8s.io}, {group: scheduling.x-k8s.io}, {group: networking.k8s.aws}]'
    ),
    want: []
  },
  { name: 'gone', in: withRule('resources: [{group: extensions}]'), want: ['6:23. other-release'] },
  {
    name: 'a group that came',
    in: withRule('resources: [{group: storagemigration.k8s.io}]'),
    minor: 29,
    want: ['6:23. other-release']
  },
  { name: 'and is there', in: withRule('resources: [{group: storagemigration.k8s.io}]'), want: [] },
  {
    name: 'a resource that came',
    in: withRule(res('workloads', 'scheduling.k8s.io')),
    minor: 34,
    want: ['6:56. other-release']
  },
  { name: 'a resource that went', in: withRule(res('podsecuritypolicies', 'policy')), want: ['6:45. other-release'] },
  { name: 'and was there', in: withRule(res('podsecuritypolicies', 'policy')), minor: 24, want: [] },
  { name: 'a subresource that came', in: withRule(res('pods/resize')), minor: 31, want: ['6:39. other-release'] },
  { name: 'and is there now', in: withRule(res('pods/resize')), minor: 32, want: [] }
]

const RESOURCES: readonly Row[] = [
  { name: 'singular', in: withRule(res('pod')), want: ['6:39? unknown-resource'], fix: 'write pods' },
  {
    name: 'singular of -ies',
    in: withRule(res('networkpolicy', 'networking.k8s.io')),
    want: ['6:56? unknown-resource'],
    fix: 'write networkpolicies'
  },
  { name: 'capitals', in: withRule(res('Pods/exec')), want: ['6:39? unknown-resource'], fix: 'write pods/exec' },
  { name: 'short', in: withRule(res('deploy', 'apps')), want: ['6:43? unknown-resource'], fix: 'write deployments' },
  { name: 'misspelt', in: withRule(res('confgmaps')), want: ['6:39? unknown-resource'], fix: 'write configmaps' },
  {
    name: 'swapped letters',
    in: withRule(res('pods/exce')),
    want: ['6:39? unknown-resource'],
    fix: 'write pods/exec'
  },
  {
    name: 'misspelt beside another, of another group',
    in: withRule('resources: [{resources: [pods, deploymnets]}]'),
    want: ['6:34? unknown-resource'],
    fix: 'take deploymnets out of this entry and add an entry {group: "apps", resources: ["deployments"]}'
  },
  {
    name: 'of another group beside one of this',
    in: withRule('resources: [{resources: [pods, deployments], resourceNames: [a]}]'),
    want: ['6:34? wrong-group'],
    fix: 'take deployments out of this entry and add an entry {group: "apps", resources: ["deployments"], resourceNames: ["a"]}'
  },
  { name: 'subresource', in: withRule(res('pods/logs')), want: ['6:39? unknown-resource'], fix: 'write pods/log' },
  {
    name: 'subresource of what has none',
    in: withRule(res('secrets/status')),
    want: ['6:39? unknown-resource'],
    fix: 'write secrets; it has no subresources'
  },
  {
    name: 'subresource of any',
    in: withRule(res('*/sttus', 'apps')),
    want: ['6:43? unknown-resource'],
    fix: 'write */status'
  },
  {
    name: 'in the core group',
    in: withRule('resources: [{resources: [deployments]}]'),
    want: ['6:28? wrong-group'],
    fix: 'write group: "apps" and resources: ["deployments"]'
  },
  {
    name: 'short and elsewhere',
    in: withRule(res('ing', 'apps')),
    want: ['6:43? wrong-group'],
    fix: 'write group: "networking.k8s.io" and resources: ["ingresses"]'
  },
  {
    name: 'in two groups',
    in: withRule('resources: [{resources: [events]}, {group: events.k8s.io, resources: [events]}]'),
    want: []
  },
  {
    name: 'as kubectl says',
    in: withRule(res('deployments.apps')),
    want: ['6:39? wrong-group'],
    fix: 'write group: "apps" and resources: ["deployments"]'
  },
  { name: 'of other groups', in: withRule(res('certificates', 'cert-manager.io')), want: [] },
  {
    name: 'of other groups in capitals',
    in: withRule(res('Certificates', 'cert-manager.io')),
    want: ['6:54? unknown-resource']
  },
  { name: 'in any group', in: withRule('resources: [{group: "*", resources: [widgets, pods]}]'), want: [] },
  { name: 'singular in any group', in: withRule(res('pod', '*')), want: ['6:40? unknown-resource'] },
  { name: 'of the kubelet', in: withRule(res('nodes/metrics')), want: ['6:39. authorization-only'] },
  {
    name: 'verbs that it has not',
    in: withRule(`verbs: [create, delete]\n  ${res('pods/log')}`),
    want: ['7:39. verb-not-served']
  },
  { name: 'one verb that it has', in: withRule(`verbs: [create, get]\n  ${res('pods/log')}`), want: [] }
]

const SCOPES: readonly Row[] = [
  {
    name: 'nodes in a namespace',
    in: withRule(`namespaces: [prod]\n  ${res('nodes')}`),
    want: ['7:39? cluster-scoped']
  },
  {
    name: 'subresource of nodes',
    in: withRule(`namespaces: [prod]\n  ${res('nodes/status')}`),
    want: ['7:39? cluster-scoped']
  },
  {
    name: 'a whole group',
    in: withRule('namespaces: [prod]\n  resources: [{group: node.k8s.io}]'),
    want: ['7:15? cluster-scoped']
  },
  { name: 'nodes and no namespace', in: withRule(`namespaces: [prod, ""]\n  ${res('nodes')}`), want: [] },
  { name: 'a namespace lies in itself', in: withRule(`namespaces: [prod]\n  ${res('namespaces')}`), want: [] },
  {
    name: 'but not when it is made',
    in: withRule(`namespaces: [prod]\n  verbs: [create]\n  ${res('namespaces')}`),
    want: ['8:39? cluster-scoped']
  },
  { name: 'no namespace for any', in: withRule(`namespaces: [""]\n  ${res('pods')}`), want: ['6:16? empty-namespace'] },
  { name: 'no namespace for nodes', in: withRule(`namespaces: [""]\n  ${res('nodes')}`), want: [] },
  {
    name: 'names of what is made',
    in: withRule('verbs: [create]\n  resources: [{resources: [pods], resourceNames: [a]}]'),
    want: ['7:50? nameless'],
    fix: 'take resourceNames out'
  },
  {
    name: 'names of what is made or changed',
    in: withRule('verbs: [create, patch, update]\n  resources: [{resources: [pods], resourceNames: [a]}]'),
    want: ['7:50. nameless']
  },
  {
    name: 'names of lists',
    in: withRule('verbs: [list]\n  resources: [{resources: [pods], resourceNames: [a]}]'),
    want: []
  },
  {
    name: 'names of what a token is made for',
    in: withRule('verbs: [create]\n  resources: [{resources: [serviceaccounts/token], resourceNames: [a]}]'),
    want: []
  },
  { name: 'URL of a resource', in: withRule('nonResourceURLs: ["/api/v1/pods*"]'), want: ['6:21? resource-url'] },
  { name: 'URLs of none', in: withRule('nonResourceURLs: ["/api/v1*", "/apis/apps/*", /metrics]'), want: [] },
  { name: 'bodies of URLs', in: withLevel('Request', 'nonResourceURLs: [/version]'), want: ['5:10. url-level'] }
]

const REACH: readonly Row[] = [
  {
    name: 'hidden',
    in: `${HEAD}${REST}- level: Request\n  resources: [{group: apps}]\n`,
    want: ['6:3? unreachable'],
    fix: 'move it above line 5, or take it out'
  },
  {
    name: 'hidden by two together',
    in: `${HEAD}- level: None\n  nonResourceURLs: ["*"]\n- level: Metadata\n  resources: [{group: "*"}]\n- level: Request\n`,
    want: ['9:3? unreachable']
  },
  {
    name: 'the same again',
    in: `${HEAD}${REST}${REST}`,
    want: ['6:3? unreachable'],
    fix: 'take it out: it would change nothing'
  },
  {
    name: 'all None',
    in: `${HEAD}- level: None\n`,
    want: ['5:1? logs-nothing'],
    fix: 'write level: Metadata on line 5, or put rules that log above it'
  },
  {
    name: 'logs what None takes',
    in: `${HEAD}- level: None\n${REST}`,
    want: ['5:1? logs-nothing', '6:3? unreachable'],
    fix: 'take out the rule - level: None on line 5, or move it below line 6'
  },
  {
    name: 'catch-all below another',
    in: `${HEAD}${REST}- level: Request\n`,
    want: ['6:3? unreachable'],
    fix: 'take out the rule on line 5, or this one'
  },
  {
    name: 'one alone takes all, others some',
    in: `${HEAD}- level: Metadata\n  verbs: [get]\n${REST}- level: None\n  namespaces: [a]\n`,
    want: ['8:3? unreachable'],
    fix: 'move it above line 7, or take it out'
  },
  {
    name: 'hides secrets, but never matches',
    in: withLevel('None', 'users: ["system:*"]'),
    want: ['6:11? wildcard']
  },
  {
    name: 'behind one that never matches',
    in: `${HEAD}- level: None\n  users: ["system:*"]\n- level: None\n  verbs: [watch]\n${REST}`,
    want: ['6:11? wildcard', '7:3? hides-secrets', '7:3. cis-3.2.2']
  },
  {
    name: 'not the refused',
    in: `${HEAD}- level: Metadata\n  userGroups: ["system:authenticated"]\n`,
    want: ['5:1. unauthenticated']
  },
  {
    name: 'not the refused, by level',
    in: `${HEAD}- level: Metadata\n  userGroups: ["system:authenticated"]\n- level: None\n`,
    want: ['7:3. unauthenticated'],
    fix: 'write level: Metadata here, or give the rule the users or userGroups that it is meant for'
  },
  {
    name: 'not the refused, by stage',
    in: `${HEAD.replace('[RequestReceived]', '[ResponseStarted, RequestReceived]')}${REST}`,
    want: ['3:13. unauthenticated'],
    fix: 'keep ResponseStarted'
  }
]

const SECRETS: readonly Row[] = [
  {
    name: 'by name',
    in: withLevel('Request', res('secrets')),
    want: ['5:3? secret-body'],
    fix: 'log secrets at level Metadata, in a rule above this one'
  },
  {
    name: 'by wildcard',
    in: withLevel('RequestResponse', 'resources: [{group: "", resources: ["*"]}]'),
    want: ['5:3? secret-body', '5:3. configmap-body']
  },
  {
    name: 'by group',
    in: withLevel('Request', 'resources: [{group: "*"}]'),
    want: ['5:3? secret-body', '5:3. configmap-body']
  },
  { name: 'without resources', in: `${HEAD}- level: Request\n`, want: ['5:3? secret-body', '5:3. configmap-body'] },
  { name: 'by reading alone', in: withLevel('Request', 'verbs: [get, list, watch]'), want: [] },
  {
    name: 'by an answer',
    in: withLevel('RequestResponse', `verbs: [get]\n  ${res('secrets')}`),
    want: ['5:3? secret-body']
  },
  { name: 'by a watch', in: withLevel('RequestResponse', 'verbs: [watch]'), want: [] },
  { name: 'token that is asked for', in: withLevel('Request', res('serviceaccounts/token')), want: [] },
  {
    name: 'token that is given',
    in: withLevel('RequestResponse', res('serviceaccounts/*')),
    want: ['5:3? secret-body']
  },
  {
    name: 'token that is checked',
    in: withLevel('Request', 'resources: [{group: authentication.k8s.io}]'),
    want: ['5:3? secret-body']
  },
  { name: 'ConfigMaps', in: withLevel('Request', res('configmaps')), want: ['5:3. configmap-body'] },
  {
    name: 'behind a rule for them',
    in: `${HEAD}- level: Metadata\n  resources: [{resources: [secrets, configmaps]}, {group: authentication.k8s.io}]\n- level: Request\n`,
    want: []
  },
  {
    name: 'behind a rule for some of them',
    in: `${HEAD}- level: Metadata\n  namespaces: [prod]\n  resources: [{resources: [secrets, configmaps]}]\n- level: Request\n`,
    want: ['8:3? secret-body', '8:3. configmap-body']
  },
  {
    name: 'hidden',
    in: withLevel('None', 'verbs: [get, list, watch]'),
    want: ['5:3? hides-secrets', '5:3. cis-3.2.2']
  },
  { name: 'hidden for many', in: withLevel('None', 'userGroups: ["system:nodes"]'), want: ['5:3? hides-secrets'] },
  { name: 'hidden for one', in: withLevel('None', 'users: ["system:kube-scheduler"]'), want: ['5:3. hides-secrets'] },
  { name: 'not hidden', in: withLevel('None', `users: ["system:kube-scheduler"]\n  ${res('pods')}`), want: [] },
  {
    name: 'not logged at all',
    in: `${HEAD}- level: Metadata\n  ${res('pods')}\n- level: None\n`,
    want: ['7:3. cis-3.2.2']
  },
  { name: 'anonymous', in: withLevel('None', 'users: ["system:anonymous"]'), want: ['5:3? hides-anonymous'] },
  {
    name: 'anonymous probes',
    in: withLevel('None', 'userGroups: ["system:unauthenticated"]\n  nonResourceURLs: [/livez]'),
    want: []
  }
]

const STAGE_ROWS: readonly Row[] = [
  { name: 'twice', in: `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${REST}`, want: ['4:3. request-received'] },
  {
    name: 'twice in one rule',
    in: `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n  verbs: [get]\n- level: Metadata\n  omitStages: [RequestReceived]\n`,
    want: ['4:3. request-received']
  },
  {
    name: 'once by rules',
    in: `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n  omitStages: [RequestReceived]\n`,
    want: []
  },
  {
    name: 'no stage',
    in: withRule('verbs: [get]\n  omitStages: [ResponseStarted, ResponseComplete, Panic]'),
    want: ['7:15? no-stages', '5:3. cis-3.2.2']
  },
  {
    name: 'no stage but of streams',
    in: withRule('verbs: [get]\n  omitStages: [ResponseComplete]'),
    want: ['7:15? no-stages']
  },
  {
    name: 'no end',
    in: `apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [ResponseComplete]\nrules:\n${REST}`,
    want: ['3:13. no-answers']
  },
  {
    name: 'no answers',
    in: `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: RequestResponse\n  omitStages: [ResponseComplete]\n  resources: [{group: apps}]\n- level: Metadata\n  omitStages: [RequestReceived]\n`,
    want: ['5:15? no-answers']
  },
  { name: 'more documents', in: `${HEAD}${REST}---\na: b\n`, want: ['6:1? more-documents'] }
]

const TABLES = { WORDS, VERBS, SENDERS, GROUPS, RESOURCES, SCOPES, REACH, SECRETS, STAGE_ROWS }

t.test('lint rules', t => {
  for (const [name, rows] of Object.entries(TABLES)) {
    t.test(name, t => {
      check(t, rows)
      t.end()
    })
  }
  const wanted = Object.values(TABLES).flatMap(rows => rows.flatMap(row => row.want))
  for (const { code } of LINT_RULES) {
    t.ok(
      wanted.some(each => each.endsWith(` ${code.replace(/^policy-/, '')}`)),
      `${code} is tried`
    )
  }
  t.end()
})

t.test('what a finding says', t => {
  const message = (text: string): string => lint(text)[0]?.message ?? ''
  t.match(message(withRule('verbs: ["*"]')), /letter by letter.*; and so the whole rule never matches$/)
  t.notMatch(message(withRule('verbs: ["*", get]')), /whole rule/, 'another verb is left')
  t.match(message(withRule('resources: [{resources: [pod]}, {group: core}]')), /whole rule/, 'no entry is left')
  t.notMatch(message(withRule('resources: [{resources: [pod]}, {group: apps}]')), /whole rule/, 'an entry is left')
  t.match(
    message(`${HEAD}- level: None\n  nonResourceURLs: ["*"]\n- level: None\n  resources: [{group: "*"}]\n${REST}`),
    /no request/
  )
  t.match(message(`${HEAD}${REST}- level: None\n`), /the rule on line 5 takes all that it would match/)
  const two = `${HEAD}- level: Metadata\n  nonResourceURLs: ["*"]\n- level: Metadata\n  namespaces: [x]\n- level: Metadata\n  resources: [{group: "*"}]\n- level: Request\n`
  t.match(message(two), /the rules on lines 5, 7 and 9 together take all/)
  t.match(message(withLevel('Request', res('*'))), /at level Request the contents of Secrets get into the log/)
  for (const finding of Object.values(TABLES).flatMap(rows => rows.flatMap(row => lint(row.in, row.minor)))) {
    const { line = 0, column = 0, message, remediation = '', file } = finding
    t.ok(line > 0 && column > 0 && file === 'policy.yaml' && message.length > 20 && remediation !== '', finding.code)
  }
  t.end()
})

t.test('the verdict', t => {
  const verdict = (text: string, minor = 36): readonly boolean[] => {
    const { accepted, lenient } = lintPolicy(text, 'p', at(minor))
    return [accepted, lenient]
  }
  t.same(verdict(`${HEAD}${REST}`), [true, false])
  t.same(verdict(withRule('verb: [get]')), [true, true])
  t.same(verdict(withRule('resources: [{group: "*"}]'), 35), [false, false])
  t.same(verdict('a: ['), [false, false])
  const broken = lint(withRule('verbs: ["*"]\n  level: Foo'))
  t.equal(broken.at(-1)?.code, 'policy-more-may-follow')
  t.notOk(
    broken.some(each => each.code === 'policy-wildcard'),
    'what the server rejects is mended first'
  )
  const order = lint(withRule('verbs: ["*", get, get]\n  verb: [a]')).map(each => SEVERITIES.indexOf(each.severity))
  t.same(order, [...order].sort(), 'the gravest first')
  t.end()
})

t.test('very long policies', t => {
  const many = (count: number): string => `${HEAD}${'- level: Metadata\n  users: [a]\n'.repeat(count)}${REST}`
  const codesOf = (text: string): string[] => [...new Set(lint(text).map(each => each.code))]
  t.same(codesOf(many(149)), ['policy-unreachable'])
  t.same(codesOf(many(150)), ['policy-many-rules'])
  t.equal(lint(many(149)).length, 20, 'the first of the rules that are hidden')
  t.equal(lint(withRule(`verbs: [${Array(80).fill('"*"').join()}]`)).length, 50, 'the first words of a kind')
  t.end()
})

t.test('blocking-strict', t => {
  const gaps = (text: string, mode: string): string[] => {
    const { policy } = decodePolicy(text, 'p', at())
    return policy ? strictModeGaps(policy, 'p', mode).map(each => `${brief(each)} ${each.field ?? ''}`) : ['rejected']
  }
  t.same(gaps(`${HEAD}${REST}`, 'blocking-strict'), ['5:1? strict-mode omitStages'])
  t.same(gaps(`${HEAD}${REST}`, 'blocking'), [])
  const bare = HEAD.replace(/omitStages.*\n/, '')
  t.same(gaps(`${bare}${REST}`, 'blocking-strict'), [])
  t.same(gaps(`${bare}- level: None\n  omitStages: [RequestReceived]\n${REST}`, 'blocking-strict'), [])
  const own = `${bare}${REST}- level: Request\n  omitStages: [RequestReceived]\n`
  t.same(gaps(own, 'blocking-strict'), ['5:1? strict-mode rules[1].omitStages'])
  t.end()
})

const CIS = [
  { name: 'all at Metadata', in: REST, want: [] },
  {
    name: 'no rest',
    in: '- level: Metadata\n  resources: [{group: ""}, {group: apps}, {group: authentication.k8s.io}]\n',
    want: ['widgets']
  },
  {
    name: 'pods alone',
    in: '- level: Metadata\n  resources: [{resources: ["pods", "pods/*"]}]\n',
    want: ['secrets', 'configmaps', 'tokenreviews', 'deployments', 'services/proxy', 'widgets']
  },
  {
    name: 'no deletes of many',
    in: `- level: None\n  verbs: [deletecollection]\n  resources: [{group: apps}]\n${REST}`,
    want: ['deployments']
  },
  {
    name: 'no exec over WebSocket',
    in: `- level: None\n  verbs: [get]\n  resources: [{resources: ["pods/exec"]}]\n${REST}`,
    want: ['pods/exec']
  },
  {
    name: 'one namespace less',
    in: `- level: None\n  namespaces: [dev]\n  resources: [{group: apps}]\n${REST}`,
    want: ['deployments']
  },
  {
    name: 'one ConfigMap less',
    in: `- level: None\n  resources: [{resources: [configmaps], resourceNames: [lock]}]\n${REST}`,
    want: []
  },
  {
    name: 'the control plane less',
    in: `- level: None\n  users: ["system:apiserver"]\n- level: None\n  userGroups: ["system:nodes"]\n${REST}`,
    want: []
  },
  {
    name: 'everybody less',
    in: `- level: None\n  userGroups: ["system:authenticated"]\n  resources: [{resources: [secrets]}]\n${REST}`,
    want: ['secrets']
  },
  {
    name: 'no stage left',
    in: `- level: Metadata\n  omitStages: [ResponseStarted, ResponseComplete]\n  resources: [{resources: [secrets]}]\n${REST}`,
    want: ['secrets']
  }
] as const

t.test('CIS 3.2.2', t => {
  for (const row of CIS) {
    const { policy } = decodePolicy(`${HEAD}${row.in}`, 'p', at())
    t.same(policy && cisGaps(policy).flatMap(gap => gap.missing), row.want, row.name)
  }
  t.end()
})

// what the templates are for, and they say so: what is sent about the ConfigMaps of kube-system, and all of it for Falco
const UNAVOIDABLE: Readonly<Record<string, readonly string[]>> = {
  exam: ['policy-configmap-body'],
  falco: ['policy-configmap-body']
}

t.test('templates', t => {
  for (const [name, { text }] of Object.entries(POLICY_TEMPLATES)) {
    for (let minor = 29; minor <= 36; minor++) {
      const { accepted, lenient, findings } = lintPolicy(text, name, at(minor))
      t.ok(accepted && !lenient, `${name} in 1.${minor}`)
      const said = findings.map(each => `${each.severity} ${each.code}`)
      t.same(
        said,
        (UNAVOIDABLE[name] ?? []).map(code => `info ${code}`),
        `${name} in 1.${minor}, findings`
      )
    }
  }
  t.end()
})

const FALCO = [
  { in: 'create pods', want: 'RequestResponse' },
  { in: 'patch pods/ephemeralcontainers', want: 'RequestResponse' },
  { in: 'create configmaps', want: 'Request' },
  { in: 'create services', want: 'Request' },
  { in: 'create clusterrolebindings rbac.authorization.k8s.io', want: 'Request' },
  { in: 'create ingresses networking.k8s.io', want: 'Request' },
  { in: 'get pods/exec', want: 'Metadata' },
  { in: 'delete namespaces', want: 'Metadata' },
  { in: 'create nodes', want: 'Metadata' },
  { in: 'get secrets', want: 'Metadata' },
  { in: 'get secrets by system:kube-controller-manager', want: 'Metadata' },
  { in: 'get configmaps by system:kube-controller-manager', want: 'None' }
]

t.test('the template for Falco', t => {
  const { policy } = decodePolicy(POLICY_TEMPLATES.falco.text, 'p', at())
  for (const row of FALCO) {
    const [asked = '', user = 'jane'] = row.in.split(' by ')
    const [verb = '', kind = '', apiGroup = ''] = asked.split(' ')
    const [resource = '', subresource = ''] = kind.split('/')
    const request = { user, groups: [], verb, resourceRequest: true, apiGroup, resource, subresource }
    const decision = policy && evaluate(policy, { ...request, namespace: 'n', name: 'x', path: '' })
    t.equal(decision?.level, row.want, row.in)
    t.notOk(decision?.omitStages.includes('ResponseStarted'), `${row.in}: the start of the answer`)
  }
  t.end()
})

t.test('built-in resources', t => {
  const keys = RESOURCE_KINDS.map(({ group, name }) => `${group}/${name}`)
  t.same(keys, [...new Set(keys)].sort(), 'each once, in order')
  for (const { group, name, verbs, since = 29, until = 37, subresources = {} } of RESOURCE_KINDS) {
    t.match(name, /^[a-z]+$/, `${group}/${name}`)
    const all = [...verbs, ...Object.values(subresources).flatMap(each => each.verbs)]
    t.ok(
      all.every(verb => RESOURCE_VERBS.some(each => each === verb)) && since < until && since >= 29,
      `${group}/${name}`
    )
  }
  const served = (group: string, name: string): number[] =>
    [29, 30, 31, 32, 33, 34, 35, 36].filter(minor => isServed(resourceKind(group, name) ?? { since: 99 }, at(minor)))
  t.same(served('', 'pods').length, 8)
  t.same(served('resource.k8s.io', 'resourceclassparameters'), [30])
  t.same(served('scheduling.k8s.io', 'workloads'), [35, 36])
  t.same(resourceKind('', 'pods')?.subresources?.exec?.verbs, ['get', 'create'])
  t.same(resourceKind('', 'nodes')?.namespaced, false)
  t.end()
})

const word = fc.constantFrom(
  ...[
    '',
    '*',
    ' get',
    'get',
    'GET',
    'pods',
    'pod',
    'pods/exec',
    'pods/*',
    '*/*',
    '*/status',
    'constructor',
    '__proto__'
  ],
  ...['system:nodes', 'system:*', 'kube-system', 'nodes', 'secrets', 'a/b/c', 'deployments.apps', 'toString', '/', 'é']
)
const words = fc.array(word, { maxLength: 3 })
const group = fc.constantFrom(
  '',
  'apps',
  'core',
  'rbac',
  'extensions',
  'x.io',
  '*',
  'policy',
  'constructor',
  'metrics.k8s.io'
)
const entry = fc.record({ group, resources: words, resourceNames: words }, { requiredKeys: [] })
const anyRule = fc.record(
  {
    level: fc.constantFrom(...LEVELS),
    users: words,
    userGroups: words,
    verbs: words,
    namespaces: words,
    resources: fc.array(entry, { maxLength: 2 }),
    nonResourceURLs: fc.array(fc.constantFrom('*', '/api*', '/', '/api/v1/pods', '/healthz'), { maxLength: 2 }),
    omitStages: fc.subarray([...STAGES])
  },
  { requiredKeys: ['level'] }
)

t.test('lint says something about any policy, and never throws', t => {
  const runs = Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 300)
  const policies = fc.record({
    rules: fc.array(anyRule, { minLength: 1, maxLength: 5 }),
    omitStages: fc.subarray([...STAGES])
  })
  fc.assert(
    fc.property(policies, fc.integer({ min: 22, max: 37 }), (rest, minor) => {
      const text = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', ...rest }, null, 1)
      const { accepted, findings } = lintPolicy(text, 'p', at(minor))
      const last = text.split('\n').length
      const isPlaced = findings.every(({ line = 0, column = 0 }) => line > 0 && line <= last && column > 0)
      return isPlaced && accepted === !findings.some(each => each.severity === 'error')
    }),
    { numRuns: runs }
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), text => lintPolicy(text, 'p', at()).accepted === false),
    { numRuns: runs }
  )
  t.pass('no counterexample')
  t.end()
})

const CORPUS = join(import.meta.dirname, '../../../shared/corpus')

t.test(
  'policies from public repositories',
  { skip: existsSync(CORPUS) ? false : 'no corpus beside the project' },
  t => {
    const files = readdirSync(CORPUS).filter(file => /polic/.test(file))
    for (const file of files) {
      const text = readFileSync(join(CORPUS, file), 'utf8')
      const lines = text.split('\n')
      for (const minor of [29, 36]) {
        const { accepted, findings } = lintPolicy(text, file, at(minor))
        t.equal(decodePolicy(text, file, at(minor)).policy !== null, accepted, `${file} in 1.${minor}`)
        for (const { line = 0, column = 0, code, severity, message } of findings) {
          const isThere = column <= (lines[line - 1] ?? '').length + 1
          t.ok(isThere && message.length < 400, `${file}:${line}:${column} ${code}`)
          t.ok(severity !== 'error' || !accepted, `${file}: an error is what the server rejects`)
        }
      }
    }
    t.comment(`${files.length} files read`)
    t.ok(files.length > 0)
    t.end()
  }
)
