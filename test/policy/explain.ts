import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { askedRequest, isRequest, keysOfRequest } from '../../src/audit/asked-request.ts'
import { requestOf, requestOfEvent, verbOfMethod } from '../../src/audit/event-request.ts'
import { selectedName } from '../../src/audit/field-selector.ts'
import { STAGES } from '../../src/audit/level.ts'
import type { Request } from '../../src/audit/request.ts'
import { RESOURCE_KINDS } from '../../src/audit/resources.ts'
import { readCases } from '../../src/policy/cases.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { doubtsAbout } from '../../src/policy/doubts.ts'
import { explain } from '../../src/policy/explanation.ts'
import type { Policy, Rule } from '../../src/policy/policy.ts'
import { runCases } from '../../src/policy/run-cases.ts'
import { mismatchOf, passedRules } from '../../src/policy/why.ts'
import type { Unknown } from '../../src/text/guard.ts'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
const runs = Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 300)

const RULE: Rule = {
  line: 7,
  level: 'Metadata',
  users: [],
  userGroups: [],
  verbs: [],
  resources: [],
  namespaces: [],
  nonResourceURLs: [],
  omitStages: [],
  omitManagedFields: null
}
const REQUEST: Request = {
  user: 'alice',
  groups: ['dev'],
  verb: 'get',
  resourceRequest: true,
  apiGroup: '',
  resource: 'pods',
  subresource: 'log',
  namespace: 'prod',
  name: 'web',
  path: ''
}
const HEALTH: Request = {
  ...REQUEST,
  resourceRequest: false,
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '/healthz'
}
const policyOf = (...rules: Partial<Rule>[]): Policy => ({
  rules: rules.map(rule => ({ ...RULE, ...rule })),
  omitStages: [],
  omitManagedFields: false
})
const pods = (...resources: string[]) => ({ group: '', resources, resourceNames: [] })

t.test('why a rule does not match: its first selector that fails', async t => {
  const rows: [rule: Partial<Rule>, request: Request, field: string, message: string][] = [
    [{ users: ['bob'], verbs: ['list'] }, REQUEST, 'users', 'the user is alice, not bob'],
    [{ users: ['bob', 'c d'] }, { ...REQUEST, user: '' }, 'users', 'the user has no name, so not bob or "c d"'],
    [{ users: ['bob'] }, { ...REQUEST, user: null }, 'users', 'the sender is not known (401), so not bob'],
    [{ users: ['system:*'] }, REQUEST, 'users', 'the user is alice, not system:* (system:* is no wildcard here)'],
    [{ userGroups: ['ops'], verbs: ['list'] }, REQUEST, 'userGroups', 'the user is in dev, not in ops'],
    [{ userGroups: ['ops'] }, { ...REQUEST, groups: [] }, 'userGroups', 'the user is in no group, so not in ops'],
    [{ userGroups: ['ops'] }, { ...REQUEST, user: null }, 'userGroups', 'the sender is not known (401), so not in ops'],
    [{ verbs: ['list', 'watch'], namespaces: ['a'] }, REQUEST, 'verbs', 'the verb is get, not list or watch'],
    [{ verbs: ['*'] }, REQUEST, 'verbs', 'the verb is get, not * (* is no wildcard here)'],
    [{ verbs: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }, REQUEST, 'verbs', 'the verb is get, not a, b, c, d, e or 2 more'],
    [{ namespaces: ['a'], resources: [pods('x')] }, REQUEST, 'namespaces', 'the namespace is prod, not a'],
    [{ namespaces: ['a'] }, { ...REQUEST, namespace: '' }, 'namespaces', 'the request is in no namespace, so not in a'],
    [{ namespaces: ['a'] }, HEALTH, 'namespaces', 'the request is for /healthz, the rule for resources'],
    [{ resources: [pods()] }, HEALTH, 'resources', 'the request is for /healthz, the rule for resources'],
    [{ nonResourceURLs: ['/a*'] }, REQUEST, 'nonResourceURLs', 'the request is for a resource, the rule for URLs'],
    [{ nonResourceURLs: ['/a*', '/b'] }, HEALTH, 'nonResourceURLs', 'the path is /healthz, not /a* or /b'],
    [{ resources: [{ ...pods(), group: 'apps' }] }, REQUEST, 'resources', 'the API group is the core group, not apps'],
    [
      { resources: [pods('nodes', 'pods')] },
      REQUEST,
      'resources',
      'the resource is pods/log, not nodes or pods; pods does not take in its subresources'
    ],
    [{ resources: [pods('*/*')] }, REQUEST, 'resources', 'the resource is pods/log, not */* (*/* is no wildcard here)'],
    [
      { resources: [pods('nodes'), { ...pods('pods/*'), resourceNames: ['db'] }] },
      REQUEST,
      'resources',
      'the name is web, not db'
    ]
  ]
  for (const [rule, request, field, message] of rows)
    t.same(mismatchOf({ ...RULE, ...rule }, request), { field, message }, message)
  t.equal(mismatchOf(RULE, REQUEST), undefined)
})

const word = fc.constantFrom('', 'a', 'b', 'ab', '*', 'a/*', '*/b', '*/*', 'a/b', '/a', '/a*', '/ab')
const words = fc.array(word, { maxLength: 2 })
const anyRule: fc.Arbitrary<Rule> = fc.record({
  line: fc.constant(1),
  level: fc.constantFrom('None', 'Metadata', 'Request'),
  users: words,
  userGroups: words,
  verbs: words,
  resources: fc.array(fc.record({ group: word, resources: words, resourceNames: words }), { maxLength: 2 }),
  namespaces: words,
  nonResourceURLs: words,
  omitStages: fc.subarray([...STAGES]),
  omitManagedFields: fc.constantFrom(null, true, false)
})
const anyRequest: fc.Arbitrary<Request> = fc.record({
  user: fc.option(word),
  groups: words,
  verb: word,
  resourceRequest: fc.boolean(),
  apiGroup: word,
  resource: word,
  subresource: word,
  namespace: word,
  name: word,
  path: word
})

t.test('the explanation agrees with the evaluation', async t => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 4 }), anyRequest, (rules, request) => {
      const policy = { rules, omitStages: [], omitManagedFields: false }
      const { rule } = evaluate(policy, request)
      for (const [index, each] of rules.entries())
        if ((mismatchOf(each, request) === undefined) !== (evaluate({ ...policy, rules: [each] }, request).rule === 0))
          throw new Error(`rule ${index}`)
      const passed = passedRules(policy, rule, request)
      return passed.length === (rule ?? rules.length) && passed.every((each, index) => each.rule === index)
    }),
    { numRuns: runs }
  )
  const policy = policyOf({ users: ['bob'], line: 3 }, { level: 'Request', line: 5, omitStages: ['RequestReceived'] })
  t.same(explain(policy, REQUEST, compilePolicy(policy)), {
    rule: 1,
    line: 5,
    level: 'Request',
    omitStages: ['RequestReceived'],
    stages: ['ResponseStarted', 'ResponseComplete'],
    omitManagedFields: false,
    why: [{ rule: 0, line: 3, field: 'users', message: 'the user is alice, not bob' }]
  })
  t.match(
    explain(policyOf({ users: ['bob'] }), REQUEST, each => evaluate(policyOf({ users: ['bob'] }), each)),
    {
      rule: null,
      line: null,
      level: 'None',
      stages: [],
      why: [{ rule: 0 }]
    }
  )
})

t.test('the request of an audit event', async t => {
  const of = (verb: string, requestURI: string, more: object = { user: { username: 'u' } }) =>
    requestOfEvent({ verb, requestURI, ...more })
  const place = (verb: string, uri: string) => {
    const request = of(verb, uri)
    if (!request) return null
    const { resourceRequest, apiGroup, resource, subresource, namespace, name } = request
    return resourceRequest ? [apiGroup, resource, subresource, namespace, name].join(' ') : request.path
  }
  // as RequestInfoFactory of k8s.io/apiserver v0.36 says
  const rows: [verb: string, uri: string, want: string][] = [
    ['get', '/', '/'],
    ['get', '/api/v1', '/api/v1'],
    ['get', '/apis/apps/v1?timeout=32s', '/apis/apps/v1'],
    ['get', '/healthz%2Fx?verbose', '/healthz/x'],
    ['list', '/api/v1/pods?limit=500', ' pods   '],
    ['list', '/api/v1/pods?fieldSelector=metadata.name%3Dweb', ' pods   web'],
    ['list', '/api/v1/pods?fieldSelector=metadata.name%3Dweb&limit=x', ' pods   '],
    ['watch', '/api/v1/namespaces/a/pods?watch=1&fieldSelector=metadata.name=web', ' pods  a web'],
    ['watch', '/api/v1/watch/namespaces/a/pods?fieldSelector=metadata.name=web', ' pods  a '],
    ['watch', '/api/v1/watch/namespaces/a/pods/web', ' pods  a web'],
    ['deletecollection', '/api/v1/namespaces/a/pods?fieldSelector=metadata.name=web', ' pods  a '],
    ['create', '/api/v1/namespaces/a/pods/web/exec?command=sh', ' pods exec a web'],
    ['proxy', '/api/v1/proxy/namespaces/a/services/b/c/d', ' services  a b'],
    ['get', '/api/v1/namespaces/a', ' namespaces  a a'],
    ['update', '/api/v1/namespaces/a/finalize', ' namespaces finalize a a'],
    ['get', '/api/v1/namespaces/a%2Fb/pods/c', ' b c a pods'],
    ['patch', '/apis/apps/v1/namespaces/a/deployments/b/scale', 'apps deployments scale a b'],
    ['get', '//apis//v1/x', ' x   ']
  ]
  for (const [verb, uri, want] of rows) t.equal(place(verb, uri), want, uri)
  t.match(of('get', '/x', { user: {} }), { user: null, groups: [] }, 'a 401')
  t.match(of('get', '/x', {}), { user: null })
  t.match(of('get', '/x', { user: { username: '', extra: {}, groups: [] } }), { user: '' })
  t.match(of('get', '/x', { user: { groups: ['g', 7] } }), { user: '', groups: ['g'] })
  t.match(
    of('get', '/x', { user: { username: 'real' }, impersonatedUser: { username: 'other' } }),
    { user: 'real' },
    'the policy is asked before anybody is impersonated'
  )
  for (const event of [null, 7, [], {}, { verb: 'get' }, { verb: 7, requestURI: '/' }])
    t.equal(requestOfEvent(event), null)
})

t.test('the name that a field selector asks for', async t => {
  const rows: [selector: string, want: string | undefined][] = [
    ['', undefined],
    ['metadata.name=a', 'a'],
    ['metadata.name==a', 'a'],
    ['metadata.name!=a', undefined],
    ['spec.nodeName=x,metadata.name=a', 'a'],
    ['metadata.name=b,metadata.name=a', 'a'],
    ['metadata.name=a\\,b', 'a,b'],
    ['metadata.name=a\\b', undefined],
    ['metadata.name=a=b', undefined],
    ['metadata.name=a,b', undefined],
    ['metadata.name=a\\', undefined],
    ['metadata.name=a/b', undefined],
    ['metadata.name=..', undefined],
    ['metadata.name=', '']
  ]
  for (const [selector, want] of rows) t.equal(selectedName(selector), want, selector)
})

t.test('the verb of an HTTP method', async t => {
  const rows: [method: string, uri: string, want: string][] = [
    ['get', '/healthz', 'get'],
    ['post', '/healthz', 'post'],
    ['get', '/api/v1/pods', 'list'],
    ['head', '/api/v1/namespaces/a/pods/b', 'get'],
    ['get', '/api/v1/pods?watch=true', 'watch'],
    ['get', '/api/v1/pods?watch', 'watch'],
    ['get', '/api/v1/pods?watch=0', 'list'],
    ['get', '/api/v1/pods?watch=False', 'list'],
    ['get', '/api/v1/watch/pods', 'watch'],
    ['post', '/api/v1/namespaces/a/pods', 'create'],
    ['put', '/api/v1/namespaces/a/pods/b', 'update'],
    ['patch', '/api/v1/namespaces/a/pods/b', 'patch'],
    ['delete', '/api/v1/namespaces/a/pods/b', 'delete'],
    ['delete', '/api/v1/namespaces/a/pods', 'deletecollection'],
    ['create', '/api/v1/namespaces/a/pods', 'create']
  ]
  for (const [method, uri, want] of rows) t.equal(verbOfMethod(method, uri), want, `${method} ${uri}`)
  t.match(requestOf('list', '/api/v1/pods', { user: 'u', groups: [] }), { verb: 'list', resource: 'pods', user: 'u' })
})

const LOG = join(top, '../shared/corpus/real-node-1.36.audit.log.gz')
t.test('the events of a real node', { skip: existsSync(LOG) ? false : 'the corpus is not there' }, async t => {
  const events = gunzipSync(readFileSync(LOG)).toString().trimEnd().split('\n')
  let compared = 0
  for (const line of events) {
    const event: Unknown & { objectRef?: Unknown } = JSON.parse(line)
    const request = requestOfEvent(event)
    // the server fills the name of what is made in from the body
    if (event.verb === 'create') continue
    const { apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = event.objectRef ?? {}
    const want = { resourceRequest: event.objectRef !== undefined, apiGroup, resource, subresource, namespace, name }
    compared += 1
    const isSame = Object.entries(want).every(([key, value]) => Reflect.get(request ?? {}, key) === value)
    if (!isSame) t.match(request, want, String(event.requestURI))
  }
  t.ok(compared > 1000, `${compared} events`)
})

t.test('a request that was written down', async t => {
  const ask = (asked: Unknown) => askedRequest(asked)
  t.match(ask({}), { user: '', groups: [], verb: '', resourceRequest: true, resource: '', path: '' })
  t.match(ask({ user: null, groups: null, verb: null, path: '/x' }), { user: null, groups: [], resourceRequest: false })
  t.match(ask({ path: '', resource: 'pods', apiVersion: 'v1', other: 7 }), { resourceRequest: true, resource: 'pods' })
  t.match(ask({ verb: 7 }), { key: 'verb', message: /a string is wanted, found 7/ })
  t.match(ask({ groups: 'a' }), { key: 'groups', message: /a list of strings is wanted, found "a"/ })
  t.match(ask({ groups: [7] }), { key: 'groups' })
  t.match(ask({ path: '/x', namespace: 'a' }), { key: 'namespace', message: /not for both/ })
  t.match(ask({ name: 'x'.repeat(99), groups: ['y'.repeat(99), 7] }), { message: /\.\.\.$/ })
  fc.assert(
    fc.property(anyRequest, ({ path, ...rest }) => {
      const none = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' }
      const request = rest.resourceRequest ? { ...rest, path: '' } : { ...rest, ...none, path: path || '/' }
      const again = askedRequest(keysOfRequest(request))
      return isRequest(again) && JSON.stringify(again) === JSON.stringify({ ...again, ...request })
    }),
    { numRuns: runs }
  )
})

t.test('what no API server asks about', async t => {
  const [plain, grouped] = [policyOf({}), policyOf({ userGroups: ['x'] })]
  const about = (more: Partial<Request>, policy = plain) =>
    doubtsAbout({ ...REQUEST, ...more }, policy).map(({ about, instead }) => ({ about, ...instead }))
  const groups = (user: string | null, ...own: string[]) => about({ user, groups: own }, grouped)[0]?.groups?.join(' ')
  t.equal(groups('system:node:n'), 'system:nodes system:authenticated')
  t.equal(
    groups('system:serviceaccount:a:b', 'c'),
    'c system:serviceaccounts system:serviceaccounts:a system:authenticated'
  )
  t.equal(groups('system:anonymous'), 'system:unauthenticated')
  t.equal(groups('jane'), 'system:authenticated')
  t.equal(groups('jane', 'system:unauthenticated'), undefined, 'the API server adds only one of the two')
  for (const user of ['', null]) t.equal(groups(user), undefined)
  t.same(about({ user: 'jane', groups: [] }), [])

  const target = (apiGroup: string, resource: string, subresource = '') =>
    about({ apiGroup, resource, subresource, name: '' })
  const rows: [found: ReturnType<typeof target>, meant: Partial<Request> | null][] = [
    [target('', 'pods', 'log'), null],
    [target('example.com', 'foos', 'any'), null],
    [target('metrics.k8s.io', 'pods'), null],
    [target('extensions', 'ingresses'), null],
    [target('', 'Pods'), { resource: 'pods', subresource: '' }],
    [target('', 'po', 'log'), { resource: 'pods', subresource: 'log' }],
    [target('', 'scerets'), { resource: 'secrets', subresource: '' }],
    [target('', 'pods', 'Exec'), { resource: 'pods', subresource: 'exec' }],
    [target('', 'secrets', 'x'), { resource: 'secrets', subresource: '' }],
    [target('', 'deployments', 'scale'), { apiGroup: 'apps' }],
    [target('apps', 'pods'), { apiGroup: '' }],
    [target('v1', 'pods'), { apiGroup: '' }],
    [target('apps/v1', 'deployments'), { apiGroup: 'apps' }],
    [target('apps.k8s.io', 'deployments'), { apiGroup: 'apps' }],
    [target('frob', 'deploy'), { resource: 'deployments', subresource: '', apiGroup: 'apps' }],
    [target('example.com', 'Foos'), { resource: 'foos', subresource: '' }],
    [target('', 'foos.example.com'), { resource: 'foos', subresource: '', apiGroup: 'example.com' }],
    [target('', 'frobnications'), {}],
    [target('frob', 'frobs'), {}],
    [target('', 'nodes', 'metrics'), {}]
  ]
  for (const [found, meant] of rows) t.same(found, meant ? [{ about: 'resource', ...meant }] : [])
  for (const kind of RESOURCE_KINDS)
    for (const subresource of ['', ...Object.keys(kind.subresources ?? {})])
      if (target(kind.group, kind.name, subresource).length > 0) t.fail(`${kind.name}/${subresource}`)

  t.same(about({ verb: 'PUT' }), [{ about: 'verb', verb: 'update' }])
  t.same(about({ verb: 'escalate' }), [{ about: 'verb' }])
  t.same(about({ ...HEALTH, verb: 'create' }), [{ about: 'verb', verb: 'post' }])
  t.same(about({ ...HEALTH, path: 'healthz' }), [{ about: 'path', path: '/healthz' }])
  t.same(about({ ...HEALTH, path: 'https://h:1' }), [{ about: 'path', path: '/' }])
  t.same(about({ ...HEALTH, path: '/api/v1/pods' }), [{ about: 'path' }])
  const itself = { resource: 'namespaces', subresource: '', namespace: '', name: 'a' }
  t.same(about(itself), [{ about: 'namespace', namespace: 'a' }])
  t.same(about({ ...itself, verb: 'watch' }), [])
})

t.test('cases', async t => {
  const read = (text: string) => readCases(text, 'c.yaml')
  const fine = read(`# comment
- description: a shell
  resource: pods/exec
  namespace: prod
  user: null
  level: Metadata
  rule: 0
  stages: [ResponseComplete, RequestReceived]
- {path: /healthz, verb: head, level: None, rule: null}
`)
  t.same(fine.findings, [])
  t.match(fine.cases, [
    {
      line: 2,
      description: 'a shell',
      request: { verb: 'get', resource: 'pods', subresource: 'exec', user: null, resourceRequest: true },
      level: 'Metadata',
      rule: 0,
      stages: ['RequestReceived', 'ResponseComplete']
    },
    { line: 9, request: { verb: 'head', path: '/healthz', resourceRequest: false }, rule: null, stages: undefined }
  ])
  t.match(read('[{"verb":"get","resource":"pods","level":"None"}]').cases, [{ rule: undefined }], 'JSON is YAML')
  const literal = read('- {resource: pods/exec, subresource: "", level: None}\n').cases[0]?.request
  t.match(literal, { resource: 'pods/exec', subresource: '' }, 'a subresource that is given stays')

  const rows: [text: string, code: string, line: number, message: RegExp][] = [
    ['', 'cases-none', 1, /a list of requests/],
    ['a: 1\n', 'cases-none', 1, /a list of requests/],
    ['- 7\n', 'cases-wrong-value', 1, /a mapping is wanted/],
    ['- {path: /x}\n', 'cases-wrong-value', 1, /level: one of None, Metadata/],
    ['- path: /x\n  level: metadata\n', 'cases-wrong-value', 2, /level: one of/],
    ['- path: /x\n  level: None\n  rule: -1\n', 'cases-wrong-value', 3, /rule: the number of a rule/],
    ['- path: /x\n  level: None\n  rule: 1.5\n', 'cases-wrong-value', 3, /rule: the number/],
    ['- path: /x\n  level: None\n  stages: [Done]\n', 'cases-wrong-value', 3, /stages: a list of RequestReceived/],
    ['- path: /x\n  level: None\n  verb: [get]\n', 'cases-wrong-value', 3, /verb: a string is wanted/],
    ['- path: /x\n  level: None\n  namspace: a\n', 'cases-unknown-key', 3, /no key "namspace"/],
    ['- path: /x\n  level: None\n  level: None\n', 'cases-duplicate-key', 3, /level stands twice/],
    ['- level: None\n  path: /x\n  name: z\n', 'cases-wrong-value', 3, /not for both/],
    ['- [\n', 'cases-broken-yaml', 2, /./],
    [`- ${'x'.repeat(600_000)}\n`, 'cases-too-large', 1, /at most 524288/],
    [`- &a {path: /x, level: None}\n${'- *a\n'.repeat(21_000)}`, 'cases-too-large', 1, /at most 20000/]
  ]
  for (const [text, code, line, message] of rows) {
    const { cases, findings } = read(text)
    if (code !== 'cases-duplicate-key') t.same(cases, [], JSON.stringify(text.slice(0, 40)))
    t.match(findings, [{ code, severity: 'error', file: 'c.yaml', line, message }])
  }
  t.equal(read('- {level: None, path: /x, namspace: a}\n').findings[0]?.remediation, 'write namespace for namspace')
  t.equal(read('- {x: 1}\n'.repeat(500)).findings.length, 100, 'nobody reads more')
})

t.test('a policy on its cases', async t => {
  const policy = policyOf({ users: ['bob'] }, { level: 'Request' })
  const { cases } = readCases(
    `- {resource: pods, level: Request, rule: 1, stages: [RequestReceived, ResponseComplete]}
- {resource: pods, level: None, rule: null, stages: []}
- {resource: pods, user: bob, level: Metadata}
`,
    'c.yaml'
  )
  const results = runCases(policy, cases)
  t.same(
    results.map(({ misses }) => misses),
    [
      [],
      [
        { what: 'level', wanted: 'None', found: 'Request' },
        { what: 'rule', wanted: 'no rule', found: 'rules[1]' },
        { what: 'stages', wanted: 'none', found: 'RequestReceived, ResponseComplete' }
      ],
      []
    ]
  )
})
