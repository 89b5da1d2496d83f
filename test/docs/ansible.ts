import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { ANSIBLE_FILES, ansibleRegions, fillAnsible } from '../../src/cli/ansible-docs.ts'
import {
  ansibleName,
  AUDIT_OPTIONS,
  AUDIT_TAKES,
  GIVEN_BY_MODULE,
  INFO_OPTIONS,
  INFO_TAKES,
  ROLE_OPTIONS
} from '../../src/cli/ansible-options.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import type { OptionName } from '../../src/cli/options.ts'
import { VERSION } from '../../src/cli/version.ts'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
const read = (file: string): string => readFileSync(join(top, file), 'utf8')
const inCollection = (file: string): string => read(`examples/ansible/${file}`)

t.test('what is generated in the collection is that of the code', async t => {
  const texts = ANSIBLE_FILES.map(file => [file, read(file)] as const)
  for (const [file, text] of texts) t.equal(fillAnsible(text), text, `npm run build brings ${file} up to date`)
  for (const [name, lines] of Object.entries(ansibleRegions())) {
    const holders = texts.filter(([, text]) => text.includes(`<${name}>`) || text.includes(`<!-- ${name} -->`))
    t.equal(holders.length, 1, `${name} has its place`)
    t.ok(lines.length > 2, name)
    const stale = `a\n  # <${name}>\n  old\n  # </${name}>\nz\n`
    t.equal(fillAnsible(stale), stale.replace('old', lines.join('\n  ')).replace(/ +$/gm, ''), 'and is replaced there')
  }
})

t.test('the modules take what the commands take', async t => {
  const commandOf = (name: string) => COMMANDS.find(command => command.name === name)
  const notPassed: Readonly<Record<string, readonly OptionName[]>> = { plan: ['exit-code', 'remove'], check: ['fix'] }
  for (const [name, names] of Object.entries({ ...AUDIT_TAKES, ...INFO_TAKES })) {
    const taken = (commandOf(name)?.options ?? []).filter(option => !notPassed[name]?.includes(option))
    t.same([...names].sort(), ['root', ...taken].sort(), name)
  }
  const names = AUDIT_OPTIONS.map(option => option.name)
  for (const name of GIVEN_BY_MODULE) t.notOk(names.includes(ansibleName(name)), `the module gives --${name}`)
})

t.test('types follow from what stands for the value', async t => {
  const types = Object.fromEntries([...AUDIT_OPTIONS, ...INFO_OPTIONS].map(({ name, type }) => [name, type]))
  t.match(types, {
    log_maxage: 'int',
    log_maxbackup: 'int',
    backup_keep: 'int',
    log_compress: 'bool',
    wait: 'bool',
    purge: 'bool',
    rollback: 'bool',
    root: 'path',
    policy_path: 'path',
    webhook_config: 'path',
    log_path: 'str',
    policy: 'str',
    wait_timeout: 'str',
    set: 'dict',
    policy_content: 'raw'
  })
  const withDefault = [...AUDIT_OPTIONS, ...INFO_OPTIONS].filter(option => option.default !== undefined)
  t.same(
    withDefault.map(({ name }) => name),
    ['state'],
    'what is not given is left to the program'
  )
})

t.test('what only a command line has is not told', async t => {
  const texts = ROLE_OPTIONS.map(({ doc, absent = '' }) => `${doc} ${absent}`).join('\n')
  t.notMatch(texts, /standard input|command line|\(repeatable\)/)
  t.match(ROLE_OPTIONS.find(({ name }) => name === 'kubeadm_config')?.doc, /ConfigMap$/)
  t.match(texts, 'the log; - is standard output, none no log', 'that of a kube-apiserver is its own')
})

t.test('the role knows every name that its files use', async t => {
  const known = inCollection('roles/kube_audit/vars/main.yml')
  const files = ['tasks', 'defaults', 'vars'].flatMap(name =>
    readdirSync(join(top, 'examples/ansible/roles/kube_audit', name)).map(file => `roles/kube_audit/${name}/${file}`)
  )
  const playbooks = readdirSync(join(top, 'examples/ansible/playbooks')).map(file => `playbooks/${file}`)
  const used = [...files, ...playbooks].flatMap(file => inCollection(file).match(/(?<![\w.])kube_audit_\w+/g) ?? [])
  t.ok(used.length > 50)
  for (const name of new Set(used)) t.match(known, new RegExp(`^  - ${name}$`, 'm'), name)
})

t.test('an option that a text names is there', async t => {
  const named = (file: string): string[] =>
    [...inCollection(file).matchAll(/\bI\((\w+)(?:=[^)]*)?\)/g)].map(match => match[1] ?? '')
  for (const [file, options, prefix] of [
    ['plugins/modules/audit.py', AUDIT_OPTIONS, ''],
    ['plugins/modules/audit_info.py', INFO_OPTIONS, ''],
    ['roles/kube_audit/meta/argument_specs.yml', ROLE_OPTIONS, 'kube_audit_']
  ] as const) {
    const names = options.map(({ name }) => `${prefix}${name}`)
    t.ok(named(file).length > 0, file)
    for (const name of named(file)) t.ok(names.includes(name), `${file}: ${name}`)
    t.equal(new Set(names).size, names.length, 'each once')
  }
})

t.test('the role has the defaults that its documentation names', async t => {
  const lines = ROLE_OPTIONS.filter(option => option.default !== undefined)
    .map(({ name, default: fallback }) => `kube_audit_${name}: ${fallback ?? ''}`)
    .sort()
  t.same(inCollection('roles/kube_audit/defaults/main.yml').trim().split('\n').slice(1).sort(), lines)
})

t.test('every key of a result is handed on', async t => {
  const schema: { properties: Record<string, unknown> } = JSON.parse(read('templates/schemas/apply-result.json'))
  const [, table = ''] = /^DONE = \{\n([\s\S]*?)^\}/m.exec(inCollection('plugins/module_utils/program.py')) ?? []
  const handedOn = [...table.matchAll(/^ {4}'(\w+)': '(\w+)',$/gm)].map(match => match[1])
  const otherwise = ['apiVersion', 'kind', 'changed', 'files', 'code', 'message', 'next']
  t.same([...handedOn, ...otherwise].sort(), Object.keys(schema.properties).sort())
  const documented = inCollection('plugins/modules/audit.py')
  for (const [, , name = ''] of table.matchAll(/'(\w+)': '(\w+)'/g))
    t.match(documented, new RegExp(`^${name}:$`, 'm'), `${name} is documented`)
})

t.test('versions agree', async t => {
  t.match(inCollection('galaxy.yml'), `\nversion: ${VERSION}\n`)
  t.match(inCollection('CHANGELOG.md'), `\n## ${VERSION}\n`)
})
