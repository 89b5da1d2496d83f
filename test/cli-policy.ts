import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawnSync } from 'node:child_process'
import { Ajv } from 'ajv'
import t, { type Test } from 'tap'
import { parseArguments } from '../src/cli/parse.ts'
import { COMMANDS } from '../src/cli/commands.ts'
import { requestOfOptions } from '../src/cli/policy/request-options.ts'
import { sessionOf } from '../src/cli/session.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { explainOptions } from '../src/render/request-words.ts'
import { everyKindWasTried, json, type Json, keepsSchema, type Output, quietIo, run } from './fake-cli.ts'

const top = join(dirname(fileURLToPath(import.meta.url)), '..')
const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'
const GOOD = `${HEAD}omitStages: [RequestReceived]
rules:
  - level: None
    users: ["system:kube-proxy"]
    verbs: [watch]
  # secrets
  - level: Metadata
    resources: [{group: "", resources: [secrets]}]
  - level: Request
    verbs: [create]
`
const LENIENT = `${HEAD}rules:\n- level: Metadata\n  resource: [secrets]\n`
const BROKEN = `${HEAD}rules:\n- level: Everything\n- level: None\n  users: alice\n`

const policy = (argv: readonly string[], more = {}): Promise<Output> => run(['policy', ...argv], more)

/** Files of a directory of their own, by name. */
const files = (t: Test): ((name: string, text: string | Buffer) => string) => {
  const directory = fs.realpathSync(t.testdir({}))
  return (name, text) => {
    fs.writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
}

/** Runs with `-o json` and holds what comes out against the schema of its kind. */
const judged = async (t: Test, argv: readonly string[], more = {}): Promise<Output & { value: Json }> =>
  json(t, ['policy', ...argv], more)

t.test('policy alone, and what is no command of it', async t => {
  for (const [argv, message] of [
    [[], /a command of policy is wanted: list, show, lint, explain, test, compare, map/],
    [['lnit', 'x'], /Did you mean lint/],
    [['show'], /arguments are missing: 1 wanted, 0 found/],
    [['lint'], /arguments are missing/],
    [['compare', 'a'], /arguments are missing: 2 wanted, 1 found/],
    [['explain', 'a', 'b', '--url', '/'], /b/]
  ] as const) {
    const { code, err, out } = await policy(argv)
    t.same([code, out], [2, ''], argv.join(' '))
    t.match(err, message)
    t.match((await judged(t, argv)).value, { kind: 'Error', code: 'USAGE' })
  }
  const { out, code } = await policy(['--help'])
  t.equal(code, 0)
  for (const { name } of COMMANDS.filter(each => each.name.startsWith('policy ')))
    t.match(out, new RegExp(`auditpatch ${name}\\b`), name)
  const help = await policy(['test', '--help'], { width: 60 })
  t.match(help.out, /\n {2}- description: .*\n {4}resource: secrets +# as pods\/exec; also apiGroup, namespace, name\n/)
})

t.test('policy list and show', async t => {
  const names = Object.keys(POLICY_TEMPLATES)
  const list = await policy(['list'])
  for (const name of names) t.match(list.out, `template:${name}`)
  for (const line of list.out.split('\n')) t.ok(line.length <= 100, line)
  const { value } = await judged(t, ['list'])
  t.same(
    (value.templates as readonly Json[]).map(each => each.name),
    names.map(name => `template:${name}`)
  )
  for (const given of ['baseline', 'template:baseline']) {
    const shown = await policy(['show', given])
    t.same([shown.code, shown.out, shown.err], [0, POLICY_TEMPLATES.baseline.text, ''])
    t.match((await judged(t, ['show', given])).value, {
      kind: 'PolicyTemplate',
      name: 'template:baseline',
      text: POLICY_TEMPLATES.baseline.text
    })
  }
  t.match(await policy(['show', 'basline']), { code: 2, err: /no template "basline"; there are baseline/ })
})

t.test('policy lint', async t => {
  const put = files(t)
  const [good, broken, lenient] = [put('good.yaml', GOOD), put('broken.yaml', BROKEN), put('lenient.yaml', LENIENT)]
  const human = await policy(['lint', broken])
  t.equal(human.code, 1)
  const wrong = human.out.split('\n')
  t.ok(wrong.includes(`  ${broken}:6:10 [policy-wrong-type]`), human.out)
  const at = wrong.findIndex(line => line === '    6 |   users: alice')
  t.equal(wrong[at + 1], '      |          ^', 'the column is marked')
  t.equal(wrong[at + 2], '  fix: write users: ["alice"]')
  t.match(human.out, /: 2 errors,\s+1 note;?\s+kube-apiserver would not start with it\n$/)

  const { value, code } = await judged(t, ['lint', good, broken, lenient])
  t.equal(code, 1)
  t.match(value, {
    files: [
      { file: good, accepted: true, lenient: false },
      {
        file: broken,
        accepted: false,
        lenient: false,
        findings: [{ line: 4 }, { severity: 'error', file: broken, line: 6 }, { severity: 'info' }]
      },
      { file: lenient, accepted: true, lenient: true }
    ]
  })
  t.same(Object.keys(value).sort(), ['apiVersion', 'files', 'kind'])
  t.equal((await policy(['lint', lenient])).code, 0)
  t.match((await policy(['lint', lenient])).out, /would start, and drop what it does not know/)
  t.equal((await policy(['lint', lenient, '--fail-on', 'warning'])).code, 1)
  t.equal((await policy(['lint', 'template:metadata-all', '--fail-on', 'warning'])).code, 0)
  t.match((await judged(t, ['lint', 'template:baseline'])).value, { files: [{ file: 'template:baseline' }] })
  t.match(await policy(['lint', 'baseline']), { code: 3, err: /\nnext: give template:baseline / })
  t.match((await judged(t, ['lint', 'baseline'])).value, { code: 'NOT_FOUND', next: /template:baseline/ })
  t.match(await policy(['lint', top]), { code: 3, err: /\nnext: give a file of that directory\n/ })
  t.match(await policy(['lint', 'template:none']), { code: 2, err: /no template "none"/ })

  const input = () => [Buffer.from(BROKEN)]
  const piped = await judged(t, ['lint', '-'], { input })
  t.match([piped.code, piped.value], [1, { files: [{ file: 'standard input', accepted: false }] }])
  t.match(await policy(['lint', '-'], { isInTerminal: true }), { code: 2, err: /by a pipe/ })
  t.match(await policy(['lint', '-', '-'], { input }), { code: 2, err: /only once/ })

  const wildcard = put('wildcard.yaml', `${HEAD}rules:\n- level: Metadata\n  resources: [{group: "*"}]\n`)
  t.match((await judged(t, ['lint', wildcard, '--kubernetes-version', '1.35'])).value, { files: [{ accepted: false }] })
  t.match((await judged(t, ['lint', wildcard])).value, { files: [{ accepted: true }] }, 'the newest by default')
  t.match(await policy(['lint', good, '--kubernetes-version', 'new']), { code: 2, err: /such as 1\.31/ })
  t.match(await policy(['lint', good, '--fail-on', 'nothing']), { code: 2 })
})

t.test('code frames', async t => {
  const put = files(t)
  const odd = put(
    'odd.yaml',
    `${HEAD}rules:\n- level: None\n  users: [日本, \u001b[2J]\n- {level: None, x${'x'.repeat(300)}: 1, verb: a}\n`
  )
  for (const columns of [60, 80, 120]) {
    const { out } = await policy(['lint', odd], { width: columns })
    // eslint-disable-next-line no-control-regex
    t.notMatch(out, /[\0-\x08\x0b-\x1f\x7f-\x9f]/)
    for (const line of out.split('\n').filter(each => / \| /.test(each))) t.ok(line.length <= columns, line)
  }
  const far = put('far.yaml', `${HEAD}rules: [{level: None, users: [${'"aaaaaaaaa", '.repeat(30)}"z"], verb: [a]}]\n`)
  const { out } = await policy(['lint', far], { width: 80 })
  const lines = out.split('\n')
  const at = lines.findIndex(line => line.includes('verb: [a]'))
  t.equal(lines[at + 1]?.indexOf('^'), lines[at]?.indexOf('verb: [a]'), 'a long line is shown around its column')
})

// what https://docs.oasis-open.org/sarif/sarif/v2.1.0 demands of the parts that we write
const text = {
  type: 'object',
  properties: { text: { type: 'string', minLength: 1 } },
  required: ['text'],
  additionalProperties: false
}
const level = { enum: ['none', 'note', 'warning', 'error'] }
const object = (properties: object, required = Object.keys(properties)): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false
})
const SARIF = object({
  $schema: { type: 'string', format: 'uri' },
  version: { const: '2.1.0' },
  runs: {
    type: 'array',
    items: object({
      tool: object({
        driver: object({
          name: { const: 'auditpatch' },
          version: { type: 'string' },
          rules: {
            type: 'array',
            uniqueItems: true,
            items: object(
              {
                id: { type: 'string' },
                shortDescription: text,
                fullDescription: text,
                defaultConfiguration: object({ level })
              },
              ['id', 'shortDescription', 'defaultConfiguration']
            )
          }
        })
      }),
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      results: {
        type: 'array',
        items: object(
          {
            ruleId: { type: 'string' },
            ruleIndex: { type: 'integer', minimum: 0 },
            level,
            message: text,
            locations: {
              type: 'array',
              items: object({
                physicalLocation: object(
                  {
                    artifactLocation: object({ uri: { type: 'string' } }),
                    region: object({
                      startLine: { type: 'integer', minimum: 1 },
                      startColumn: { type: 'integer', minimum: 1 }
                    })
                  },
                  ['artifactLocation']
                )
              })
            },
            properties: { type: 'object' }
          },
          ['ruleId', 'ruleIndex', 'level', 'message']
        )
      }
    })
  }
})

t.test('policy lint -o sarif', async t => {
  const put = files(t)
  const validate = new Ajv({ allErrors: true, formats: { uri: true } }).compile(SARIF)
  const argv = ['lint', put('a b.yaml', BROKEN), put('c.yaml', LENIENT), 'template:baseline', '-o', 'sarif']
  const { code, out, err } = await policy(argv)
  t.same([code, err], [1, ''])
  const value: { runs: { tool: { driver: { rules: Json[] } }; results: Json[] }[] } = JSON.parse(out)
  t.ok(validate(value), JSON.stringify(validate.errors))
  const [report] = value.runs
  t.match(report?.results[1], {
    ruleId: 'policy-wrong-type',
    level: 'error',
    message: { text: /Fix: write users/ },
    locations: [
      { physicalLocation: { artifactLocation: { uri: /^file:\/\/\/.*\/a%20b\.yaml$/ }, region: { startLine: 6 } } }
    ]
  })
  for (const result of report?.results ?? [])
    t.equal(report?.tool.driver.rules[Number(result.ruleIndex)]?.id, result.ruleId)
  t.match(await policy(['lint', join(top, 'nowhere'), '-o', 'sarif']), { code: 3, out: '' })
  const piped = await policy(['lint', '-', '-o', 'sarif'], { input: () => [Buffer.from(BROKEN)] })
  t.match(piped.out, /"uri":"urn:auditpatch:standard-input"/, 'no file of that name is meant')
  t.match(await policy(['list', '-o', 'sarif']), { code: 2 })
})

t.test('policy explain: one request', async t => {
  const put = files(t)
  const good = put('good.yaml', GOOD)
  const secret = ['explain', good, '--resource', 'secrets', '--namespace', 'prod', '--user', 'alice']
  const { value, code, err } = await judged(t, secret)
  t.same([code, err], [0, ''])
  t.same(value, {
    apiVersion: 'auditpatch/v1',
    kind: 'Explanation',
    rule: 1,
    line: 9,
    level: 'Metadata',
    omitStages: ['RequestReceived'],
    stages: ['ResponseComplete'],
    omitManagedFields: false,
    why: [{ rule: 0, line: 5, field: 'users', message: 'the user is alice, not system:kube-proxy' }]
  })
  const human = await policy(secret)
  t.match(human.out, /^get secrets in namespace prod, by alice\n\nMetadata  rules\[1\], .*good\.yaml:9\n/)
  t.match(
    human.out,
    /\n {4}9 \| {3}- level: Metadata\n {3}10 \| {5}resources: .*\n\nThe earlier rule does not match:\n/
  )
  t.match(human.out, /rules\[0\] {2}line 5, users: the user is alice, not system:kube-proxy\n$/)
  const level = async (...argv: string[]): Promise<unknown> => {
    const { value: each } = await judged(t, ['explain', good, ...argv])
    return [each.level, each.rule, each.line]
  }
  t.same(await level('--resource', 'secrets/x'), ['None', null, null])
  t.same(await level('--resource', 'secrets', '--api-group', 'apps'), ['None', null, null])
  t.same(await level('--url', '/healthz'), ['None', null, null])
  t.same(await level('--url', '/x', '--verb', 'create'), ['Request', 2, 11])
  t.same(await level('--url', '/api/v1/namespaces/a/pods', '--verb', 'POST'), ['Request', 2, 11], 'an HTTP method')
  t.same(await level('--url', '/api/v1/secrets'), ['Metadata', 1, 9])
  t.same(await level('--resource', 'x', '--verb', 'watch', '--user', 'system:kube-proxy'), ['None', 0, 5])
  t.match(
    (await policy(['explain', good, '--url', '/healthz'])).out,
    /^None {6}no rule matches\n[^]*\nNo rule matches:/m
  )

  const group = put('group.yaml', `${HEAD}rules:\n- level: Request\n  userGroups: [b, c]\n`)
  t.match((await judged(t, ['explain', group, '--url', '/', '--user', 'u', '--group', 'a', '--group', 'c'])).value, {
    level: 'Request'
  })
  t.match((await policy(['explain', group, '--url', '/', '--user', 'u'])).err, /note: the user is in no group/)
  t.match(
    (await policy(['explain', good, '--resource', 'deployments'])).err,
    /note: .*core group.* apps: give --api-group/
  )
  t.match(
    (await policy(['explain', good, '--resource', 'pods', '--api-group', 'apps'])).err,
    /note: Kubernetes has no pods in apps, but in ""|metrics/
  )
  t.match((await policy(['explain', good, '--resource', 'pods', '--verb', 'GET'])).err, /note: verbs are in lower case/)
  t.match((await policy(['explain', good, '--url', '/api/v1/pods'])).err, /note: .* URL of a resource/)
  t.equal((await policy(['explain', good, '--resource', 'deployments', '-q'])).err, '')
  const notes = async (file: string, ...argv: string[]): Promise<string> =>
    (await policy(['explain', file, ...argv])).err
  for (const [word, note] of [
    ['Pod', /no Pod in the core group: give --resource pods$/m],
    ['deploy', /give --resource deployments --api-group apps$/m],
    ['deployments.apps', /give --resource deployments --api-group apps$/m],
    ['pods/foo', /no subresource pods\/foo, but .*pods\/exec/],
    ['pods/exe', /give --resource pods\/exec$/m],
    ['secrets', /^$/]
  ] as const)
    t.match(await notes(good, '--resource', word), note, word)
  t.equal(await notes(good, '--resource', 'foos', '--api-group', 'example.com'), '')
  t.match(
    await notes(good, '--resource', 'roles', '--api-group', 'rbac'),
    /give --api-group rbac\.authorization\.k8s\.io$/m
  )
  t.match(
    await notes(good, '--resource', 'pods', '--verb', 'frobnicate'),
    /no request .* the verb frobnicate; there are get,/
  )
  t.match(await notes(good, '--resource', 'pods', '--verb', 'lst'), /the verb lst: give --verb list$/m)
  t.match(await notes(good, '--url', '/api/v1/pod'), /no pod in the core group; pods is nearest$/m)
  t.match(await notes(good, '--resource', 'namespaces', '--name', 'prod'), /: give --namespace prod$/m)
  t.equal(await notes(good, '--resource', 'namespaces', '--name', 'prod', '--namespace', 'prod'), '')
  const node = ['--url', '/', '--user', 'system:node:n']
  t.match(await notes(group, ...node), /: give --group system:nodes --group system:authenticated$/m)
  t.match(await notes(group, ...node, '--group', 'system:authenticated'), /: give --group system:nodes$/m)
  t.equal(await notes(good, ...node), '', 'where no rule names a group, none matters')
  const full = await policy(['explain', good, '--url', 'https://h:6443/healthz?x#y'])
  t.match(full, { code: 0, out: /^get \/healthz, by/, err: /note: .*path of a URL alone: \/healthz\?x\n$/ })
  t.equal((await judged(t, ['explain', 'template:baseline', '--url', '/livez'])).value.level, 'None')

  const event = JSON.stringify({
    kind: 'Event',
    verb: 'create',
    requestURI: '/api/v1/namespaces/a/pods',
    user: { username: 'u' },
    objectRef: { resource: 'secrets' }
  })
  t.same(await level('--event', put('event.json', event)), ['Request', 2, 11])
  t.match((await judged(t, ['explain', good, '--event', '-'], { input: () => [Buffer.from(event)] })).value, {
    rule: 2
  })
  t.match((await judged(t, ['explain', '-', '--url', '/'], { input: () => [Buffer.from(GOOD)] })).value, { rule: null })
})

t.test('policy explain: refused', async t => {
  const put = files(t)
  const [good, broken] = [put('good.yaml', GOOD), put('broken.yaml', BROKEN)]
  const url = ['--url', '/']
  const rows: [argv: string[], code: number, name: string, message: RegExp][] = [
    [['explain', good], 2, 'USAGE', /a request is wanted: --resource, --url, --event or --requests/],
    [['explain', good, ...url, '--resource', 'pods'], 2, 'USAGE', /--resource or --url, not both/],
    [['explain', good, '--url', 'healthz'], 2, 'USAGE', /begins with a slash is wanted, found "healthz"/],
    [['explain', good, ...url, '--namespace', 'a'], 2, 'USAGE', /--namespace does not go with --url/],
    [['explain', good, '--event', 'x', '--group', 'a'], 2, 'USAGE', /--group does not go with --event/],
    [['explain', '-', '--requests', '-'], 2, 'USAGE', /only once/],
    [['explain', broken, ...url], 3, 'BAD_POLICY', /broken\.yaml:6:10: .*users/],
    [['explain', join(top, 'nowhere'), ...url], 3, 'NOT_FOUND', /ENOENT/],
    [['explain', top, ...url], 3, 'CANNOT_READ', /is a directory/],
    [['explain', put('bin', Buffer.from([0xff, 0xfe, 0])), ...url], 3, 'NOT_UTF8', /UTF-8/],
    [['explain', good, '--event', join(top, 'nowhere')], 3, 'NOT_FOUND', /ENOENT/],
    [['explain', good, '--event', put('e1', 'x')], 3, 'BAD_REQUEST', /e1 is no JSON/],
    [
      ['explain', good, '--event', put('e2', '{"kind":"Event"}')],
      3,
      'BAD_REQUEST',
      /a verb and a requestURI are wanted/
    ],
    [['explain', good, '--event', put('e3', '['.repeat(5000))], 3, 'TOO_DEEP', /nested too deeply/],
    [
      ['explain', good, '--requests', put('r1', '{}\n{"verb":7}\n')],
      3,
      'BAD_REQUEST',
      /r1:2:1: verb: a string is wanted/
    ],
    [['explain', good, '--requests', put('r2', '{}\n\n[]\n')], 3, 'BAD_REQUEST', /r2:3:1: a JSON object/],
    [['explain', good, '--requests', put('r3', 'x')], 3, 'BAD_REQUEST', /r3:1:1: the line is no JSON/],
    [
      ['explain', good, '--requests', put('r4', '['.repeat(5000))],
      3,
      'BAD_REQUEST',
      /r4:1:1: the line is nested too deeply/
    ],
    [['explain', good, '--requests', put('r5', 'x'.repeat(1_100_000))], 3, 'TOO_LARGE', /more than 1048576/],
    [['explain', good, '--requests', put('r6', Buffer.from([0x7b, 0x7d, 0x0a, 0xff]))], 3, 'NOT_UTF8', /not UTF-8/]
  ]
  for (const [argv, code, name, message] of rows) {
    const human = await policy(argv)
    t.equal(human.code, code, argv.join(' '))
    t.match(human.err, message)
    t.match(human.err, /\nnext: /)
    t.notMatch(human.err, /\n {4}at /, 'no stack')
    const { out } = await policy([...argv, '-o', 'json'])
    const last: Json = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')
    t.match(last, { kind: 'Error', code: name })
    keepsSchema(t, last, argv.join(' '))
  }
})

t.test('policy explain --requests', async t => {
  const put = files(t)
  const good = put('good.yaml', GOOD)
  const asked = [
    { verb: 'get', resource: 'secrets' },
    { path: '/healthz', user: null },
    { verb: 'create', apiGroup: 'apps', apiVersion: 'v1', resource: 'deployments', groups: ['a'], note: 1 },
    { user: null, resource: 'secrets' }
  ]
  const lines = asked.map(each => JSON.stringify(each)).join('\r\n')
  const { code, out, err } = await policy(['explain', good, '--requests', put('r', `\n${lines}`), '-o', 'json'])
  t.equal(code, 0)
  t.match(err, /^warning: .*r:4: no request has a key "note"; it is not looked at\n$/)
  const values: Json[] = out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Json)
  for (const value of values) keepsSchema(t, value, 'a line')
  t.same(
    values.map(({ rule, stages }) => [rule, stages]),
    [
      [1, ['ResponseComplete']],
      [null, []],
      [2, ['ResponseComplete']],
      [1, ['ResponseStarted']]
    ]
  )
  const human = await policy(['explain', good, '--requests', '-'], { input: () => [Buffer.from(lines)] })
  t.match(human.out, /^Metadata {8}rules\[1\] {2}get secrets in no namespace, by a user without a name\nNone +no rule /)

  t.match(
    (await policy(['explain', good, '--requests', put('v', '{"path":"/x"}')])).out,
    / {2}a request without a verb for \/x,/
  )

  // in pieces that cut lines and letters, more than one batch
  const many = Buffer.from('{"verb":"create","resource":"pöds"}\n'.repeat(10_000))
  const pieces = Array.from({ length: Math.ceil(many.length / 997) }, (_, i) => many.subarray(i * 997, i * 997 + 997))
  const streamed = await policy(['explain', good, '--requests', '-', '-o', 'json'], { input: () => pieces })
  const first = streamed.out.slice(0, streamed.out.indexOf('\n') + 1)
  t.match(JSON.parse(first), { kind: 'Explanation', rule: 2 })
  t.ok(streamed.out === first.repeat(10_000), 'ten thousand lines')
  let read = 0
  const endless = function* (): Generator<Buffer> {
    for (;;) yield Buffer.from('{"verb":"get"}\n'.repeat((read += 1) && 100))
  }
  const cut = await policy(['explain', good, '--requests', '-'], {
    input: endless,
    isRead: () => false
  })
  t.equal(cut.code, 0)
  t.ok(read < 100, 'nobody reads any more: it ends')
})

t.test('policy test', async t => {
  const put = files(t)
  const good = put('good.yaml', GOOD)
  const pass = put(
    'pass.yaml',
    '- {resource: secrets, level: Metadata, rule: 1}\n- {path: /x, level: None, rule: null}\n'
  )
  const fail = put(
    'fail.yaml',
    `- {resource: secrets, level: Metadata}
- description: makers are seen
  verb: create
  resource: pods/exec
  namespace: it's
  level: RequestResponse
  stages: [ResponseStarted]
- {user: null, path: /y, level: Metadata}
`
  )
  t.match(await policy(['test', good, pass]), { code: 0, out: /good\.yaml: 2 of 2 passed\n$/ })
  const { code, value } = await judged(t, ['test', good, fail])
  t.equal(code, 1)
  t.match(value, {
    kind: 'PolicyTest',
    file: good,
    cases: fail,
    passed: 1,
    failed: 2,
    findings: [],
    results: [
      { line: 1, passed: true, misses: [], explanation: { rule: 1, level: 'Metadata' } },
      {
        line: 2,
        description: 'makers are seen',
        passed: false,
        request: { verb: 'create', resource: 'pods', subresource: 'exec', namespace: "it's" },
        misses: [
          { what: 'level', wanted: 'RequestResponse', found: 'Request' },
          { what: 'stages', wanted: 'ResponseStarted', found: 'ResponseStarted, ResponseComplete' }
        ]
      },
      { line: 8, passed: false, request: { user: null, verb: 'get', path: '/y' } }
    ]
  })
  const human = await policy(['test', good, fail], { width: 80 })
  t.equal(human.code, 1)
  t.match(human.out, /^fail .*fail\.yaml:2 makers are seen\n {2}create pods\/exec in namespace "it's", by a user/)
  t.match(human.out, /\n {2}level: wanted RequestResponse, found Request\n/)
  t.match(human.out, /--resource pods\/exec.*\n?.*--namespace 'it'\\''s'/)
  t.match(human.out, /echo '\{"user":null,"verb":"get","path":"\/y"\}' \|/)
  t.match(human.out, /good\.yaml: 1 of 3 passed\n$/)
  const many = put('many.yaml', '- {path: /x, level: Metadata}\n'.repeat(30))
  t.match((await policy(['test', good, many])).out, /\n10 more failed; all are in -o json\n/)

  const broken = put('broken.yaml', BROKEN)
  t.match(await judged(t, ['test', broken, pass]), {
    code: 1,
    value: { passed: 0, failed: 0, results: [], findings: [{ severity: 'error', file: broken }] }
  })
  t.match((await policy(['test', broken, pass])).out, /would not start with it; no case was tried\n$/)
  const deep = put('deep.yaml', `${GOOD}x: ${'['.repeat(1500)}${']'.repeat(1500)}\n`)
  t.match((await policy(['test', deep, pass])).out, /deep\.yaml: it was not judged; no case was tried\n$/)
  t.match((await policy(['lint', deep])).out, /1 error,\s+1 note;\s+it was not judged\n$/)
  const bad = put('bad.yaml', '- {path: /x, level: None, namee: z}\n')
  t.match(await judged(t, ['test', good, bad]), {
    code: 1,
    value: { findings: [{ code: 'cases-unknown-key', file: bad }] }
  })
  t.match((await policy(['test', good, bad])).out, /fix: write name for namee/)
  t.match(await judged(t, ['test', good, put('bin', Buffer.from([0xff]))]), {
    code: 1,
    value: { findings: [{ code: 'policy-not-utf8' }] }
  })
  t.match(await policy(['test', good, join(top, 'nowhere')]), { code: 3, err: /ENOENT/ })
  t.match(await policy(['test', '-', '-']), { code: 2, err: /only once/ })
  const grouped = put('grouped.yaml', `${HEAD}rules:\n- level: Metadata\n  userGroups: ["system:nodes"]\n`)
  const doubtful = put(
    'doubtful.yaml',
    '- {resource: deployments, level: None}\n- {resource: pods, user: "system:node:a", level: None}\n'
  )
  const told = await judged(t, ['test', grouped, doubtful])
  t.match(
    [told.code, told.value],
    [
      0,
      {
        passed: 2,
        findings: [
          { code: 'cases-doubtful-resource', severity: 'warning', line: 1, remediation: 'write apiGroup: apps' },
          {
            code: 'cases-doubtful-groups',
            severity: 'info',
            line: 2,
            remediation: 'write groups: [system:nodes, system:authenticated]'
          }
        ]
      }
    ]
  )
  t.match((await policy(['test', grouped, doubtful])).out, /^warning: [^]*\nnote: [^]* 2 of 2 passed\n$/)
  t.equal((await policy(['test', grouped, doubtful, '--fail-on', 'warning'])).code, 1)
  const crowd = put('crowd.yaml', '- {resource: pod, level: None}\n'.repeat(30))
  t.match((await policy(['test', grouped, crowd])).out, /\n10 more doubts about cases; all are in -o json\n/)
  const lenient = put('lenient.yaml', LENIENT)
  const all = put('all.yaml', '- {path: /x, level: Metadata}\n')
  t.equal((await policy(['test', lenient, all])).code, 0)
  t.equal((await policy(['test', lenient, all, '--fail-on', 'warning'])).code, 1)
})

t.test('policy compare', async t => {
  const put = files(t)
  const good = put('good.yaml', GOOD)
  const same = put(
    'same.yaml',
    `# the same\n${GOOD.replace('users: ["system:kube-proxy"]', 'users: [system:kube-proxy, system:kube-proxy]')}`
  )
  t.match(await policy(['compare', good, same]), { code: 0, out: /record the same of\s+every\s+request\n$/, err: '' })
  t.match((await judged(t, ['compare', good, same])).value, {
    kind: 'PolicyCompare',
    files: [good, same],
    equal: true,
    request: null,
    sentence: null,
    options: null,
    a: null,
    b: null
  })
  const other = put('other.yaml', GOOD.replace('resources: [secrets]', 'resources: [secrets, configmaps]'))
  const { code, value } = await judged(t, ['compare', good, other])
  t.equal(code, 1)
  t.match(value, {
    equal: false,
    request: { resource: 'configmaps' },
    a: { level: 'None', rule: null },
    b: { level: 'Metadata', rule: 1, line: 9 }
  })
  for (const [file, verdict] of [
    [good, value.a],
    [other, value.b]
  ] as const) {
    const again = await judged(t, ['explain', file, ...(value.options as readonly string[])])
    t.match(again.value, verdict as object, 'policy explain says the same of it')
  }
  const human = await policy(['compare', good, other])
  t.equal(human.code, 1)
  t.match(human.out, `\n  ${String(value.sentence)}\n`)
  t.match(human.out, /\nNone {12}no rule matches\n\nMetadata {8}rules\[1\], .*other\.yaml:9\n/)
  t.match(human.out, /\n {2}auditpatch policy explain [^]*--resource configmaps/)

  const nobody = put(
    'nobody.yaml',
    `${HEAD}rules:\n- {level: None, userGroups: ["system:authenticated", "system:unauthenticated"]}\n`
  )
  t.match((await policy(['compare', 'template:metadata-all', nobody])).code, 1)
  const broken = put('broken.yaml', BROKEN)
  t.match(await judged(t, ['compare', good, broken]), {
    code: 1,
    value: { equal: null, a: null, b: null, findings: [{ severity: 'error', file: broken }] }
  })
  t.match(
    (await policy(['compare', good, broken])).out,
    /\nnothing was compared: .*broken\.yaml must be mended first\n$/
  )
  const lenient = put('lenient.yaml', LENIENT)
  t.equal((await policy(['compare', lenient, lenient])).code, 0)
  t.equal((await policy(['compare', lenient, lenient, '--fail-on', 'warning'])).code, 1)
  t.equal((await policy(['compare', lenient, lenient])).out.match(/fix:/g)?.length, 1, 'one file is told of once')
  t.match(await policy(['compare', good, join(top, 'nowhere')]), { code: 3, err: /ENOENT/ })
  t.match(await policy(['compare', '-', '-']), { code: 2, err: /only once/ })
})

t.test('what could rewrite the screen is shown as text', async t => {
  const put = files(t)
  const evil = '\u001b[2J\u009b31m\u202e\u200b\u2028'
  const good = put('good.yaml', GOOD)
  const odd = put(
    'odd.yaml',
    `${HEAD}rules:\n- {level: None, users: ["\\e[2J\\x9b31m"]}\n- {level: Metadata, "x\\e[2J": 1}\n`
  )
  const cases = put('cases.yaml', `- {resource: "\\e[2J", user: "\\u202e", description: "\\x9b", level: None}\n`)
  for (const argv of [
    ['lint', odd],
    ['lint', evil],
    ['explain', odd, '--resource', evil, '--verb', `G${evil}`, '--user', evil, '--group', evil, '--api-group', evil],
    ['explain', good, '--url', `/api/v1/${evil}`],
    ['explain', good, '--requests', put('r', `${JSON.stringify({ resource: evil, [evil]: 1 })}\n`)],
    ['test', good, cases],
    ['compare', odd, good],
    ['show', evil],
    [evil]
  ]) {
    const { out, err } = await policy(argv)
    // eslint-disable-next-line no-control-regex
    t.notMatch(out + err, /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069]/, encodeURI(argv.join(' ')))
    t.not(out + err, '')
  }
})

t.test('the options of a request ask for that request', async t => {
  const words = ['', 'a', '-x', '--verb', "it's", 'a b', '*', 'ü', '$x']
  const parts = { apiGroup: '', resource: 'pods', subresource: '', namespace: '', name: '' }
  const requests = words.flatMap(word => [
    { user: word, groups: word === '' ? [] : [word, 'b'], verb: word, resourceRequest: true, path: '', ...parts },
    { user: 'u', groups: [], verb: 'get', resourceRequest: true, path: '', ...parts, name: word, namespace: word },
    {
      user: 'u',
      groups: [],
      verb: 'get',
      resourceRequest: true,
      path: '',
      apiGroup: word,
      resource: word.replace('/', ''),
      subresource: word,
      namespace: '',
      name: ''
    },
    { user: 'u', groups: [], verb: 'get', resourceRequest: false, ...parts, resource: '', path: `/x${word}` }
  ])
  for (const request of requests) {
    const options = explainOptions(request) ?? []
    const parsed = await parseArguments(['policy', 'explain', 'f', ...options], COMMANDS, 80)
    if (parsed.kind !== 'command') return t.fail('a command')
    const form = request.resourceRequest ? 'resource' : 'url'
    const policyOf = { rules: [], omitStages: [], omitManagedFields: false }
    t.same(requestOfOptions(form, parsed.args, quietIo, sessionOf(parsed.args, quietIo), policyOf), request)
  }
})

t.test('policy map', async t => {
  const put = files(t)
  const good = put('good.yaml', GOOD)
  const out = join(dirname(good), 'map.html')
  const { code, value } = await judged(t, ['map', good, '--html', out])
  t.equal(code, 0)
  t.match(value, { kind: 'PolicyMap', file: good, html: out, rules: 3, bytes: fs.statSync(out).size })
  t.match(fs.readFileSync(out, 'utf8'), /^<!doctype html>/i)
  const piped = await policy(['map', good, '--html', '-'])
  t.equal(piped.out, fs.readFileSync(out, 'utf8'))
  t.match(await policy(['map', good]), { code: 2, err: /--html/ })
  t.match(await policy(['map', good, '--html', '-', '-o', 'json']), { code: 2, err: /not both/ })
  t.match(await policy(['map', put('broken.yaml', BROKEN), '--html', out]), { code: 3, err: /policy lint/ })
  t.match(await policy(['map', good, '--html', good]), { code: 2, err: /is the policy itself/ })
  t.match(await policy(['map', good, '--html', join(out, 'x')]), { code: 3, err: /cannot write .*ENOTDIR/ })
  fs.symlinkSync(join(dirname(good), 'elsewhere.html'), join(dirname(good), 'link.html'))
  t.equal((await policy(['map', good, '--html', join(dirname(good), 'link.html')])).code, 0)
  t.ok(fs.lstatSync(join(dirname(good), 'link.html')).isSymbolicLink(), 'a link stays a link')
  t.ok(fs.existsSync(join(dirname(good), 'elsewhere.html')))
  t.same(
    fs.readdirSync(dirname(good)).filter(name => name.endsWith('.tmp')),
    []
  )
})

t.test('what cannot be judged is a finding, what cannot be opened is refused', async t => {
  const put = files(t)
  const good = put('good.yaml', GOOD)
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghijkl']
    .map(
      (name, i) =>
        `${name}: &${name} [${Array(9)
          .fill(`*${'abcdefghijk'[i] ?? ''}`)
          .join()}]\n`
    )
    .join('')}`
  const garbage = {
    nested: '['.repeat(10 * 1024 * 1024),
    mappings: 'a: '.repeat(3 * 1024 * 1024),
    json: '{"a":'.repeat(2 * 1024 * 1024),
    large: '#'.repeat(11 * 1024 * 1024),
    bomb,
    zeros: '\0'.repeat(5000),
    empty: '',
    random: Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256))
  }
  for (const [name, content] of Object.entries(garbage)) {
    const file = put(name, content)
    for (const argv of [
      ['lint', file],
      ['test', file, good],
      ['test', good, file],
      ['compare', good, file]
    ]) {
      const { code, out, err } = await policy(argv)
      t.same([code, err], [1, ''], argv.slice(0, 1).concat(name).join(' '))
      t.match(out, /^error:/m)
      if (argv[0] === 'lint' && content.length > 6000) t.match(out, /it was not judged/)
      t.ok(out.length < 20_000)
    }
    t.match((await judged(t, ['lint', file])).value, {
      files: [{ accepted: false, findings: [{ severity: 'error' }] }]
    })
    t.equal((await policy(['explain', file, '--url', '/'])).code, 3)
    t.match(await policy(['explain', good, '--event', file]), { code: 3, err: /\nnext: / })
  }
  for (const argv of [
    ['lint', good, join(top, 'nowhere')],
    ['lint', top],
    ['test', top, good],
    ['compare', top, good]
  ]) {
    t.match(await policy(argv), { code: 3, out: '', err: /\nnext: / })
    t.equal((await judged(t, argv)).code, 3)
  }
})

t.test('what the README shows is what comes out', async t => {
  const readme = fs.readFileSync(join(top, 'README.md'), 'utf8')
  const shown = [...readme.matchAll(/```console\n\$ auditpatch (policy .*)\n([\s\S]*?)```/g)]
  t.equal(shown.length, 2)
  for (const [, line = '', text] of shown) {
    const argv = line.replaceAll('examples/', `${top}/examples/`).split(' ')
    const { out } = await run(argv, { width: 80 })
    const plain = (each: string): string => each.replaceAll(`${top}/`, '').replace(/\s+/g, ' ')
    t.equal(plain(out), plain(text ?? ''), line)
  }
  const cases = ['test', join(top, 'examples/policies/first-draft.yaml'), join(top, 'examples/policies/cases.yaml')]
  t.match((await judged(t, cases)).value, { passed: 1, failed: 2, findings: [{}] }, 'the examples work')
  t.equal((await policy(['test', 'template:baseline', join(top, 'examples/policies/cases.yaml')])).code, 1)
})

t.test('every published schema was tried', async t => {
  everyKindWasTried(t, kind => kind.startsWith('Policy') || kind === 'Explanation')
})

t.test('the built program', async t => {
  const put = files(t)
  const good = put('good.yaml', GOOD)
  const start = (argv: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(top, 'bin', 'auditpatch.js'), 'policy', ...argv], {
      input,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024
    })
  t.match(start(['lint', '-', '-o', 'json'], BROKEN), { status: 1, stdout: /"accepted":false/, stderr: '' })
  t.match(start(['explain', good, '--resource', 'secrets']), { status: 0, stdout: /rules\[1\]/ })
  t.match(start(['compare', good, 'template:baseline']), { status: 1, stdout: /differ/ })
  t.match(start(['test', good, '-'], '- {resource: secrets, level: Metadata}\n'), { status: 0, stdout: /1 of 1/ })
  t.match(start(['map', good, '--html', '-']), { status: 0, stdout: /<\/html>\s*$/i })
  const lines = start(
    ['explain', good, '--requests', '-', '-o', 'json'],
    '{"verb":"get","resource":"secrets"}\n'.repeat(10_000)
  )
  t.equal(lines.stdout.split('\n').length, 10_001)
  const closed = spawnSync(
    'sh',
    [
      '-c',
      `yes '{"verb":"get"}' | "${process.execPath}" "${join(top, 'bin', 'auditpatch.js')}" policy explain "${good}" --requests - -o json | head -n 3`
    ],
    { encoding: 'utf8', timeout: 60_000 }
  )
  t.match(closed, { status: 0, stderr: '' }, 'an endless stream ends when nobody reads')
  t.equal(closed.stdout.split('\n').length, 4)
  const full = fs.openSync('/dev/full', 'w')
  const lost = spawnSync(process.execPath, [join(top, 'bin', 'auditpatch.js'), 'policy', 'show', 'exam'], {
    encoding: 'utf8',
    stdio: ['ignore', full, 'pipe']
  })
  fs.closeSync(full)
  t.match(
    lost,
    { status: 3, stderr: /not whole: standard output cannot be written \(ENOSPC\)/ },
    'what is lost is told'
  )
})
