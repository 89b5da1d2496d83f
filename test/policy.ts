import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LEVELS, STAGES } from '../src/audit/level.ts'
import { ANONYMOUS, getRequest, type Request, UNKNOWN_SENDER } from '../src/audit/request.ts'
import type { Finding } from '../src/finding.ts'
import { decodePolicy } from '../src/policy/decode.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import type { Policy } from '../src/policy/policy.ts'
import { chooseProbe } from '../src/policy/probe.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { renderTemplatesModule } from '../src/policy/templates-module.ts'
// one process for these: each takes more than a second to start
import './policy/explain.ts'
import './policy/kubeconfig.ts'
import './policy/lint.ts'

const NEW = { major: 1, minor: 36 }
const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'
const RULES = 'rules:\n- level: Metadata\n'

const policyOf = (text: string, version = NEW): Policy => {
  const { policy, findings } = decodePolicy(text, 'policy.yaml', version)
  if (policy === null) throw new Error(findings.map(each => each.message).join('; '))
  return policy
}

/** `line:column`, `!` for an error and `?` for a warning, the code, the field. */
const faultsOf = (text: string, minor: number): string[] =>
  decodePolicy(text, 'policy.yaml', { major: 1, minor }).findings.map(each => {
    const mark = each.severity === 'error' ? '!' : '?'
    return `${each.line}:${each.column}${mark} ${each.code.replace(/^policy-/, '')} ${each.field ?? ''}`.trim()
  })

const rule = (text: string): string => `${HEAD}rules:\n- level: None\n  ${text}\n`

// each verdict as LoadPolicyFromBytes of k8s.io/apiserver v0.36.6 gives it
const DECODES = [
  { name: 'the least', in: HEAD + RULES, want: [] },
  {
    name: 'JSON',
    in: JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'None' }] }),
    want: []
  },
  { name: 'JSON and more', in: '{"apiVersion":"audit.k8s.io/v1"} {}', want: ['1:34! broken-json'] },
  {
    name: 'flow style is read as JSON',
    in: '{apiVersion: audit.k8s.io/v1, rules: [{level: None}]}',
    want: ['1:2! broken-json']
  },
  {
    name: 'flow style behind a comment',
    in: `# x\n{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: None}]}`,
    want: []
  },
  { name: 'CRLF', in: (HEAD + RULES).replaceAll('\n', '\r\n'), want: [] },
  { name: 'byte order mark', in: `\uFEFF${HEAD}${RULES}`, want: [] },
  { name: 'second document', in: `${HEAD}${RULES}---\nfoo: [\n`, want: [] },
  {
    name: 'empty first document',
    in: `---\n---\n${HEAD}${RULES}`,
    want: ['2:1! api-version apiVersion', '2:1? kind kind']
  },
  { name: 'list', in: '- a\n', want: ['1:1! api-version apiVersion', '1:1? kind kind', '1:1! wrong-type'] },
  { name: 'broken', in: `${HEAD}rules: [\n`, want: ['4:1! broken-yaml'] },
  { name: 'duplicate key', in: rule('level: None'), want: ['5:3? duplicate-key rules[0].level'] },
  { name: 'no apiVersion', in: `kind: Policy\n${RULES}`, want: ['1:1! api-version apiVersion'] },
  { name: 'no kind', in: `apiVersion: audit.k8s.io/v1\n${RULES}`, want: ['1:1? kind kind'] },
  { name: 'kind', in: `apiVersion: audit.k8s.io/v1\nkind: policy\n${RULES}`, want: ['2:7! kind kind'] },
  { name: 'group', in: `apiVersion: v1\nkind: Policy\n${RULES}`, want: ['1:13! api-version apiVersion'] },
  {
    name: 'keys in capitals',
    in: `APIVersion: audit.k8s.io/v1\nKIND: Policy\n${RULES}`,
    want: ['1:1? unknown-field APIVersion', '2:1? unknown-field KIND']
  },
  {
    name: 'v1beta1',
    in: `apiVersion: audit.k8s.io/v1beta1\nkind: Policy\n${RULES}`,
    want: ['1:13! api-version apiVersion']
  },
  {
    name: 'v1beta1 before 1.24',
    minor: 23,
    in: `apiVersion: audit.k8s.io/v1beta1\nkind: Policy\n${RULES}`,
    want: ['1:13? api-version apiVersion']
  },
  { name: 'no rules', in: HEAD, want: ['1:1! no-rules rules'] },
  { name: 'empty rules', in: `${HEAD}rules: []\n`, want: ['3:8! no-rules rules'] },
  { name: 'rules a map', in: `${HEAD}rules: {level: None}\n`, want: ['3:8! wrong-type rules'] },
  { name: 'rule null', in: `${HEAD}rules: [null]\n`, want: ['3:9! level rules[0].level'] },
  { name: 'rule a string', in: `${HEAD}rules: [a]\n`, want: ['3:9! wrong-type rules[0]'] },
  { name: 'no level', in: `${HEAD}rules:\n- users: [a]\n`, want: ['4:3! level rules[0].level'] },
  { name: 'level in small letters', in: `${HEAD}rules:\n- level: metadata\n`, want: ['4:10! level rules[0].level'] },
  {
    name: 'Level',
    in: `${HEAD}rules:\n- Level: None\n`,
    want: ['4:3? unknown-field rules[0].Level', '4:3! level rules[0].level']
  },
  { name: 'string for a list', in: rule('users: a'), want: ['5:10! wrong-type rules[0].users'] },
  { name: 'map for a list', in: rule('verbs: {a: b}'), want: ['5:10! wrong-type rules[0].verbs'] },
  { name: 'number in a list', in: rule('users: [a, 1]'), want: ['5:14! wrong-type rules[0].users[1]'] },
  { name: 'boolean word in a list', in: rule('verbs: [y]'), want: ['5:11! wrong-type rules[0].verbs[0]'] },
  { name: 'null in a list', in: rule('users: [null]'), want: [] },
  { name: 'null for a list', in: rule('users:'), want: [] },
  { name: 'resources of strings', in: rule('resources: [pods]'), want: ['5:15! wrong-type rules[0].resources[0]'] },
  { name: 'null among resources', in: rule('resources: [null]'), want: [] },
  {
    name: 'quoted boolean',
    in: rule('omitManagedFields: "true"'),
    want: ['5:22! wrong-type rules[0].omitManagedFields']
  },
  { name: 'YAML 1.1 boolean', in: rule('omitManagedFields: yes'), want: [] },
  {
    name: 'since 1.23',
    minor: 22,
    in: rule('omitManagedFields: yes'),
    want: ['5:3? unknown-field rules[0].omitManagedFields']
  },
  { name: 'metadata', in: `${HEAD}metadata: {name: a, creationTimestamp: null, labels: {a: b}}\n${RULES}`, want: [] },
  {
    name: 'bad metadata',
    in: `${HEAD}metadata: {name: 1, labels: {a: 1}, x: y, creationTimestamp: now, generation: a}\n${RULES}`,
    want: [
      '3:18! wrong-type metadata.name',
      '3:33! wrong-type metadata.labels.a',
      '3:37? unknown-field metadata.x',
      '3:62! wrong-type metadata.creationTimestamp',
      '3:79! wrong-type metadata.generation'
    ]
  },
  { name: 'metadata a list', in: `${HEAD}metadata: []\n${RULES}`, want: ['3:11! wrong-type metadata'] },
  { name: 'labels a list', in: `${HEAD}metadata: {labels: []}\n${RULES}`, want: ['3:20! wrong-type metadata.labels'] },
  { name: 'unknown key', in: `${HEAD}webhook: {}\n${RULES}`, want: ['3:1? unknown-field webhook'] },
  {
    name: 'verbs in resources',
    in: rule('resources: [{group: "", verbs: [get]}]'),
    want: ['5:27? unknown-field rules[0].resources[0].verbs']
  },
  { name: 'group wildcard', in: rule('resources: [{group: "*"}]'), want: [] },
  {
    name: 'group wildcard before',
    minor: 35,
    in: rule('resources: [{group: "*"}]'),
    want: ['5:23! group rules[0].resources[0].group']
  },
  {
    name: 'group with version',
    in: rule('resources: [{group: apps/v1}]'),
    want: ['5:23! group rules[0].resources[0].group']
  },
  {
    name: 'group in capitals',
    in: rule('resources: [{group: Apps}]'),
    want: ['5:23! group rules[0].resources[0].group']
  },
  {
    name: 'long group',
    in: rule(`resources: [{group: ${'a'.repeat(254)}}]`),
    want: ['5:23! group rules[0].resources[0].group']
  },
  { name: 'longest group', in: rule(`resources: [{group: ${'a'.repeat(253)}}]`), want: [] },
  {
    name: 'names alone',
    in: rule('resources: [{resourceNames: [a]}]'),
    want: ['5:31! resource-names rules[0].resources[0].resourceNames']
  },
  { name: 'URL', in: rule('nonResourceURLs: [healthz]'), want: ['5:21! url rules[0].nonResourceURLs[0]'] },
  { name: 'empty URL', in: rule('nonResourceURLs: [""]'), want: ['5:21! url rules[0].nonResourceURLs[0]'] },
  { name: 'two stars', in: rule('nonResourceURLs: ["*", /a**]'), want: ['5:26! url rules[0].nonResourceURLs[1]'] },
  {
    name: 'mixed',
    in: rule('nonResourceURLs: [/a]\n  namespaces: [a]'),
    want: ['5:20! mixed-rule rules[0].nonResourceURLs']
  },
  { name: 'stage', in: rule('omitStages: [Panic, requestreceived]'), want: ['5:23! stage rules[0].omitStages[1]'] },
  { name: 'stage of the policy', in: `${HEAD}omitStages: [Foo]\n${RULES}`, want: ['3:14! stage omitStages[0]'] },
  { name: 'broken JSON', in: '{"rules":x}', want: ['1:1! broken-json'] },
  { name: 'resources null', in: rule('resources:'), want: [] },
  {
    name: 'word for metadata',
    in: `${HEAD}metadata: {finalizers: a, managedFields: [1]}\n${RULES}`,
    want: ['3:24! wrong-type metadata.finalizers', '3:43! wrong-type metadata.managedFields[0]']
  },
  { name: 'template', in: `${HEAD}{% if x %}\n${RULES}`, want: ['3:1! template'] }
] as const satisfies readonly { name: string; in: string; want: readonly string[]; minor?: number }[]

t.test('decodePolicy', t => {
  for (const row of DECODES) {
    const minor = 'minor' in row ? row.minor : NEW.minor
    t.same(faultsOf(row.in, minor), row.want, row.name)
    const rejected = row.want.some(each => each.includes('!'))
    t.equal(decodePolicy(row.in, 'policy.yaml', { major: 1, minor }).policy === null, rejected, `${row.name}, verdict`)
  }
  t.end()
})

const REMEDIES = [
  { in: rule('resource: [a]'), want: 'write resources for resource' },
  { in: rule('user: [a]'), want: 'write users for user' },
  { in: rule('groups: [a]'), want: 'write userGroups for groups' },
  { in: rule('nonResourceUrls: [a]'), want: 'write nonResourceURLs for nonResourceUrls' },
  { in: rule('omitStage: [a]'), want: 'write omitStages for omitStage' },
  { in: rule('group: apps'), want: "move group to an entry of the rule's resources" },
  { in: rule('codes: [1]'), want: 'take codes out' },
  { in: rule('resources: [{groups: a}]'), want: 'write group for groups' },
  { in: rule('resources: [{verbs: [get]}]'), want: 'move verbs to the rule itself' },
  { in: rule('users: a'), want: 'write users: ["a"]' },
  { in: rule('users: [1]'), want: 'put it in quotes: "1"' },
  { in: rule('resources: [{group: apps/v1}]'), want: 'write group: apps' },
  { in: rule('resources: [{group: v1}, {group: "v1/"}]'), want: 'write group: ""' },
  { in: rule('nonResourceURLs: ["/a*/b"]'), want: 'write /a*' },
  { in: rule('nonResourceURLs: ["*/livez"]'), want: 'write /livez' },
  { in: rule('nonResourceURLs: ["/*/livez*"]'), want: 'write /livez*' },
  { in: rule('nonResourceURLs: [livez]'), want: 'write /livez' },
  { in: rule('resources: [{group: core/v1}]'), want: 'write group: ""' },
  { in: rule('resources: [{group: 1/v1}]'), want: 'write group: "1"' },
  { in: rule('resources: [{resourceNames: [a]}]'), want: 'add resources beside it: those that have these names' },
  { in: rule('resources: [pods]'), want: 'write resources: [{group: "", resources: ["pods"]}]' },
  { in: rule('resources: pods'), want: 'write resources: [{group: "", resources: ["pods"]}]' },
  {
    in: rule('resources: [pods, deployments, pods/log]'),
    want: 'write resources: [{group: "", resources: ["pods", "pods/log"]}, {group: "apps", resources: ["deployments"]}]'
  },
  {
    in: rule('resources: [pods, {group: apps}]'),
    want: 'write {group: GROUP, resources: [NAME]} for each'
  },
  { in: `${HEAD}rules: {level: None}\n`, want: 'write a list: put a dash and a blank before its first key' },
  {
    in: `${HEAD}rules:\n- level: None\n\tusers: [a]\n`,
    want: 'write spaces for the tab: YAML is indented by spaces alone'
  },
  { in: `${HEAD}rules: [{level: Metdata}]\n`, want: 'write level: Metadata' },
  { in: `${HEAD}rules: [{level: metadata}]\n`, want: 'write level: Metadata' },
  { in: `${HEAD}level: None\n${RULES}`, want: 'move level to the rule itself' }
]

t.test('remediation', t => {
  for (const row of REMEDIES) t.equal(decodePolicy(row.in, 'p', NEW).findings[0]?.remediation, row.want, row.want)
  t.end()
})

/** The text with the word at the place of a finding, in quotes, changed to what the finding says to write. */
const mended = (text: string, { line = 0, column = 0, remediation = '' }: Finding): string => {
  const lines = text.split('\n')
  const old = lines[line - 1] ?? ''
  const word = remediation.replace(/^write (?:group: |level: )?/, '')
  lines[line - 1] = old.slice(0, column - 1) + old.slice(column - 1).replace(/^"(?:[^"\\]|\\.)*"/, () => word)
  return lines.join('\n')
}

t.test('what validation says to write is accepted', t => {
  const odd = (...letters: string[]) =>
    fc.array(fc.constantFrom(...letters), { maxLength: 6 }).map(each => JSON.stringify(each.join('')))
  const place = fc.oneof(
    odd('*', '/', 'livez', 'a', '**', ' ', '#').map(word => rule(`nonResourceURLs: [${word}]`)),
    odd('apps', 'v1', '/', 'N', '1', 'true', '.', ' ', 'core').map(word => rule(`resources: [{group: ${word}}]`)),
    odd('Request', 'Received', 'a', 'panic', ' ').map(word => rule(`omitStages: [${word}]`)),
    odd('Request', 'Response', 'none', 'a', ' ').map(word => `${HEAD}rules:\n- level: ${word}\n`)
  )
  const errorsIn = (text: string): Finding[] =>
    decodePolicy(text, 'p', NEW).findings.filter(each => each.severity === 'error')
  fc.assert(
    fc.property(place, text =>
      errorsIn(text)
        .filter(({ remediation = '' }) => /^write (?!one of|the name)/.test(remediation))
        .every(each => !/^write "?\*/.test(each.remediation ?? '') && errorsIn(mended(text, each)).length === 0)
    ),
    { numRuns: 500 }
  )
  t.end()
})

t.test('what follows from an unknown field', t => {
  const effect = (text: string): string =>
    decodePolicy(text, 'p', NEW).findings[0]?.message.replace(/^.*warning/, '') ?? ''
  t.equal(effect(rule('user: [a]')), ' and the rule then matches more')
  t.equal(effect(rule('group: apps')), ' and the rule then matches more')
  t.match(effect(rule('omitManagedField: true')), /^, and whether managed fields are logged/)
  t.match(effect(rule('omitStage: [Panic]')), /^, and the rule omits no stages by it/)
  t.match(effect(rule('codes: [1]')), /as if it were not there$/)
  t.equal(effect(`${HEAD}webhook: {}\n${RULES}`), '')
  const old = decodePolicy(rule('omitManagedFields: true'), 'p', { major: 1, minor: 22 })
  t.equal(old.findings[0]?.remediation, 'take omitManagedFields out')
  t.end()
})

t.test('faults of several steps are told at once, each part of the policy once', t => {
  t.same(faultsOf(`${HEAD}omitStages: [Foo]\nrules:\n- level: foo\n- level: bar\n  users: a\n`, 36), [
    '7:10! wrong-type rules[1].users',
    '3:14! stage omitStages[0]',
    '5:10! level rules[0].level'
  ])
  t.same(faultsOf(`${HEAD}omitStages: Foo\nrules: {}\n`, 36), ['3:13! wrong-type omitStages', '4:8! wrong-type rules'])
  t.end()
})

const LEVEL = `${HEAD}rules:\n- level: None\n`

// YAML 1.1 as go-yaml v2 reads it, where YAML 1.2 or a careful reader would say otherwise; verdicts of k8s.io/apiserver v0.36.6
const YAML_1_1 = [
  { name: 'a quoted scalar goes on at column 0', in: `${LEVEL}  users: ['a\nb']\n`, is: 'accepted' },
  { name: 'a flow list is closed at column 0', in: `${LEVEL}  users: [\n]\n`, is: 'accepted' },
  { name: 'anchor with a letter beyond ASCII', in: `${LEVEL}  users: &\xe4 [a]\n`, is: 'rejected' },
  { name: 'anchor with a dot', in: `${LEVEL}  users: &a.b [a]\n`, is: 'rejected' },
  { name: 'directive without a name', in: `%\n---\n${LEVEL}`, is: 'rejected' },
  { name: 'unknown directive', in: `%FOO x\n---\n${LEVEL}`, is: 'rejected' },
  { name: '%YAML 1.1', in: `%YAML 1.1\n---\n${LEVEL}`, is: 'accepted' },
  { name: '%YAML 1.2', in: `%YAML 1.2\n---\n${LEVEL}`, is: 'rejected' },
  { name: '%TAG', in: `%TAG !y! tag:yaml.org,2002:\n---\n${LEVEL}  users: [!y!str 1]\n`, is: 'accepted' },
  { name: 'a tab behind a dash', in: `${HEAD}rules:\n-\t\n  level: None\n`, is: 'rejected' },
  { name: 'a line of a tab', in: `${HEAD}\t\nrules:\n- level: None\n`, is: 'rejected' },
  { name: 'a tab before a comment', in: `${LEVEL}\t# x\n`, is: 'rejected' },
  { name: 'a tab before a comment behind a value', in: `${LEVEL}  users: [a]\t# x\n`, is: 'accepted' },
  { name: 'lines that end with CR', in: LEVEL.replaceAll('\n', '\r'), is: 'accepted' },
  { name: 'lines that end with NEL', in: LEVEL.replaceAll('\n', '\x85'), is: 'accepted' },
  { name: 'lines that end with LS', in: LEVEL.replaceAll('\n', '\u2028'), is: 'accepted' },
  { name: 'text behind the root', in: ` apiVersion: audit.k8s.io/v1\n rules: [{level: None}]\nfoo\n`, is: 'accepted' },
  { name: 'text behind ...', in: `${LEVEL}... foo\n`, is: 'accepted' },
  { name: 'a lone tag in a list', in: `${LEVEL}  users: [a,!]\n`, is: 'rejected' },
  { name: '.inf as a key', in: `${LEVEL}  .inf: a\n`, is: 'lenient' },
  { name: '.inf as a value', in: `${LEVEL}  x: .inf\n`, is: 'rejected' },
  { name: 'the escape \\/', in: `${LEVEL}  users: ["\\/"]\n`, is: 'rejected' },
  {
    name: 'the same escape in JSON',
    in: '{"apiVersion":"audit.k8s.io/v1","rules":[{"level":"None","users":["\\/"]}]}',
    is: 'accepted'
  },
  { name: 'a surrogate pair', in: `${LEVEL}  users: ["\\ud83d\\ude00"]\n`, is: 'rejected' },
  { name: 'a dash in a list', in: `${LEVEL}  users: [a,-]\n`, is: 'accepted' },
  { name: 'a ? in a list', in: `${LEVEL}  users: [?a]\n`, is: 'rejected' },
  { name: 'a colon first', in: `${LEVEL}  users: [:a]\n`, is: 'rejected' },
  { name: '!!binary', in: `${LEVEL}  users: [!!binary YQ==]\n`, is: 'accepted' },
  { name: '!!binary of no base64', in: `${LEVEL}  users: [!!binary "Y"]\n`, is: 'rejected' },
  { name: '!!omap', in: `${LEVEL}  users: !!omap [a: b]\n`, is: 'rejected' },
  { name: '!!str', in: `${LEVEL}  users: [!!str 1, !!str true]\n`, is: 'accepted' },
  { name: '!!int of no number', in: `${LEVEL}  users: [!!int a]\n`, is: 'rejected' },
  { name: 'deep', in: `${LEVEL}  x: ${'['.repeat(990)}${']'.repeat(990)}\n`, is: 'lenient' },
  { name: 'merge', in: `${HEAD}x: &x {level: None}\nrules:\n- <<: *x\n`, is: 'lenient' },
  {
    name: 'merge behind a key of its own',
    in: `${HEAD}rules:\n- level: None\n  <<: {level: Nothing}\n`,
    is: 'rejected'
  },
  { name: 'an alias to itself', in: `${HEAD}rules: &r\n- level: None\n  users: *r\n`, is: 'rejected' },
  { name: 'null as a key', in: `${LEVEL}  ~: a\n`, is: 'rejected' },
  { name: 'a list as a key', in: `${LEVEL}  ? [a]\n  : b\n`, is: 'rejected' },
  { name: 'owner', in: `${LEVEL}metadata: {ownerReferences: [{controller: "x"}]}\n`, is: 'rejected' },
  { name: 'unknown field of an owner', in: `${LEVEL}metadata: {ownerReferences: [{foo: "x"}]}\n`, is: 'lenient' },
  {
    name: 'rules twice in JSON fill each other up',
    in: '{"apiVersion":"audit.k8s.io/v1","rules":[{"level":"None"}],"rules":[{"users":["a"]}]}',
    is: 'lenient'
  },
  { name: 'rules twice in YAML', in: `${LEVEL}rules:\n- users: [a]\n`, is: 'rejected' }
] as const satisfies readonly { name: string; in: string; is: 'accepted' | 'lenient' | 'rejected' }[]

t.test('the text is read as go-yaml reads it', t => {
  for (const row of YAML_1_1) {
    const { policy, lenient } = decodePolicy(row.in, 'policy.yaml', NEW)
    t.equal(policy === null ? 'rejected' : lenient ? 'lenient' : 'accepted', row.is, row.name)
  }
  const { policy } = decodePolicy(
    `${LEVEL}  users:\n  - >\n   a\n   b\n\n   c\n  - "a\\\n    b"\n  - 'it''s'\n  - a\n    b\n`,
    'p',
    NEW
  )
  t.same(policy?.rules[0]?.users, ['a b\nc\n', 'ab', "it's", 'a b'])
  t.end()
})

t.test('decoded rules', t => {
  const text = `${HEAD}omitStages: [Panic]\nrules:\n- # why\n  users: [null, a]\n  level: None\n-\n  omitManagedFields: off\n  level: Request\n`
  const none = { userGroups: [], verbs: [], resources: [], namespaces: [], nonResourceURLs: [], omitStages: [] }
  t.same(policyOf(text), {
    rules: [
      { ...none, line: 6, level: 'None', users: ['', 'a'], omitManagedFields: null },
      { ...none, line: 9, level: 'Request', users: [], omitManagedFields: false }
    ],
    omitStages: ['Panic'],
    omitManagedFields: false
  })
  const json = `{\n"apiVersion": "audit.k8s.io/v1",\n"rules": [\n{\n"level": "None"}]}`
  t.equal(policyOf(json).rules[0]?.line, 5)
  t.equal(policyOf(`${HEAD}rules:\n- &a\n  level: None\n- *a\n`).rules[1]?.line, 5)
  t.end()
})

/** A request from `verb path user groups...`; the user `-` stands for nobody. */
const asked = (text: string): Request => {
  const [verb = '', path = '', user = 'admin', ...groups] = text.split(' ')
  return { ...getRequest(path, user === '-' ? UNKNOWN_SENDER : { user, groups }), verb }
}

const POD = '/api/v1/namespaces/n/pods/a'
const NODE = '/api/v1/nodes/a'
const SCALE = '/apis/apps/v1/namespaces/n/deployments/a/scale'

const MATCHES = [
  { in: 'resources: [{resources: [pods]}]', yes: [POD], no: [`${POD}/log`, SCALE, '/version'] },
  { in: 'resources: [{resources: ["pods/*"]}]', yes: [POD, `${POD}/log`], no: [NODE] },
  { in: 'resources: [{resources: ["*/status"]}]', yes: [`${POD}/status`], no: [POD, `${POD}/log`] },
  { in: 'resources: [{resources: ["*/*"]}]', yes: [], no: [POD, `${POD}/log`] },
  { in: 'resources: [{resources: ["*"]}]', yes: [POD, `${POD}/log`], no: [SCALE] },
  { in: 'resources: [{group: "*"}]', yes: [POD, SCALE], no: ['/x'] },
  { in: 'resources: [{group: apps}]', yes: [SCALE], no: [POD] },
  { in: 'resources: [{resources: [pods], resourceNames: [a]}]', yes: [POD], no: [`${POD}b`, '/api/v1/pods'] },
  { in: 'resources: [{resources: [nodes]}, {group: apps}]', yes: [NODE, SCALE], no: [POD] },
  { in: 'namespaces: [""]', yes: [NODE, '/api/v1/pods'], no: [POD, '/healthz'] },
  { in: 'namespaces: ["*"]', yes: [], no: [NODE, POD] },
  { in: 'users: ["*"]', yes: [], no: [NODE] },
  { in: 'users: [b]', yes: [`${NODE} b`], no: [`${NODE} -`, NODE] },
  { in: 'users: [""]', yes: [], no: [`${NODE} -`] },
  { in: 'userGroups: [g]', yes: [`${NODE} b h g`], no: [`${NODE} -`, `${NODE} b h`] },
  { in: 'verbs: ["*"]', yes: [], no: [NODE] },
  { in: 'verbs: [get]', yes: [NODE, '/x'], no: [] },
  { in: 'nonResourceURLs: ["*"]', yes: ['/healthz'], no: [NODE] },
  { in: 'nonResourceURLs: [/a, "/b*"]', yes: ['/a', '/b', '/bc'], no: ['/a/b', '/'] }
] as const satisfies readonly { in: string; yes: readonly string[]; no: readonly string[] }[]

t.test('evaluate, one rule', t => {
  for (const row of MATCHES) {
    const policy = policyOf(`${HEAD}rules:\n- level: Request\n  ${row.in}\n`)
    for (const text of row.yes) t.equal(evaluate(policy, asked(`get ${text}`)).level, 'Request', `${row.in}: ${text}`)
    for (const text of row.no) t.equal(evaluate(policy, asked(`get ${text}`)).rule, null, `${row.in}: not ${text}`)
  }
  t.end()
})

t.test('evaluate, what it gives', t => {
  const policy = policyOf(
    `${HEAD}omitManagedFields: true\nomitStages: [Panic]\nrules:\n- level: Request\n  users: [a]\n  omitStages: [Panic, RequestReceived]\n  omitManagedFields: false\n- level: None\n  users: [b]\n`
  )
  const by = (user: string) => evaluate(policy, getRequest('/', { user, groups: [] }))
  t.same(by('a'), { rule: 0, level: 'Request', omitStages: ['RequestReceived', 'Panic'], omitManagedFields: false })
  t.same(by('b'), { rule: 1, level: 'None', omitStages: ['Panic'], omitManagedFields: true })
  t.same(by('c'), { rule: null, level: 'None', omitStages: ['Panic'], omitManagedFields: true })
  t.end()
})

// as RequestInfoFactory of k8s.io/apiserver v0.36.4 says
const PATHS = [
  { in: '/', want: ['get', '', '', '', '', ''] },
  { in: '/api/v1', want: ['get', '', '', '', '', ''] },
  { in: '/apis/apps/v1', want: ['get', '', '', '', '', ''] },
  { in: '/api/v1/pods?x=y', want: ['list', '', 'pods', '', '', ''] },
  { in: '/api/v1/nodes/a', want: ['get', '', 'nodes', '', '', 'a'] },
  { in: '/api/v1/namespaces/a', want: ['get', '', 'namespaces', '', 'a', 'a'] },
  { in: '/api/v1/namespaces/a/status', want: ['get', '', 'namespaces', 'status', 'a', 'a'] },
  { in: '/api/v1/namespaces/a/pods/b/log', want: ['get', '', 'pods', 'log', 'a', 'b'] },
  { in: '/apis/apps/v1/namespaces/a/deployments/b', want: ['get', 'apps', 'deployments', '', 'a', 'b'] },
  { in: '/api/v1/proxy/namespaces/a/services/b/c', want: ['proxy', '', 'services', '', 'a', 'b'] },
  { in: '/api/v1/watch/pods', want: ['watch', '', 'pods', '', '', ''] }
]

t.test('getRequest', t => {
  for (const row of PATHS) {
    const { verb, apiGroup, resource, subresource, namespace, name } = getRequest(row.in, ANONYMOUS)
    t.same([verb, apiGroup, resource, subresource, namespace, name], row.want, row.in)
  }
  t.end()
})

const PREFIX = '/api/v1/namespaces/kube-system'
const PROBES = [
  {
    in: '',
    want: [`${PREFIX}/secrets/auditpatch-x ResponseComplete`, `${PREFIX}/secrets/auditpatch-x ResponseStarted`]
  },
  { in: 'verbs: [create]', want: [null, null] },
  { in: 'users: [a]', want: [null, null] },
  { in: 'userGroups: ["system:unauthenticated"]', want: [`${PREFIX}/secrets/auditpatch-x ResponseComplete`, null] },
  { in: 'omitStages: [ResponseStarted]', want: [`${PREFIX}/secrets/auditpatch-x ResponseComplete`, null] },
  {
    in: 'omitStages: [ResponseStarted, ResponseComplete]',
    want: [`${PREFIX}/secrets/auditpatch-x RequestReceived`, null]
  },
  { in: 'resources: [{resources: [pods]}]', want: [`${PREFIX}/pods/auditpatch-x`] },
  { in: 'resources: [{resources: [nodes]}]', want: ['/api/v1/nodes/auditpatch-x'] },
  { in: 'nonResourceURLs: ["*"]', want: ['/auditpatch-x'] },
  { in: 'nonResourceURLs: [/version]', want: ['/version?auditpatch-x'] },
  { in: 'nonResourceURLs: ["/api/*"]', want: ['/api/auditpatch-x'] },
  { in: 'nonResourceURLs: [/debug/pprof/profile, "/logs*"]', want: [null, null] },
  { in: 'namespaces: [prod]', want: ['/api/v1/namespaces/prod/secrets/auditpatch-x'] },
  { in: 'namespaces: ["a/b", "../x"]', want: [null, null] },
  {
    in: 'resources: [{group: foo.example, resources: [bars]}]',
    want: ['/apis/foo.example/v1/namespaces/kube-system/bars/auditpatch-x']
  },
  { in: 'resources: [{resources: [secrets], resourceNames: [a]}]', want: [`${PREFIX}/secrets/a?auditpatch-x`] },
  { in: 'resources: [{resources: ["*/status"]}]', want: [`${PREFIX}/pods/auditpatch-x/status`] },
  { in: 'resources: [{resources: [pods/exec, pods/log, nodes/proxy]}]', want: [null, null] },
  { in: 'namespaces: [prod]\n  resources: [{resources: [namespaces]}]', want: ['/api/v1/namespaces/prod?auditpatch-x'] }
]

t.test('chooseProbe', t => {
  for (const row of PROBES) {
    const policy = policyOf(`${HEAD}rules:\n- level: Request\n${row.in === '' ? '' : `  ${row.in}\n`}`)
    row.want.forEach((want, index) => {
      const probe = chooseProbe(policy, 'x', index === 0)
      const got = probe && (want?.includes(' ') ? `${probe.path} ${probe.stage}` : probe.path)
      t.equal(got, want, `${row.in} ${index === 0 ? 'anonymous' : 'unknown'}`)
    })
  }
  t.end()
})

const words = fc.subarray(['a', 'b', 'system:anonymous', 'system:unauthenticated', 'get', 'list', 'kube-system', ''])
const anyRule = fc.record({
  line: fc.constant(1),
  level: fc.constantFrom(...LEVELS),
  users: fc.option(words, { nil: [], freq: 1 }),
  userGroups: fc.option(words, { nil: [], freq: 1 }),
  verbs: fc.option(words, { nil: [], freq: 1 }),
  resources: fc.array(
    fc.record({
      group: fc.constantFrom('', 'apps', '*'),
      resources: fc.subarray(['pods', 'secrets', '*', '*/status', 'pods/*', 'pods/exec']),
      resourceNames: fc.subarray(['a'])
    }),
    { maxLength: 2 }
  ),
  namespaces: fc.option(words, { nil: [], freq: 1 }),
  nonResourceURLs: fc.subarray(['/a', '/b*', '*']),
  omitStages: fc.subarray([...STAGES]),
  omitManagedFields: fc.constantFrom(null, true, false)
})
const anyPolicy = fc.record({
  rules: fc.array(anyRule, { minLength: 1, maxLength: 5 }),
  omitStages: fc.subarray([...STAGES]),
  omitManagedFields: fc.boolean()
})
const anyRequest = fc.constantFrom(
  '/',
  '/a',
  '/bc',
  `${PREFIX}/pods/a`,
  `${PREFIX}/secrets`,
  '/apis/apps/v1/x/y/status'
)

t.test('properties', t => {
  fc.assert(
    fc.property(anyPolicy, anyRequest, fc.boolean(), (policy, path, known) => {
      const request = getRequest(path, known ? ANONYMOUS : UNKNOWN_SENDER)
      const decision = evaluate(policy, request)
      const alone = policy.rules.map(each => evaluate({ ...policy, rules: [each] }, request))
      const first = alone.findIndex(each => each.rule === 0)
      t.equal(decision.rule, first === -1 ? null : first)
      t.equal(decision.level, alone[first]?.level ?? 'None')
      t.ok(policy.omitStages.every(stage => decision.omitStages.includes(stage)))
    }),
    { numRuns: 300 }
  )
  fc.assert(
    fc.property(anyPolicy, fc.boolean(), (policy, anonymous) => {
      const probe = chooseProbe(policy, 'token', anonymous)
      if (probe === null) return true
      const decision = evaluate(policy, getRequest(probe.path, anonymous ? ANONYMOUS : UNKNOWN_SENDER))
      return (
        decision.level !== 'None' &&
        !decision.omitStages.includes(probe.stage) &&
        probe.path.includes('auditpatch-token')
      )
    }),
    { numRuns: 300 }
  )
  const templates = Object.values(POLICY_TEMPLATES).map(each => each.text)
  const torn = fc
    .tuple(fc.constantFrom(...templates), fc.nat(3000), fc.nat(20), fc.string({ maxLength: 6 }))
    .map(([text, at, length, more]) => text.slice(0, at) + more + text.slice(at + length))
  fc.assert(
    fc.property(fc.oneof(torn, fc.string(), fc.json()), text => {
      const { policy, findings } = decodePolicy(text, 'p', NEW)
      t.equal(
        policy === null,
        findings.some(each => each.severity === 'error')
      )
      t.ok(findings.every(each => (each.line ?? 0) >= 1 && (each.column ?? 0) >= 1))
    }),
    { numRuns: 300 }
  )
  t.end()
})

const SA = 'system:serviceaccount:kube-system'
const CONTROLLER = 'system:kube-controller-manager system:authenticated'
const KUBELET = 'system:node:n1 system:nodes system:authenticated'
const PEOPLE = 'jane system:authenticated'
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x'

const BASELINE = [
  { in: `get ${PREFIX}/secrets/x ${PEOPLE}`, want: 'Metadata' },
  { in: `get ${PREFIX}/secrets/x system:anonymous system:unauthenticated`, want: 'Metadata' },
  { in: `get ${PREFIX}/secrets/x -`, want: 'Metadata' },
  { in: `update ${PREFIX}/configmaps/x ${CONTROLLER}`, want: 'Metadata' },
  { in: `create ${PREFIX}/serviceaccounts/x/token ${KUBELET}`, want: 'Metadata' },
  { in: `create /apis/authentication.k8s.io/v1/tokenreviews/x ${PEOPLE}`, want: 'Metadata' },
  { in: `get ${PREFIX}/pods/x/exec ${PEOPLE}`, want: 'Metadata' },
  { in: `create ${PREFIX}/pods/x/exec ${PEOPLE}`, want: 'Metadata' },
  { in: `create ${PREFIX}/services/x/proxy ${PEOPLE}`, want: 'Metadata' },
  { in: `create ${PREFIX}/pods/x ${PEOPLE}`, want: 'Request' },
  { in: `patch ${PREFIX}/pods/x/ephemeralcontainers ${PEOPLE}`, want: 'Request' },
  { in: `patch ${PREFIX}/pods/x/status ${KUBELET}`, want: 'Metadata' },
  { in: `get ${PREFIX}/pods/x ${PEOPLE}`, want: 'Metadata' },
  { in: `update /apis/apps/v1/namespaces/a/deployments/x ${PEOPLE}`, want: 'Request' },
  { in: `update /apis/apps/v1/namespaces/a/deployments/x/status ${CONTROLLER}`, want: 'Metadata' },
  { in: `create /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/x ${PEOPLE}`, want: 'Request' },
  { in: `delete /apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/x ${PEOPLE}`, want: 'Request' },
  { in: `update ${LEASE} ${CONTROLLER}`, want: 'None' },
  { in: `update ${LEASE} ${PEOPLE}`, want: 'Metadata' },
  { in: `update ${LEASE.replace('kube-system', 'kube-node-lease')} ${KUBELET}`, want: 'None' },
  { in: `create ${PREFIX}/events/x ${KUBELET}`, want: 'None' },
  {
    in: `create /apis/events.k8s.io/v1/namespaces/a/events/x ${SA}:x system:serviceaccounts:kube-system`,
    want: 'None'
  },
  { in: `delete ${PREFIX}/events/x ${CONTROLLER}`, want: 'Metadata' },
  { in: `create ${PREFIX}/events/x ${PEOPLE}`, want: 'Metadata' },
  { in: `update ${PREFIX}/endpoints/x ${SA}:endpoint-controller`, want: 'None' },
  { in: `update ${PREFIX}/endpoints/x ${PEOPLE}`, want: 'Metadata' },
  { in: `watch /apis/discovery.k8s.io/v1/endpointslices/x ${SA}:kube-proxy`, want: 'None' },
  { in: `get /api/v1/nodes/n1 ${KUBELET}`, want: 'None' },
  { in: `list /api/v1/nodes/n1 ${KUBELET}`, want: 'Metadata' },
  { in: `patch /api/v1/nodes/n1/status ${KUBELET}`, want: 'Metadata' },
  { in: 'get /livez system:anonymous system:unauthenticated', want: 'None' },
  { in: 'get /readyz/etcd system:anonymous system:unauthenticated', want: 'None' },
  { in: 'post /healthz system:anonymous system:unauthenticated', want: 'Metadata' },
  { in: 'get /healthzz -', want: 'Metadata' },
  { in: `get /apis ${SA}:generic-garbage-collector`, want: 'None' },
  { in: `get /apis ${PEOPLE}`, want: 'Metadata' }
]

t.test('templates', t => {
  const baseline = policyOf(POLICY_TEMPLATES.baseline.text)
  for (const row of BASELINE) t.equal(evaluate(baseline, asked(row.in)).level, row.want, row.in)
  const kinds = ['secrets/a', 'configmaps/a', 'serviceaccounts/a/token']
  const paths = [...kinds.map(kind => `${PREFIX}/${kind}`), '/apis/authentication.k8s.io/v1/tokenreviews/a']
  const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']
  for (const name of ['baseline', 'everything-but-secrets', 'metadata-all'] as const) {
    const policy = policyOf(POLICY_TEMPLATES[name].text)
    const levels = [PEOPLE, CONTROLLER, KUBELET, `${SA}:x system:serviceaccounts:kube-system`, '-', 'system:apiserver']
      .flatMap(who => paths.flatMap(path => verbs.map(verb => `${verb} ${path} ${who}`)))
      .map(text => evaluate(policy, asked(text)))
    t.ok(
      levels.every(each => each.level === 'Metadata'),
      `${name}: secrets by name, never by content`
    )
    t.ok(
      levels.every(each => each.omitStages.join() === 'RequestReceived'),
      `${name}: the end of each request`
    )
  }
  for (const [name, { text, summary }] of Object.entries(POLICY_TEMPLATES)) {
    for (let minor = 24; minor <= 37; minor++) t.same(faultsOf(text, minor), [], `${name} in 1.${minor}`)
    t.equal(chooseProbe(policyOf(text), 'x', true)?.path, `${PREFIX}/secrets/auditpatch-x`, name)
    t.equal(chooseProbe(policyOf(text), 'x', false)?.stage, 'ResponseStarted', name)
    t.ok(text.startsWith(`# ${summary}`) && summary.length > 20, `${name}: the first line is the summary`)
  }
  t.end()
})

const textsOf = (templates: Readonly<Record<string, { readonly text: string }>>): Record<string, string> =>
  Object.fromEntries(Object.entries(templates).map(([name, { text }]) => [name, text]))

t.test('templates.generated.ts is up to date', t => {
  const directory = new URL('../templates/policies/', import.meta.url)
  const files = readdirSync(directory).map(file => ({
    name: file.replace(/\.yaml$/, ''),
    text: readFileSync(new URL(file, directory), 'utf8')
  }))
  const module = readFileSync(new URL('../src/policy/templates.generated.ts', import.meta.url), 'utf8')
  t.equal(renderTemplatesModule(files), module, 'write it anew from templates/policies')
  t.same(Object.fromEntries(files.map(each => [each.name, each.text])), textsOf(POLICY_TEMPLATES))
  const odd = "# It's `a` ${b} \\ c.\r\napiVersion: audit.k8s.io/v1\r\nkind: Policy\r\nrules: [{level: None}]\n"
  t.match(renderTemplatesModule([{ name: 'x-y', text: odd }]), '"It\'s `a` ${b} \\\\ c"')
  t.match(renderTemplatesModule([{ name: 'x-y', text: odd }]), "`# It's \\`a\\` \\${b} \\\\ c.\\r\napiVersion")
  t.throws(() => renderTemplatesModule([{ name: 'x', text: '# none\n' }]), /the template x: /)
  t.end()
})

const CORPUS = join(import.meta.dirname, '../../shared/corpus')
const WILDCARD = [90, 93, 95, 223]
const NOT_YAML = [232, 259, 260, 371, 357, 211]
const OTHERS_REJECTED = [37, 200]
// verbs inside resources, groups for group, resource for resources, an AuditSink mixed in, user for users, codes
const LENIENT = [58, 195, 201, 256, 420, 472, 393, 395, 396, 280, 281, 283, 284, 189, 191, 192, 193, 101, 50]

t.test(
  'policies from public repositories',
  { skip: existsSync(CORPUS) ? false : 'no corpus beside the project' },
  t => {
    const rows = readFileSync(join(CORPUS, 'index.tsv'), 'utf8')
      .split('\n')
      .map(line => line.split('\t'))
      .filter(([, kind]) => kind === 'policy')
    for (const [id, , file = ''] of rows) {
      const text = readFileSync(join(CORPUS, file), 'utf8')
      const isOld = /^apiVersion: *audit\.k8s\.io\/v1(beta1|alpha1)/m.test(text)
      for (const minor of [22, 30, 36]) {
        const { policy, findings } = decodePolicy(text, file, { major: 1, minor })
        const isBad = [...NOT_YAML, ...OTHERS_REJECTED, ...(minor < 36 ? WILDCARD : [])].includes(Number(id))
        t.equal(policy === null, isBad || (isOld && minor >= 24), `${file} in 1.${minor}`)
        const isLenient = findings.some(each => each.code === 'policy-unknown-field')
        if (minor >= 23) t.equal(isLenient, LENIENT.includes(Number(id)), `${file}, unknown fields`)
      }
    }
    t.comment(`${rows.length} policies read`)
    t.ok(rows.length > 0)
    t.end()
  }
)

t.test('however deep a policy is nested, it is told and never thrown', async t => {
  const wants = new Set<string>()
  for (let depth = 1000; depth < 9000; depth += 500)
    for (const text of [
      `${'? '.repeat(depth)}a\n`,
      `${'- '.repeat(depth)}a\n`,
      `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    ])
      for (const { code } of decodePolicy(text, 'policy.yaml', { major: 1, minor: 36 }).findings) wants.add(code)
  t.ok(wants.has('policy-too-deep'))
})

t.test('how deep a policy may be nested is the same in every run', async t => {
  const head = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: None\n'
  const codesOf = (text: string): readonly string[] =>
    decodePolicy(text, 'p', { major: 1, minor: 36 }).findings.map(({ code, line }) => `${code} ${line}`)
  const nest = (open: string, levels: number, close: string): string =>
    `${open.repeat(levels)}1${close.repeat(levels)}\n`
  const rows = [
    { name: 'lists', of: (levels: number) => `x: ${nest('[', levels, ']')}`, line: 5 },
    { name: 'mappings', of: (levels: number) => `x: ${nest('{a: ', levels, '}')}`, line: 5 },
    { name: 'keys', of: (levels: number) => `x: ${nest('{? ', levels, '}')}`, line: 5 },
    { name: 'dashes', of: (levels: number) => `x:\n ${nest('- ', levels, '')}`, line: 6 },
    {
      name: 'an alias within',
      of: (levels: number) => `x: &x ${nest('[', levels - 500, ']')}y: ${nest('[', 500, ']').replace('1', '*x')}`,
      line: 5
    }
  ]
  for (const { name, of, line } of rows) {
    t.notMatch(codesOf(head + of(999)), [/too-deep/], `${name}, as deep as it may be`)
    t.same(codesOf(head + of(1001)), [`policy-too-deep ${line}`], name)
  }
})

t.test('of a list of thousands of faults the first hundred are told, as each is looked up', async t => {
  const many = (item: string): string => Array.from({ length: 2000 }, () => item).join(', ')
  const rows = [
    { name: 'stages', in: `omitStages: [${many('No')}]\nrules:\n- level: None\n` },
    { name: 'stages of a rule', in: `rules:\n- level: None\n  omitStages: [${many('No')}]\n` },
    { name: 'URLs', in: `rules:\n- level: None\n  nonResourceURLs: [${many('x')}]\n` },
    { name: 'groups', in: `rules:\n- level: None\n  resources: [${many('{group: A_}')}]\n` }
  ]
  for (const { name, in: text } of rows) {
    const { findings } = decodePolicy(`apiVersion: audit.k8s.io/v1\nkind: Policy\n${text}`, 'policy.yaml', {
      major: 1,
      minor: 36
    })
    t.equal(findings.length, 100, name)
  }
})
