import fc from 'fast-check'
import { Buffer } from 'node:buffer'
import t from 'tap'
import { checkKubeconfig } from '../../src/audit/check-kubeconfig.ts'
import { makeKubeconfig } from '../../src/audit/kubeconfig.ts'
import { redactKubeconfig } from '../../src/audit/redact-kubeconfig.ts'

const FILE = '/etc/kubernetes/audit/webhook.yaml'

t.test('makeKubeconfig', t => {
  for (const url of ['https://h:8443/audit', 'http://10.0.0.1:9880', 'https://[::1]/x?a=b', 'HTTPS://h']) {
    const text = makeKubeconfig(url)
    const { server, references, findings } = checkKubeconfig(text, FILE)
    t.equal(server, url)
    t.same(references, [])
    t.same(
      findings.map(each => each.code),
      [/^https/i.test(url) ? 'kubeconfig-no-ca' : 'kubeconfig-plain-http'],
      url
    )
    t.equal(redactKubeconfig(text), text.replace('"https://[::1]/x?a=b"', 'https://[::1]/x?<redacted>'), url)
    t.notMatch(text, /insecure|token|password/)
  }
  const bad = [
    '',
    'h:1',
    'ftp://h',
    'https://',
    'https:///x',
    'https://u:p@h',
    'https://@h',
    'https://h:x',
    'http://h/a b'
  ]
  bad.push('https://h/\n', 'https://h/"', 'https://h/#x', 'https:h', 'https://h/\u00e4')
  for (const url of bad) t.throws(() => makeKubeconfig(url), { code: 'USAGE' }, JSON.stringify(url))
  t.throws(() => makeKubeconfig('https://u:hunter2@h'), { message: /^(?!.*hunter2)/s })
  t.end()
})

const CLUSTER = 'clusters:\n- name: a\n  cluster:\n    server: https://h.example:1/x\n'
const CONTEXT = 'contexts:\n- name: c\n  context:\n    cluster: a\n    user: u\n'
const USER = 'users:\n- name: u\n  user: {}\n'
const CURRENT = 'current-context: c\n'
const FULL = CLUSTER + CONTEXT + USER + CURRENT

// accepted or not as webhook.LoadKubeconfig of k8s.io/apiserver v0.36.4 says
const CHECKS = [
  { name: 'full', in: FULL, want: [] },
  { name: 'no user', in: CLUSTER + CONTEXT + CURRENT, want: ['9:11? missing-user'] },
  { name: 'empty user', in: FULL.replace('user: u', 'user: ""').replace(USER, ''), want: [] },
  { name: 'no current', in: CLUSTER + CONTEXT + USER, want: ['1:1! context'] },
  { name: 'unknown current', in: FULL.replace('-context: c', '-context: z'), want: ['13:18! context'] },
  { name: 'no clusters', in: CONTEXT + USER + CURRENT, want: ['4:14! missing-cluster'] },
  { name: 'no server', in: FULL.replace('server: https://h.example:1/x', 'tls-server-name: x'), want: ['4:5! server'] },
  { name: 'http', in: FULL.replace('https', 'http'), want: ['4:13? plain-http'] },
  { name: 'no scheme', in: FULL.replace('https://h.example:1/x', 'h.example:1'), want: ['4:13? plain-http'] },
  { name: 'a path, and no scheme', in: FULL.replace('https://', ''), want: ['4:13! server'] },
  { name: 'ftp', in: FULL.replace('https', 'ftp'), want: ['4:13! server'] },
  { name: 'port', in: FULL.replace('example:1', 'example:x'), want: ['4:13! server'] },
  { name: 'userinfo', in: FULL.replace('h.example:1', 'u:p@h.example'), want: ['4:13? url-credentials'] },
  { name: 'placeholder', in: FULL.replace('h.example:1', '$IP'), want: ['4:13? placeholder'] },
  { name: 'svc', in: FULL.replace('h.example:1', 'a.b.svc'), want: ['4:13? cluster-dns', '4:13? no-ca'] },
  {
    name: 'cluster.local',
    in: FULL.replace('h.example:1', 'a.b.svc.cluster.local:443'),
    want: ['4:13? cluster-dns', '4:13? no-ca']
  },
  { name: 'number', in: FULL.replace('https://h.example:1/x', '1'), want: ['4:13! shape'] },
  { name: 'list', in: '- a\n', want: ['1:1! empty'] },
  { name: 'empty', in: '', want: ['1:1! empty'] },
  { name: 'map', in: FULL.replace(/clusters:[^]*https.*\n/, 'clusters: {}\n'), want: ['1:11! shape'] },
  { name: 'kind', in: `kind: Foo\n${FULL}`, want: ['1:7! header'] },
  { name: 'twice', in: FULL.replace('contexts', '- name: a\n  cluster: {}\ncontexts'), want: ['5:3! duplicate'] },
  { name: 'half', in: FULL.replace('{}', '{client-certificate: c}'), want: ['12:30! credentials'] },
  { name: 'half data', in: FULL.replace('{}', '{client-certificate-data: QUE=}'), want: ['12:35! credentials'] },
  { name: 'two ways', in: FULL.replace('{}', '{tokenFile: a, username: b}'), want: ['12:21! credentials'] },
  { name: 'exec', in: FULL.replace('{}', '{exec: {command: x, apiVersion: y}}'), want: ['12:16! credentials'] },
  { name: 'data', in: FULL.replace('/x', '/x\n    certificate-authority-data: "!!"'), want: ['5:33! credentials'] },
  { name: 'insecure', in: FULL.replace('/x', '/x\n    insecure-skip-tls-verify: true'), want: ['5:31? insecure'] },
  { name: 'quoted', in: FULL.replace('/x', '/x\n    insecure-skip-tls-verify: "no"'), want: ['5:31! shape'] }
]

t.test('checkKubeconfig', t => {
  for (const { name, in: text, want } of CHECKS) {
    const got = checkKubeconfig(text, FILE).findings.map(
      each =>
        `${each.line}:${each.column}${each.severity === 'error' ? '!' : '?'} ${each.code.replace('kubeconfig-', '')}`
    )
    t.same(got, want, name)
  }
  const files = FULL.replace('/x', '/x\n    certificate-authority: pki/ca.crt').replace(
    '{}',
    '{tokenFile: /t, client-key: k}'
  )
  t.same(checkKubeconfig(files, FILE).references, [
    {
      field: 'clusters[0].cluster.certificate-authority',
      path: '/etc/kubernetes/audit/pki/ca.crt',
      line: 5,
      column: 28
    },
    { field: 'users[0].user.client-key', path: '/etc/kubernetes/audit/k', line: 13, column: 37 },
    { field: 'users[0].user.tokenFile', path: '/t', line: 13, column: 21 }
  ])
  t.end()
})

const SECRET = 'hunter2'
const user = (lines: string): string => FULL.replace('  user: {}\n', `  user:\n${lines}\n`)

const LEAKS = [
  { name: 'plain', in: user(`    token: ${SECRET}`) },
  { name: 'quoted key', in: user(`    "token": '${SECRET}'`) },
  { name: 'flow', in: FULL.replace('{}', `{token: ${SECRET}, username: x, password: ${SECRET}}`) },
  { name: 'flow of several lines', in: FULL.replace('{}', `{\n token:\n ${SECRET},\n password: "a\n  ${SECRET}"}`) },
  { name: 'literal', in: user(`    client-key-data: |\n      a\n      ${SECRET}\n\n      name: ${SECRET}`) },
  { name: 'folded', in: user(`    password: >-\n      a ${SECRET}\n      token: ${SECRET}`) },
  { name: 'plain of several lines', in: user(`    password: a\n      ${SECRET}\n      b`) },
  { name: 'double of several lines', in: user(`    password: "a\n      name: ${SECRET}"`) },
  { name: 'json', in: JSON.stringify({ users: [{ name: 'u', user: { token: SECRET } }] }) },
  { name: 'json of several lines', in: JSON.stringify({ users: [{ name: 'u', user: { token: SECRET } }] }, null, 2) },
  {
    name: 'auth-provider',
    in: user(`    auth-provider:\n      name: oidc\n      config:\n        id-token: ${SECRET}`)
  },
  {
    name: 'exec',
    in: user(
      `    exec:\n      command: x\n      args: [${SECRET}]\n      env:\n      - name: A\n        value: ${SECRET}`
    )
  },
  { name: 'userinfo', in: FULL.replace('h.example:1', `me:${SECRET}@h.example:1`) },
  { name: 'userinfo with a slash', in: FULL.replace('h.example:1', `me:a/${SECRET}@h.example:1`) },
  { name: 'query', in: FULL.replace('/x', `/x?token=${SECRET}`) },
  { name: 'misspelt', in: user(`    tokn: ${SECRET}`) },
  { name: 'user as a string', in: user('    x: y').replace('    x: y', `    token:${SECRET}`) },
  { name: 'comment', in: `${FULL}# token: ${SECRET}\n# old ${SECRET}\n` },
  { name: 'comment behind', in: user(`    token: x # was ${SECRET}`) },
  { name: 'anchor', in: user(`    token: *s`).replace('name: u', `name: &s ${SECRET}`) },
  { name: 'escaped anchor', in: user(`    token: *s`).replace('name: u', `name: &s "\\x68unter2"`) },
  { name: 'the same as a name', in: user(`    token: ${SECRET}`).replace('name: u', `name: ${SECRET}`) },
  { name: 'tag', in: user(`    token: !!str ${SECRET}`) },
  { name: 'key', in: user(`    token: {${SECRET}: x}`) },
  { name: 'second document', in: `${FULL}---\nname: x\ntoken: ${SECRET}\n` },
  { name: 'duplicate key', in: user(`    token: ${SECRET}\n    token: ${SECRET}`) },
  { name: 'broken', in: `${user(`    token: ${SECRET}`)}a: [\n` },
  { name: 'broken literal', in: `${user(`    token: |\n      ${SECRET}\n      name: ${SECRET}`)}\t: [\n` },
  { name: 'broken quote', in: `users:\n- name: u\n  user:\n    token: "${SECRET}\nname: ${SECRET}\n` },
  { name: 'broken json', in: `{"users": [\n{"token":\n"${SECRET}"\nname: ${SECRET}\n` },
  { name: 'broken comment', in: `a: [\n# ${SECRET}\n` },
  { name: 'CRLF', in: user(`    token: |\n      ${SECRET}`).replaceAll('\n', '\r\n') },
  { name: 'CR', in: user(`    token: |\n      ${SECRET}`).replaceAll('\n', '\r') },
  { name: 'BOM', in: `\uFEFF${user(`    token: ${SECRET}`)}` },
  { name: 'extensions', in: `extensions:\n- name: x\n  extension: ${SECRET}\n` },
  { name: 'no kubeconfig', in: SECRET }
]

t.test('redactKubeconfig lets nothing through', t => {
  for (const { name, in: text } of LEAKS) {
    const got = redactKubeconfig(text)
    t.notMatch(got, /unter2/, name)
    t.match(got, /<redacted>/, name)
    t.equal(redactKubeconfig(got).includes('unter2'), false, name)
  }
  t.end()
})

t.test('redactKubeconfig keeps what may be seen', t => {
  const ca = Buffer.from('-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n').toString('base64')
  const key = Buffer.from('-----BEGIN EC PRIVATE KEY-----\nAA\n').toString('base64')
  const text = `# the receiver\n${FULL}`.replace('/x', `/x\n    certificate-authority-data: ${ca}`)
  t.equal(redactKubeconfig(text), text)
  t.notOk(redactKubeconfig(text.replace(ca, key)).includes(key))
  t.notOk(redactKubeconfig(FULL.replace('{}', `{client-key: ${key}}`)).includes(key))
  const got = redactKubeconfig(user('    token: abc\n    tokenFile: /run/t'))
  t.equal(got, user('    token: <redacted>\n    tokenFile: /run/t'))
  t.match(redactKubeconfig(`${FULL}a: [\n`), /server: https:\/\/h\.example:1\/x\n/)
  t.end()
})

t.test('redactKubeconfig, any secret anywhere', t => {
  const keys = ['token', 'password', 'client-key-data', 'name', 'id-token', 'x', 'user', 'value']
  const wraps = ['$', '"$"', "'$'", '|\n        $', '>-\n        $\n        $', '[$]', '{a: $}', '&a $', '!!str $']
  const part = fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...wraps))
  const tail = fc.constantFrom('', 'a: [\n', '"', '---\n', '\tx\n', '# $\n')
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), tail, fc.boolean(), (parts, end, crlf) => {
      const lines = parts.map(([key, wrap]) => `    token-of-${key}: ${wrap}`).join('\n')
      const text = `${user(lines)}${end}`.replaceAll('$', 'Zq7-Secret-9x')
      return !redactKubeconfig(crlf ? text.replaceAll('\n', '\r\n') : text).includes('Zq7')
    }),
    { numRuns: 300 }
  )
  t.end()
})
