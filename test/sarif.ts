import fs from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import t, { type Test } from 'tap'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import { type Finding, SEVERITIES } from '../src/finding.ts'
import { sarifOf } from '../src/render/sarif.ts'
import { type Output, run } from './fake-cli.ts'

// the standard's own schema; it is written for draft 4, of which it uses nothing but `id` that later drafts do not have
const FILE = '../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'
const { $schema, id, ...schema }: Record<string, unknown> = JSON.parse(
  fs.readFileSync(new URL(FILE, import.meta.url), 'utf8')
)
const ajv = new Ajv({ allErrors: true, strictSchema: true, strictNumbers: true, unicodeRegExp: false })
formats.default(ajv)
const validate = ajv.compile(schema)

interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: { readonly text: string }
  readonly locations?: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string }
      readonly region?: { readonly startLine: number; readonly startColumn?: number }
    }
  }[]
}
interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    readonly results: readonly Result[]
  }[]
}

/** The results of a log that keeps the schema, and whose rules can be found by their index. */
const resultsOf = (t: Test, value: unknown, name: string): readonly Result[] => {
  t.ok(validate(value), `${name}: ${JSON.stringify(validate.errors)}`)
  // the schema has just said so
  const { runs } = value as Log
  t.equal(runs.length, 1)
  const [{ tool, results } = { tool: { driver: { rules: [] } }, results: [] }] = runs
  const rules = tool.driver.rules
  for (const result of results) t.equal(rules[result.ruleIndex]?.id, result.ruleId)
  t.equal(new Set(rules.map(each => each.id)).size, rules.length, 'a rule stands once')
  return results
}

const uriOf = (result: Result | undefined): string | undefined =>
  result?.locations?.[0]?.physicalLocation.artifactLocation.uri

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'
const SOUND = `${HEAD}omitStages: [RequestReceived]\nrules:\n- level: Metadata\n`
const WARNED = `${HEAD}rules:\n- level: RequestResponse\n  resource: [secrets]\n- level: Metadata\n`
const BROKEN = `${HEAD}rules:\n- level: Everything\n- level: None\n  users: alice\n`

t.test('the schema is the whole one, and holds', async t => {
  t.equal($schema, 'http://json-schema.org/draft-04/schema#')
  t.match(id, /sarif-2\.1\.0/)
  t.notMatch(JSON.stringify(schema), /"exclusiveM(in|ax)imum":(true|false)/, 'draft 4 means something else by it')
  const sound = { version: '2.1.0', runs: [{ tool: { driver: { name: 'a' } }, results: [] }] }
  t.ok(validate(sound))
  for (const wrong of [
    { ...sound, version: '2.0.0' },
    { ...sound, $schema: 'no uri' },
    { version: '2.1.0' },
    { ...sound, runs: [{ results: [] }] },
    { ...sound, runs: [{ ...sound.runs[0], results: [{ message: {} }] }] },
    { ...sound, runs: [{ ...sound.runs[0], results: [{ message: { text: 'a' }, level: 'info' }] }] },
    { ...sound, runs: [{ ...sound.runs[0], columnKind: 'bytes' }] }
  ])
    t.notOk(validate(wrong), JSON.stringify(wrong))
})

t.test('policy lint -o sarif keeps the schema', async t => {
  const directory = t.testdir({})
  const put = (name: string, text: string | Buffer): string => {
    fs.writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const lint = async (argv: readonly string[], input?: string): Promise<Output & { results: readonly Result[] }> => {
    const more = input === undefined ? {} : { input: () => [Buffer.from(input)] }
    const output = await run(['policy', 'lint', ...argv, '-o', 'sarif'], more)
    return { ...output, results: resultsOf(t, JSON.parse(output.out), argv.join(' ')) }
  }

  t.match(await lint([put('sound.yaml', SOUND)]), { code: 0, err: '' })
  const warned = await lint([put('warned.yaml', WARNED)])
  t.equal(warned.code, 0)
  t.ok(warned.results.some(({ level }) => level === 'warning'))
  const broken = await lint([put('broken.yaml', BROKEN)])
  t.equal(broken.code, 1)
  t.ok(broken.results.some(({ level }) => level === 'error'))

  for (const [name, text, ruleId] of [
    ['empty.yaml', '', undefined],
    ['unread.yaml', Buffer.from([0x61, 0xff, 0xfe]), undefined],
    ['no.yaml', 'rules: [\n', undefined],
    ['odd key.yaml', `${HEAD}rules:\n- level: Metadata\n  "\\U0001F600 \\u0007<&>": 1\n`, 'policy-unknown-field']
  ] as const) {
    const { code, results } = await lint([put(name, text)])
    t.not(results.length, 0, `${name}: ${code}`)
    if (ruleId !== undefined) t.ok(results.some(each => each.ruleId === ruleId))
  }

  const piped = await lint(['-'], BROKEN)
  t.equal(uriOf(piped.results[0]), 'urn:auditpatch:standard-input')
  const template = await lint(['template:metadata-all', 'template:baseline'])
  for (const result of template.results) t.match(uriOf(result), /^template:[a-z-]+$/)
})

t.test('immutable check -o sarif keeps the schema', async t => {
  const pod = (fields: string): string => `kind: Pod\nspec:\n  containers:\n  - name: app\n    image: app\n${fields}`
  const rows: readonly (readonly [text: string | Buffer, code: number, ruleId: string, level: string])[] = [
    [pod(''), 1, 'read-only-root-filesystem', 'error'],
    [pod('    command: [sh]\n'), 1, 'shell-command', 'warning'],
    [`metadata: {annotations: {auditpatch/mutable: "image-latest: so it is"}}\n${pod('')}`, 1, 'allowed', 'note'],
    ['kind: [\n', 1, 'manifest-broken-yaml', 'error'],
    [Buffer.from([0x61, 0xff]), 1, 'manifest-not-utf8', 'error'],
    ['kind: Service\n', 0, 'no-workload', 'note']
  ]
  for (const [text, code, ruleId, level] of rows) {
    const output = await run(['immutable', 'check', '-', '-o', 'sarif'], { input: () => [Buffer.from(text)] })
    const results = resultsOf(t, JSON.parse(output.out), ruleId)
    t.same([output.code, output.err], [code, ''], ruleId)
    t.ok(
      results.some(each => each.ruleId === ruleId && each.level === level),
      `${ruleId}: ${level}`
    )
    t.equal(uriOf(results[0]), 'urn:auditpatch:standard-input')
  }
})

t.test('odd names of files are URIs that lead back to them', async t => {
  const directory = fs.realpathSync(t.testdir({}))
  const names = [
    'a b.yaml',
    'a%20b.yaml',
    'a#b?c.yaml',
    'ä–😀.yaml',
    'quote\'".yaml',
    '[x]{y}|^`.yaml',
    'back\\slash.yaml',
    'tab\tnew\nline.yaml',
    'a:b.yaml',
    'a&b=c;d+e,f@g!$(h)*.yaml'
  ]
  for (const name of names) fs.writeFileSync(join(directory, name), BROKEN)
  const paths = names.map(name => join(directory, name))
  const { out } = await run(['policy', 'lint', ...paths, '-o', 'sarif'])
  const found = new Set(resultsOf(t, JSON.parse(out), 'odd names').map(uriOf))
  t.same(
    [...found].map(uri => decodeURIComponent(new URL(uri ?? '').pathname)).sort(),
    [...paths].sort(),
    'each file by its own URI'
  )
})

t.test('findings of every form keep the schema', async t => {
  const files = [undefined, '/etc/kubernetes/manifests/kube-apiserver.yaml', 'a:b.yaml', 'a/b:c', '//a', './-', ':']
  const places = [{}, { line: 1 }, { line: 3, column: 7 }]
  const findings = files.flatMap(file =>
    places.flatMap(place =>
      SEVERITIES.map((severity): Finding => ({
        code: `code-${severity}`,
        severity,
        message: `a ${severity}`,
        ...(file === undefined ? {} : { file }),
        ...place,
        field: 'spec.containers[0]',
        remediation: 'mend it'
      }))
    )
  )
  const kinds = [{ code: 'code-error', severity: 'error', why: 'it stops the server' }] as const
  const results = resultsOf(t, sarifOf(findings, kinds, '1.2.3'), 'all forms')
  t.equal(results.length, findings.length)
  for (const [index, result] of results.entries()) {
    const { file, line } = findings[index] ?? {}
    const region = result.locations?.[0]?.physicalLocation.region
    t.equal(region?.startLine, file === undefined ? undefined : line, 'a line is one of a file')
  }
  resultsOf(t, sarifOf([], kinds, '1.2.3'), 'none')
})

t.test('the URI of a file means that file, also where its name begins as something else', async t => {
  const base = 'file:///here/'
  for (const [file, want] of [
    ['a:b.yaml', 'file:///here/a:b.yaml'],
    ['a/b:c.yaml', 'file:///here/a/b:c.yaml'],
    ['//server/share', 'file:////server/share'],
    ['/a//b', 'file:///a//b'],
    ['../up.yaml', 'file:///up.yaml'],
    ['?', 'file:///here/%3F'],
    ['#', 'file:///here/%23'],
    ['100%.yaml', 'file:///here/100%25.yaml'],
    ['standard input', 'urn:auditpatch:standard-input']
  ] as const) {
    const finding: Finding = { code: 'a', severity: 'info', message: 'b', file, line: 1 }
    const [result] = resultsOf(t, sarifOf([finding], [], '1.2.3'), file)
    t.equal(new URL(uriOf(result) ?? '', base).href, want, file)
  }
})

t.test('check of a sound node, of a broken one, and of one whose manifest is gone', async t => {
  const at = '/etc/kubernetes/manifests/kube-apiserver.yaml'
  const nodes = {
    sound: { 'kube-apiserver.yaml': EXAMPLE_MANIFEST },
    broken: {
      'kube-apiserver.yaml': EXAMPLE_MANIFEST.replace(
        '    - --advertise',
        '    - --audit-policy-fil=/x\n    - --audit-log-path=/var/log/a b#?.log\n    - --advertise'
      ),
      'kube-apiserver.yaml.b\u00e4k %20': EXAMPLE_MANIFEST
    },
    unreadable: { 'kube-apiserver.yaml': 'kind: [\n' },
    gone: { 'etcd.yaml': 'kind: Pod\n' }
  }
  const dir = t.testdir(
    Object.fromEntries(Object.entries(nodes).map(([name, manifests]) => [name, { etc: { kubernetes: { manifests } } }]))
  )
  const of = async (name: keyof typeof nodes): Promise<readonly Result[]> => {
    const { out, code } = await run(['check', '-o', 'sarif', '--root', join(dir, name)])
    t.equal(code, name === 'sound' ? 0 : 1, name)
    return resultsOf(t, JSON.parse(out), name)
  }
  t.same(
    (await of('sound')).map(each => each.level).filter(level => level !== 'note'),
    []
  )
  const broken = await of('broken')
  t.ok(broken.some(each => each.ruleId === 'unknown-flag' && uriOf(each) === `file://${at}`))
  t.ok(broken.some(each => each.ruleId === 'stray-pod' && uriOf(each) === `file://${at}.b%C3%A4k%20%2520`))
  t.match(await of('unreadable'), [{ ruleId: 'broken-yaml', level: 'error' }])
  t.match(await of('gone'), [{ ruleId: 'manifest-missing', level: 'error' }])
})
