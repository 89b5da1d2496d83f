import t from 'tap'
import { byteString } from '../../src/falco/event-source.ts'
import { k8sAuditSource } from '../../src/falco/k8s-audit-source.ts'
import { asked, BASE, check, read, TIME } from './read-events.ts'

check([
  {
    name: 'the members of an event',
    in: {
      ...{
        stage: 'Panic',
        verb: 'create',
        requestURI: '/api/v1/pods?a=1',
        userAgent: 'kubectl',
        sourceIPs: ['10.0.0.1']
      },
      user: { username: 'ann', groups: ['dev', 'ops'] },
      impersonatedUser: { username: 'bob' },
      objectRef: { resource: 'pods', namespace: 'prod', name: 'web', subresource: 'exec' },
      responseStatus: { code: 403, reason: 'Forbidden' },
      responseObject: { metadata: { name: 'web-1' } },
      annotations: {
        'authorization.k8s.io/decision': 'forbid',
        'authorization.k8s.io/reason': '',
        'authentication.openshift.io/decision': 'allow',
        'authentication.openshift.io/username': 'cid',
        'validation.policy.admission.k8s.io/validation_failure': 'no',
        'pod-security.kubernetes.io/audit-violations': 'runs as root',
        cluster_name: 'blue'
      }
    },
    want: {
      ...{ 'ka.auditid': 'id-1', 'ka.stage': 'Panic', 'ka.verb': 'create', 'ka.uri': '/api/v1/pods?a=1' },
      ...{ 'ka.uri.param[a]': '1', 'ka.uri.param[b]': undefined, 'ka.useragent': 'kubectl' },
      ...{ 'ka.user.name': 'ann', 'ka.user.groups': ['dev', 'ops'], 'ka.impuser.name': 'bob' },
      ...{ 'ka.target.resource': 'pods', 'ka.target.namespace': 'prod', 'ka.target.name': 'web' },
      ...{ 'ka.target.subresource': 'exec', 'ka.target.pod.name': undefined, 'ka.resp.name': 'web-1' },
      ...{ 'ka.response.code': '403', 'ka.response.reason': 'Forbidden', 'ka.auth.decision': 'forbid' },
      ...{ 'ka.auth.reason': '', 'ka.auth.openshift.decision': 'allow', 'ka.auth.openshift.username': 'cid' },
      ...{ 'ka.validations.admission.policy.failure': 'no', 'ka.security.pod.violations': 'runs as root' },
      ...{ 'ka.cluster.name': 'blue', 'ka.sourceips': undefined, 'ka.req.configmap.name': 'web' },
      'ka.req.binding.subject.has_name[x]': 'true'
    }
  },
  {
    name: 'without an auditID the plugin k8saudit tells nothing, and json does',
    in: { auditID: undefined, verb: 'get', user: { groups: ['dev'] } },
    want: {
      ...{ 'ka.verb': undefined, 'ka.user.groups': undefined, 'ka.req.binding.subject.has_name[x]': undefined },
      ...{ 'ka.uri.param[a]': undefined, 'json.value[/verb]': 'get', 'evt.source': 'k8s_audit' }
    }
  },
  {
    name: 'what is no string is its JSON, and a wrong type on the way is nothing',
    in: `{"kind":"Event","auditID":null,"stageTimestamp":"${TIME}","verb":null,"stage":1e3,"userAgent":{ "a" : [ 1, "b  c" ] },
      "user":["username"],"objectRef":"x","responseStatus":{"code":00},"impersonatedUser":{"username":true},"requestURI":NaN}`,
    want: {
      ...{ 'ka.auditid': 'null', 'ka.verb': 'null', 'ka.stage': '1e3', 'ka.useragent': '{"a":[1,"b  c"]}' },
      ...{ 'ka.user.name': undefined, 'ka.user.groups': undefined, 'ka.target.name': undefined },
      ...{ 'ka.response.code': '00', 'ka.impuser.name': 'true', 'ka.uri': 'NaN' }
    }
  },
  {
    name: 'numbers keep their digits',
    in: asked('{"spec":{"securityContext":{"runAsUser":18446744073709551616,"runAsGroup":1.50,"fsGroup":-0}}}'),
    want: {
      'ka.req.pod.run_as_user': '18446744073709551616',
      'ka.req.pod.run_as_group': '1.50',
      'ka.req.pod.fs_group': '-0'
    }
  },
  {
    name: 'of members with one name the first counts, and one written with escapes comes last',
    in: `{"kind":"Event","auditID":"a","stageTimestamp":"${TIME}","ver\\u0062":"escaped","verb":"first","verb":"second","st\\u0061ge":"found",
      "user":{"usernam\\u0065":"escaped","username":"ann","username":"bob"}}`,
    want: { 'ka.verb': 'first', 'ka.stage': 'found', 'ka.user.name': 'ann' }
  },
  {
    name: 'the name of a pod is told where the request is for a pod itself',
    in: { objectRef: { resource: 'pods', subresource: 7 }, responseObject: { metadata: { name: 'web-1' } } },
    want: { 'ka.target.pod.name': 'web-1' }
  },
  {
    name: 'addresses of the client are not where Falco looks for them',
    in: { sourceIPs: ['10.0.0.1'], requestObject: { rules: [{ sourceIPs: ['x', 1] }, {}, { sourceIPs: ['y'] }] } },
    want: { 'ka.sourceips': ['x', '1', 'y'], 'ka.sourceips[2]': ['y'], 'ka.sourceips[1]': undefined }
  },
  {
    name: 'addresses of the client, corrected',
    in: { sourceIPs: ['10.0.0.1', '10.0.0.2'] },
    options: { isCorrected: true },
    want: { 'ka.sourceips': ['10.0.0.1', '10.0.0.2'], 'ka.sourceips[1]': ['10.0.0.2'], 'ka.sourceips[2]': undefined }
  }
])

t.test('strings say what the plugin reads in them', async t => {
  const rows: readonly (readonly [raw: string, want: string])[] = [
    ['caf\u00e9 \u2713', byteString('caf\u00e9 \u2713')],
    ['\\"\\\\\\/\\b\\f\\n\\r\\t', '"\\/\b\f\n\r\t'],
    ['\\u0041\\u00e9\\u20ac', byteString('A\u00e9\u20ac')],
    ['\\ud83d\\ude00', byteString('\u{1f600}')],
    ['\\ud83dx', '\\ud83dx'],
    ['\\ud83d\\n', '\\ud83d\n'],
    ['\\ud83d\\u0041B', byteString('\ufffdB')],
    ['\\udc00\\ud800', byteString('\ufffd')],
    ['\\udc00\\udc00', byteString('\ufffd')],
    ['\\ud83d\\uZZZZ', '\\ud83d\\uZZZZ'],
    ['\\uZZZZ\\u12', '\\uZZZZ\\u12'],
    ['\\x\\q\\u', '\\x\\q\\u'],
    ['a\tb', 'a\tb'],
    ['before\\u0000after', 'before'],
    ['\\u0000', ''],
    [
      'a long string that stands here so that it is read four bytes at once \\"',
      'a long string that stands here so that it is read four bytes at once "'
    ]
  ]
  for (const [raw, want] of rows) {
    const text = `{"kind":"Event","auditID":"a","stageTimestamp":"${TIME}","verb":"${raw}"}`
    // twice, since strings are held
    for (const again of [1, 2]) t.strictSame(read(text, ['ka.verb']).events, [{ 'ka.verb': want }], `${raw} ${again}`)
  }
  const broken = Buffer.concat([
    Buffer.from(`{"kind":"Event","auditID":"a","stageTimestamp":"${TIME}","verb":"x`),
    Buffer.from([0xff, 0x00, 0x41]),
    Buffer.from('"}')
  ])
  t.strictSame(read(broken, ['ka.verb']).events, [{ 'ka.verb': 'x\xff' }], 'bytes that are no UTF-8, and a NUL')
})

check([
  {
    name: 'subjects of a binding',
    in: {
      requestObject: {
        roleRef: { name: 'admin' },
        subjects: [
          { kind: 'User', name: 'ann' },
          { kind: 'ServiceAccount', name: 'bot', namespace: 'ci' },
          { kind: 'ServiceAccount', name: 'lost' },
          { kind: 'Group', name: 'ops' },
          { kind: 'Group' },
          'text'
        ]
      }
    },
    want: {
      ...{ 'ka.req.binding.role': 'admin', 'ka.req.binding.subjects.user_names': ['ann'] },
      'ka.req.binding.subjects.serviceaccount_names': ['bot', 'lost'],
      'ka.req.binding.subjects.serviceaccount_ns_names': ['ci:bot'],
      'ka.req.binding.subjects.group_names': ['ops'],
      'ka.req.binding.subjects': [
        '{"kind":"User","name":"ann"}',
        '{"kind":"ServiceAccount","name":"bot","namespace":"ci"}',
        '{"kind":"ServiceAccount","name":"lost"}',
        ...['{"kind":"Group","name":"ops"}', '{"kind":"Group"}', 'text']
      ]
    }
  },
  {
    name: 'an empty list is none',
    in: { user: { groups: [] }, requestObject: { subjects: [], rules: [] } },
    want: { 'ka.user.groups': undefined, 'ka.req.binding.subjects': undefined, 'ka.req.role.rules': undefined }
  },
  {
    name: 'rules of a role',
    in: {
      requestObject: {
        data: { key: 'v' },
        rules: [
          { verbs: ['get', 'list'], resources: ['pods'], apiGroups: [''] },
          { verbs: '*', nonResourceURLs: ['/x'] }
        ]
      }
    },
    want: {
      ...{ 'ka.req.role.rules.verbs': ['get', 'list'], 'ka.req.role.rules.verbs[0]': ['get', 'list'] },
      ...{ 'ka.req.role.rules.verbs[1]': undefined, 'ka.req.role.rules.verbs[2]': undefined },
      ...{ 'ka.req.role.rules.resources': ['pods'], 'ka.req.role.rules.apiGroups': [''] },
      ...{ 'ka.req.role.rules.nonResourceURLs[1]': ['/x'], 'ka.req.configmap.obj': '{"key":"v"}' }
    }
  }
])

t.test('parameters of the request URI, as Go reads them', async t => {
  const rows: readonly (readonly [uri: string, want: string | undefined])[] = [
    ['/a?command=ls&command=x', 'ls'],
    ['/a?command=a%20b+c%C3%A9', 'a b c\xc3\xa9'],
    ['/a?c%6fmmand=1', '1'],
    ['/a?command', ''],
    ['/a?x=1&&command=a=b', 'a=b'],
    ['/a?command=a?b', 'a?b'],
    ['/a?command=%zz', undefined],
    ['/a?x=%&command=1', undefined],
    ['/a?command=1&x=1;y', undefined],
    ['/%zz?command=1', undefined],
    ['/a?command=1#rest', '1'],
    ['/a?command=1#%z', undefined],
    ['/a\x7f?command=1', undefined],
    ['*?command=1', '1'],
    ['?command=1', '1'],
    [':a?command=1', undefined],
    ['a:%zz?command=1', '1'],
    ['a/b:c?command=1', '1'],
    ['1a:b?command=1', undefined],
    ['//host:80/a?command=1', '1'],
    ['//ho st/a?command=1', undefined],
    ['//host:8x/a?command=1', undefined],
    ['//u:p@host/a?command=1', '1'],
    ['//u\xe9@host/a?command=1', undefined],
    ['//h%41/a?command=1', undefined],
    ['http://h:1:2/a?command=1', undefined],
    ['other://h:1:2/a?command=1', '1'],
    ['///a b?command=1', '1'],
    ['/a', undefined],
    ['', undefined]
  ]
  for (const [requestURI, want] of rows)
    t.strictSame(
      read(JSON.stringify({ ...BASE, requestURI }), ['ka.uri.param[command]']).events,
      [{ 'ka.uri.param[command]': want }],
      requestURI
    )
})

check([
  {
    name: 'JSON pointers',
    in: `{"kind":"Event","stageTimestamp":"${TIME}","a/b":1,"m~n":2,"":{"":3},"l":[10,{"x": null}],"e\\u0071":"q","a\\\\b":4}`,
    want: {
      ...{ 'json.value[/a~1b]': '1', 'jevt.value[m~0n]': '2', 'json.value[//]': '3', 'json.value[/]': '{"":3}' },
      ...{ 'json.value[/l/0]': '10', 'json.value[/l/+1/x]': 'null', 'json.value[/l/01]': '{"x":null}' },
      ...{ 'json.value[/l/-0]': '10', 'json.value[/l/2]': undefined, 'json.value[/l/x]': undefined },
      ...{ 'json.value[/l]': '[10,{"x":null}]', 'json.value[/eq]': 'q', 'json.value[/a\\b]': '4' },
      ...{ 'json.value[/kind/0]': undefined, 'json.value[/none/x]': undefined }
    }
  },
  {
    name: 'the whole event',
    in: `{"kind":"Event", "stageTimestamp":"${TIME}","a":{},"b":[ ],"c":[1,{"d":"x,\\"{ }"}]}`,
    want: {
      'json.value[]': `{"kind":"Event","stageTimestamp":"${TIME}","a":{},"b":[],"c":[1,{"d":"x,\\"{ }"}]}`,
      'evt.plugininfo': `{"kind":"Event","stageTimestamp":"${TIME}","a":{},"b":[],"c":[1,{"d":"x,\\"{ }"}]}`,
      'jevt.obj': `{\n  "kind": "Event",\n  "stageTimestamp": "${TIME}",\n  "a": {},\n  "b": [],\n  "c": [\n    1,\n    {\n      "d": "x,\\"{ }"\n    }\n  ]\n}`
    }
  },
  {
    name: 'an event that is no JSON to Go has no indented form',
    in: `{"kind":"Event","stageTimestamp":"${TIME}","n":00}`,
    want: { 'json.obj': undefined, 'json.value[/n]': '00' }
  }
])

t.test('the table has each field once, with the releases and the quirks of those that need a word', async t => {
  const fieldsOf = (isCorrected: boolean) => k8sAuditSource({ isCorrected }).classes.flatMap(({ fields }) => fields)
  const fields = fieldsOf(false)
  t.strictSame(
    k8sAuditSource().classes.map(({ name, fields }) => `${name}: ${fields.length}`),
    ['evt: 18', 'k8saudit (plugin): 100', 'json (plugin): 6']
  )
  t.equal(new Set(fields.map(({ name }) => name)).size, fields.length)
  for (const { name, description } of fields) t.match(description, /^[^.]+$/, name)
  t.strictSame(
    fields.filter(({ argument }) => argument === 'key').map(({ name }) => name),
    ['ka.uri.param', 'ka.req.binding.subject.has_name', 'ka.req.volume.hostpath', 'json.value', 'jevt.value']
  )
  const named = (rows: typeof fields): number => rows.filter(({ quirk }) => quirk !== undefined).length
  t.equal(named(fields), 17, 'quirks that are told')
  t.equal(named(fieldsOf(true)), 2, 'of which these stay')
  t.ok(fields.filter(({ name }) => /init|ephemeral/.test(name)).every(({ since }) => since === '0.18.0'))
})
