import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { auditEventReader } from '../../src/falco/audit-event-reader.ts'
import { fieldMemo } from '../../src/falco/field-memo.ts'
import { k8sAuditSource } from '../../src/falco/k8s-audit-source.ts'
import { loadRules } from '../../src/falco/load-rules.ts'
import { PRIORITIES } from '../../src/falco/priorities.ts'
import { ruleEngine } from '../../src/falco/rule-engine.ts'
import { RULE_TEMPLATE_NAMES, ruleTemplate } from '../../src/falco/rule-templates.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const EVENTS = join(root, '../shared/falco/events')

interface Told {
  readonly rule: string
  readonly stage: string
  readonly message: string
}

const load = (...more: readonly string[]) => {
  const memo = fieldMemo(k8sAuditSource())
  const texts = [ruleTemplate('baseline'), ...more]
  const loaded = loadRules(
    texts.map((content, index) => ({ name: `${index}.yaml`, content })),
    { memos: [memo] }
  )
  const options = { matching: 'all', leastPriority: PRIORITIES[7] } as const
  const judge = ruleEngine(loaded.rules, memo, options)
  return {
    loaded,
    told: (lines: readonly string[]): Told[] => {
      const told: Told[] = []
      let stage = ''
      const { readLine } = auditEventReader(event =>
        judge(event, rule => told.push({ rule: rule.name, stage, message: rule.format.message(event) }))
      )
      for (const line of lines) {
        const bytes = Buffer.from(line)
        stage = /"stage":"(\w+)"/.exec(line)?.[1] ?? ''
        readLine(bytes, 0, bytes.length, why => t.comment(why))
      }
      return told
    }
  }
}

/** A request, as far as rules look at it. */
interface Request {
  readonly user?: string
  readonly groups?: readonly string[]
  readonly as?: { readonly username: string; readonly groups?: readonly string[] }
  readonly verb?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly uri?: string
  readonly code?: number
  readonly body?: unknown
}

const STREAMS = ['exec', 'attach', 'portforward', 'proxy', 'log']

/** The events of a request at every stage, as kube-apiserver writes them with a policy that omits none. */
const eventsOf = (request: Request): string[] => {
  const { user = 'jana', groups = ['system:authenticated'], as, verb = 'get', code = 200, body } = request
  const { resource, subresource, namespace, name, uri = `/api/v1/${resource ?? ''}` } = request
  const isStream = verb === 'watch' || STREAMS.includes(subresource ?? '')
  const event = (stage: string, more: object) =>
    JSON.stringify({
      ...{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Request', auditID: '6e0c2e5b', stage },
      ...{ requestURI: uri, verb, user: { username: user, groups }, impersonatedUser: as },
      ...{ sourceIPs: ['192.0.2.7'], userAgent: 'kubectl/v1.36.0' },
      objectRef: resource === undefined ? undefined : { resource, subresource, namespace, name },
      ...more,
      ...{ requestReceivedTimestamp: '2026-03-01T10:00:00.000000Z', stageTimestamp: '2026-03-01T10:00:00.010000Z' }
    })
  const answer = {
    responseStatus: { code },
    requestObject: body,
    annotations: { 'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow' }
  }
  return [
    event('RequestReceived', {}),
    ...(isStream ? [event('ResponseStarted', answer)] : []),
    event('ResponseComplete', answer)
  ]
}

const ACCOUNT = 'system:serviceaccount:shop:web'
const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller'
const pod = (spec: object): Request => ({
  verb: 'create',
  resource: 'pods',
  namespace: 'shop',
  code: 201,
  body: { spec }
})
const deployment = (spec: object): Request => ({
  ...{ verb: 'patch', resource: 'deployments', namespace: 'shop', name: 'web' },
  body: { spec: { template: { spec } } }
})
const role = (rule: object): Request => ({
  ...{ verb: 'create', resource: 'clusterroles', name: 'helper', code: 201, body: { rules: [rule] } }
})
const binding = (name: string, more: Request = {}): Request => ({
  ...{ verb: 'create', resource: 'rolebindings', namespace: 'shop', name: 'web-view', code: 201 },
  body: { roleRef: { kind: 'ClusterRole', name }, subjects: [{ kind: 'User', name: 'jana' }] },
  ...more
})
const label = (verb: string, value: unknown): Request => ({
  ...{ verb, resource: 'namespaces', namespace: 'shop', name: 'shop' },
  body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': value } } }
})
const secret = (more: Request): Request => ({ resource: 'secrets', namespace: 'shop', name: 'db', ...more })
const stream = (subresource: string, more: Request = {}): Request => ({
  ...{ verb: 'create', resource: 'pods', subresource, namespace: 'shop', name: 'web-0', code: 101 },
  uri: `/api/v1/namespaces/shop/pods/web-0/${subresource}?command=sh&container=web`,
  ...more
})

/** What a request makes the rules tell. `spares` names the rule that it nearly, and not quite, makes speak. */
interface Row {
  readonly name: string
  readonly request: Request
  readonly want: readonly string[]
  readonly spares?: string
}

const fires = (rule: string, name: string, request: Request, ...others: readonly string[]): Row => ({
  ...{ name, request, want: [rule, ...others] }
})
const spares = (rule: string, name: string, request: Request, ...others: readonly string[]): Row => ({
  ...{ name, request, want: others, spares: rule }
})

const PRIVILEGED = { containers: [{ name: 'a', securityContext: { privileged: true } }] }
const ORDINARY = { containers: [{ name: 'a', env: [{ name: 'X', value: '"privileged":true "hostPID":true' }] }] }
const WEBHOOKS: Request = { verb: 'patch', resource: 'validatingwebhookconfigurations', name: 'guard' }
const KUBE_PROXY: Request = { verb: 'patch', resource: 'daemonsets', namespace: 'kube-system', name: 'kube-proxy' }
const CSR: Request = { verb: 'update', resource: 'certificatesigningrequests', subresource: 'approval', name: 'jana' }
const JOIN: Request = { resource: 'secrets', namespace: 'kube-system', name: 'kubeadm-certs' }
const TOKEN: Request = { verb: 'create', resource: 'serviceaccounts', subresource: 'token', name: 'web', code: 201 }

const ROWS: readonly Row[] = [
  fires('Anonymous Request Allowed', 'pods without a name', { user: 'system:anonymous', resource: 'pods' }),
  fires('Anonymous Request Allowed', 'metrics without a name', { user: 'system:anonymous', uri: '/metrics' }),
  fires('Anonymous Request Allowed', 'a path that begins as one of those', {
    ...{ user: 'system:anonymous', uri: '/versions' }
  }),
  spares('Anonymous Request Allowed', 'refused', { user: 'system:anonymous', resource: 'pods', code: 403 }),
  spares('Anonymous Request Allowed', 'health', { user: 'system:anonymous', uri: '/readyz?verbose=true' }),
  spares('Anonymous Request Allowed', 'kubeadm join', {
    ...{ user: 'system:anonymous', resource: 'configmaps', namespace: 'kube-public', name: 'cluster-info' }
  }),

  fires('Join Secret Read', 'the keys of the authorities', JOIN, 'Secret Read'),
  fires('Join Secret Read', 'by a node that joins', { ...JOIN, user: 'system:bootstrap:abcdef' }),
  fires('Join Secret Read', 'a token', { ...JOIN, name: 'bootstrap-token-abcdef' }, 'Secret Read'),
  spares('Join Secret Read', 'the controller that takes old tokens away', {
    ...{ ...JOIN, name: 'bootstrap-token-abcdef', user: 'system:serviceaccount:kube-system:token-cleaner' }
  }),
  spares('Join Secret Read', 'the same name elsewhere', { ...JOIN, namespace: 'shop' }, 'Secret Read'),

  fires('Bound to cluster-admin', 'in a namespace', binding('cluster-admin')),
  fires('Bound to cluster-admin', 'subjects of the binding of that name', {
    ...{ verb: 'patch', resource: 'clusterrolebindings', name: 'cluster-admin', body: { subjects: [] } }
  }),
  spares('Bound to cluster-admin', 'to another role', binding('view')),
  spares('Bound to cluster-admin', 'refused', binding('cluster-admin', { code: 403 }), 'Request Forbidden'),
  spares('Bound to cluster-admin', 'as the API server starts', binding('cluster-admin', { user: 'system:apiserver' })),

  fires('Privileged Workload Written', 'a pod', pod(PRIVILEGED)),
  fires('Privileged Workload Written', 'an init container', pod({ initContainers: PRIVILEGED.containers })),
  fires('Privileged Workload Written', 'a patch of a Deployment', { ...deployment(PRIVILEGED), user: ACCOUNT }),
  fires('Privileged Workload Written', 'a CronJob', {
    ...{ verb: 'create', resource: 'cronjobs', namespace: 'shop', code: 201 },
    body: { spec: { jobTemplate: { spec: { template: { spec: PRIVILEGED } } } } }
  }),
  spares('Privileged Workload Written', 'the controller that makes the pods', { ...pod(PRIVILEGED), user: CONTROLLER }),
  spares('Privileged Workload Written', 'words in a variable', pod(ORDINARY)),
  spares('Privileged Workload Written', 'a look at a pod', { ...pod(PRIVILEGED), verb: 'get', code: 200 }),

  fires('Workload With the Node Written', 'a path', pod({ volumes: [{ name: 'a', hostPath: { path: '/' } }] })),
  fires('Workload With the Node Written', 'the network', deployment({ hostNetwork: true })),
  fires('Workload With the Node Written', 'the processes', pod({ hostPID: true })),
  fires('Workload With the Node Written', 'IPC', pod({ hostIPC: true })),
  spares('Workload With the Node Written', 'said to be false', pod({ hostNetwork: false, hostPID: false })),
  spares('Workload With the Node Written', 'words in a variable', pod(ORDINARY)),
  spares('Workload With the Node Written', 'the mirror pod of a kubelet', {
    ...{ ...pod({ hostNetwork: true }), namespace: 'kube-system', user: 'system:node:cp-1' }
  }),

  fires('Admission Changed', 'a webhook', WEBHOOKS),
  fires('Admission Changed', 'all of them', { ...WEBHOOKS, verb: 'deletecollection' }, 'Many Deleted at Once'),
  fires('Admission Changed', 'a policy', { ...WEBHOOKS, verb: 'delete', resource: 'validatingadmissionpolicies' }),
  spares('Admission Changed', 'a look at it', { ...WEBHOOKS, verb: 'get' }),
  spares('Admission Changed', 'the status of a policy', {
    ...{ verb: 'update', resource: 'validatingadmissionpolicies', subresource: 'status', name: 'guard' }
  }),

  fires('Pod Security Label Lowered', 'to privileged', label('patch', 'privileged')),
  fires('Pod Security Label Lowered', 'to baseline', label('patch', 'baseline')),
  fires('Pod Security Label Lowered', 'taken away', label('patch', null)),
  fires('Pod Security Label Lowered', 'not there any more', label('update', undefined)),
  fires('Pod Security Label Lowered', 'a new namespace with none', label('create', 'privileged')),
  fires('Pod Security Label Lowered', 'by a JSON patch', {
    ...{ verb: 'patch', resource: 'namespaces', name: 'shop' },
    body: [{ op: 'remove', path: '/metadata/labels/pod-security.kubernetes.io~1enforce' }]
  }),
  spares('Pod Security Label Lowered', 'to restricted', label('patch', 'restricted')),
  spares('Pod Security Label Lowered', 'restricted still', label('update', 'restricted')),
  spares('Pod Security Label Lowered', 'another label', {
    ...{ verb: 'patch', resource: 'namespaces', name: 'shop', body: { metadata: { labels: { team: 'blue' } } } }
  }),
  spares('Pod Security Label Lowered', 'a new namespace', label('create', undefined)),

  fires('Role With Escalation Written', 'impersonate', role({ verbs: ['get', 'impersonate'], resources: ['users'] })),
  fires('Role With Escalation Written', 'in a namespace', {
    ...{ ...role({ verbs: ['bind'], resources: ['roles'] }), resource: 'roles', namespace: 'shop' }
  }),
  spares('Role With Escalation Written', 'nothing of the kind', role({ verbs: ['get'], resources: ['escalate'] })),

  fires('Role With Wildcard Written', 'a verb', role({ verbs: ['*'], resources: ['pods'] })),
  fires('Role With Wildcard Written', 'a resource', role({ verbs: ['get'], resources: ['pods', '*'] })),
  spares('Role With Wildcard Written', 'none', role({ verbs: ['get'], resources: ['pods/*'] })),
  spares('Role With Wildcard Written', 'roles that grow with others', {
    ...{ ...role({ verbs: ['*'] }), user: 'system:serviceaccount:kube-system:clusterrole-aggregation-controller' }
  }),

  fires('Certificate Approved', 'by hand', CSR),
  spares('Certificate Approved', 'by the controller', {
    ...{ ...CSR, user: 'system:serviceaccount:kube-system:certificate-controller' }
  }),
  spares('Certificate Approved', 'asked for', {
    ...{ verb: 'create', resource: 'certificatesigningrequests', name: 'jana', code: 201 }
  }),

  fires('Service Account Token Created by Person', 'kubectl create token', TOKEN),
  spares('Service Account Token Created by Person', 'for a pod', { ...TOKEN, user: 'system:node:worker-1' }),
  spares('Service Account Token Created by Person', 'refused', { ...TOKEN, code: 403 }, 'Request Forbidden'),

  fires('Secret Read', 'by a person', secret({})),
  fires('Secret Read', 'a list by an account', { user: ACCOUNT, verb: 'list', resource: 'secrets' }),
  fires('Secret Read', 'a watch', secret({ verb: 'watch' })),
  spares('Secret Read', 'by a controller', secret({ user: 'system:serviceaccount:kube-system:job-controller' })),
  spares('Secret Read', 'by a kubelet', secret({ user: 'system:node:worker-1' })),
  spares('Secret Read', 'written', secret({ verb: 'update' })),
  spares('Secret Read', 'refused', secret({ code: 403 }), 'Request Forbidden'),

  fires('Command or Shell in Container', 'exec', stream('exec')),
  fires('Command or Shell in Container', 'attach, by a websocket', stream('attach', { verb: 'get' })),
  spares('Command or Shell in Container', 'refused', stream('exec', { code: 403 }), 'Request Forbidden'),
  spares('Command or Shell in Container', 'a log', stream('log', { verb: 'get', code: 200 })),

  fires('Ephemeral Container Added', 'kubectl debug', {
    ...{ verb: 'patch', resource: 'pods', subresource: 'ephemeralcontainers', namespace: 'shop', name: 'web-0' }
  }),
  spares('Ephemeral Container Added', 'the status of a pod', {
    ...{ verb: 'patch', resource: 'pods', subresource: 'status', namespace: 'shop', name: 'web-0' }
  }),

  fires('Port Forwarded', 'kubectl port-forward', stream('portforward')),
  spares('Port Forwarded', 'refused', stream('portforward', { code: 403 }), 'Request Forbidden'),

  fires('Proxied Through the API Server', 'to a kubelet', {
    ...{ user: ACCOUNT, verb: 'create', resource: 'nodes', subresource: 'proxy', name: 'worker-1' }
  }),
  spares('Proxied Through the API Server', 'a look at a node', { user: ACCOUNT, resource: 'nodes', name: 'proxy' }),

  fires('Many Deleted at Once', 'by a person', { verb: 'deletecollection', resource: 'pods', namespace: 'shop' }),
  spares('Many Deleted at Once', 'with its namespace', {
    ...{ verb: 'deletecollection', resource: 'pods', user: 'system:serviceaccount:kube-system:namespace-controller' }
  }),
  spares('Many Deleted at Once', 'one of them', { verb: 'delete', resource: 'pods', namespace: 'shop', name: 'a' }),

  fires('Workload in kube-system Changed by Person', 'kube-proxy', KUBE_PROXY),
  spares('Workload in kube-system Changed by Person', 'by its controller', {
    ...{ ...KUBE_PROXY, user: 'system:serviceaccount:kube-system:daemon-set-controller' }
  }),
  spares('Workload in kube-system Changed by Person', 'elsewhere', { ...KUBE_PROXY, namespace: 'shop' }),

  fires('Impersonation', 'as another user', { as: { username: 'mira' }, resource: 'pods' }),
  spares('Impersonation', 'as oneself', { resource: 'pods' }),

  fires('Request Forbidden', 'to a person', { verb: 'list', resource: 'nodes', code: 403 }),
  fires('Request Forbidden', 'to an account of the system', { user: CONTROLLER, resource: 'nodes', code: 403 }),
  spares('Request Forbidden', 'nobody it knows', { user: 'system:anonymous', resource: 'nodes', code: 403 }),
  spares('Request Forbidden', 'not there', { resource: 'pods', name: '403', code: 404 }),

  fires('Masters Used', 'super-admin.conf', { user: 'kubernetes-super-admin', groups: ['system:masters'] }),
  fires(
    'Masters Used',
    'taken on',
    { as: { username: 'jana', groups: ['system:masters'] }, resource: 'pods' },
    'Impersonation'
  ),
  spares('Masters Used', 'the API server itself', { user: 'system:apiserver', groups: ['system:masters'] }),
  spares('Masters Used', 'admins of kubeadm', { groups: ['kubeadm:cluster-admins', 'system:masters2'] })
]

t.test('each rule of ours speaks once for a request that it means, and not for one that is nearly so', async t => {
  const { told } = load()
  for (const { name, request, want, spares } of ROWS) {
    const found = told(eventsOf(request)).map(({ rule }) => rule)
    t.same(found.sort(), [...want].sort(), `${spares ?? want[0] ?? ''}: ${name}`)
  }
})

t.test('no rule of ours is without an example and a counterexample', async t => {
  const names = load().loaded.rules.map(({ name }) => name)
  t.ok(names.length >= 15, `${names.length} rules`)
  for (const name of names) {
    t.ok(
      ROWS.some(({ want }) => want[0] === name),
      `${name}: an example`
    )
    t.ok(
      ROWS.some(row => row.spares === name && !row.want.includes(name)),
      `${name}: a counterexample`
    )
  }
})

t.test('our rules load without an error or a warning, and say who did what from where', async t => {
  const { loaded } = load()
  t.ok(loaded.isSuccessful)
  t.same(
    loaded.results.flatMap(({ errors, warnings }) => [...errors, ...warnings].map(({ message }) => message)),
    []
  )
  for (const { name, output, source, tags, description } of loaded.rules) {
    t.equal(source, 'k8s_audit', name)
    t.match(output, /%ka\.user\.name .*%jevt\.value\[\/sourceIPs\/0\] .*%ka\.useragent/s, name)
    t.ok(tags.includes('k8s') && tags.some(tag => tag.startsWith('maturity_')), `${name}: tags`)
    t.ok(description.length > 30, `${name}: a description`)
  }
})

// of a Falco of today, and of the fields and operators of k8saudit 0.7
t.test('our rules ask for nothing that an older Falco does not have', async t => {
  const text = ruleTemplate('baseline')
  const since = k8sAuditSource()
    .classes.flatMap(({ fields }) => fields)
    .filter(field => 'since' in field && field.since !== undefined)
    .map(({ name }) => name)
  t.ok(since.length > 20, 'newer fields are known')
  for (const name of since) t.notOk(text.includes(name), name)
  t.notMatch(text, /\b(oneof|anyof|allof|regex|tolower|toupper|val|basename|concat|join)\b\s*\(/)
})

t.test('the lists are there to be added to', async t => {
  const empty = load()
  const lists = empty.loaded.lists.map(({ name }) => name).filter(name => name.startsWith('allowed_'))
  t.ok(lists.length >= 8, lists.join())
  const own = lists
    .map(name => `- {list: ${name}, items: [jana, /metrics, shop], override: {items: append}}`)
    .join('\n')
  const allowed = load(own)
  t.ok(allowed.loaded.isSuccessful)
  const spoke = (rows: readonly Row[]) => rows.flatMap(({ request }) => allowed.told(eventsOf(request)))
  for (const rule of ['Secret Read', 'Command or Shell in Container', 'Privileged Workload Written', 'Port Forwarded'])
    t.same(
      spoke(ROWS.filter(({ want, request }) => want[0] === rule && (request.user ?? 'jana') === 'jana')),
      [],
      `${rule}: by somebody who may`
    )
  const metrics: Request = { user: 'system:anonymous', uri: '/metrics' }
  t.same(allowed.told(eventsOf(metrics)), [], 'a path that may be asked without a name')
})

t.test('an alert says what was done', async t => {
  const { told } = load()
  const [shell] = told(
    eventsOf(stream('exec', { uri: '/api/v1/namespaces/shop/pods/web-0/exec?command=cat&command=a' }))
  )
  t.same(shell, {
    rule: 'Command or Shell in Container',
    stage: 'ResponseStarted',
    message:
      'Exec or attach to a container (user=jana as=<NA> how=exec pod=web-0 ns=shop container=<NA> command=cat uri=/api/v1/namespaces/shop/pods/web-0/exec?command=cat&command=a source=192.0.2.7 agent=kubectl/v1.36.0)'
  })
})

t.test('a template has to be there', async t => {
  t.same(RULE_TEMPLATE_NAMES, ['baseline'])
  t.throws(() => ruleTemplate('nope'), { code: 'USAGE', message: 'there is no template "nope"; there are baseline' })
  t.throws(() => ruleTemplate('toString'), { code: 'USAGE' })
})

const skip = existsSync(EVENTS) ? false : `NEEDS ${EVENTS}`
t.test('the public events of others are judged too', { skip }, async t => {
  const { told } = load()
  const files = readdirSync(EVENTS)
  const spoken = new Set(
    files.flatMap(file => told(readFileSync(join(EVENTS, file), 'utf8').split('\n'))).map(({ rule }) => rule)
  )
  t.ok(files.length > 10, `${files.length} files`)
  t.ok(spoken.size >= 4, [...spoken].join(', '))
})
