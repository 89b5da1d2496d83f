import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { auditFlags } from '../src/audit/flags.ts'
import { COMMANDS } from '../src/cli/commands.ts'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import { option, type OptionName, OPTIONS } from '../src/cli/options.ts'
import { fillReadme } from '../src/cli/readme-tables.ts'
import { VERSION } from '../src/cli/version.ts'
import { sha256 } from '../src/sha256.ts'
import { wishOf, renderManifest } from '../src/plan/enable.ts'
import { decodePolicy } from '../src/policy/decode.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
// one process for these: each takes more than a second to start
import './docs/ansible.ts'
import './docs/completion.ts'
import './docs/man-page.ts'

const top = join(dirname(fileURLToPath(import.meta.url)), '..')
const read = (...path: string[]): string => readFileSync(join(top, ...path), 'utf8')
const readme = read('README.md')
const manifest: { version: string; devDependencies: Record<string, string> } = JSON.parse(read('package.json'))

t.test('the tables of the README are those of the code', async t => {
  t.equal(fillReadme(readme), readme, 'npm run build brings them up to date')
  t.match(readme, /<!-- options -->[\s\S]*--policy-path[\s\S]*<!-- \/options -->/, 'and they are there')
})

t.test('the README names what there is', async t => {
  for (const { name } of COMMANDS) t.match(readme, new RegExp('`' + name + '[` ]'), `the command ${name}`)
  for (const name of Object.keys(POLICY_TEMPLATES)) t.match(readme, `template:${name}`, `the template ${name}`)
  const table = readme.slice(readme.indexOf('## Dependencies'), readme.indexOf('## Development'))
  for (const name of ['yaml', 'diff', 'yargs', 'fs-extra']) t.match(table, `| \`${name}\` |`, `the dependency ${name}`)
  for (const name of Object.keys(manifest.devDependencies)) {
    if (!name.startsWith('@types/')) t.match(table, `\`${name}\``, `the development dependency ${name}`)
  }
})

t.test('every option that a command takes is an option, and every option is taken', async t => {
  const taken = new Set<OptionName>(COMMANDS.flatMap(command => command.options))
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    if (['root', 'output', 'color', 'quiet', 'verbose', 'help', 'version'].includes(name)) continue
    t.ok(taken.has(name), `some command takes --${name}`)
    t.match(option(name).doc, /^\S.*\S$/)
  }
})

t.test('the picture of the diff is what plan shows', async t => {
  const settings = {
    settings: { flags: new Map() },
    version: undefined,
    policy: undefined,
    fallbackPolicy: { name: '', text: '' },
    webhook: undefined
  }
  const patched = renderManifest(wishOf('kube-apiserver.yaml', EXAMPLE_MANIFEST, settings), settings)
  const picture = readme.slice(readme.indexOf('```diff'), readme.indexOf('```\n', readme.indexOf('```diff') + 8))
  for (const line of picture.split('\n').filter(each => /^\+[ ]/.test(each)))
    t.ok(patched.includes(`\n${line.slice(1)}\n`), line)
  for (const line of picture.split('\n').filter(each => /^ /.test(each)))
    t.ok(EXAMPLE_MANIFEST.includes(`\n${line.slice(1)}\n`), line)
})

t.test('generated modules are up to date', async t => {
  t.equal(EXAMPLE_MANIFEST, read('examples', 'manifests', 'kube-apiserver.yaml'))
  const templates: Readonly<
    Record<string, { readonly text: string; readonly decoded: string; readonly sha256: string }>
  > = POLICY_TEMPLATES
  for (const file of readdirSync(join(top, 'templates', 'policies'))) {
    const template = templates[file.replace(/\.yaml$/, '')]
    t.equal(template?.text, read('templates', 'policies', file), file)
    t.equal(template?.sha256, sha256(template?.text ?? ''), file)
    // what a run takes for read is what every release reads
    for (const minor of [29, 31, 33, 36]) {
      const { policy, findings } = decodePolicy(template?.text ?? '', file, { major: 1, minor })
      t.same([JSON.parse(template?.decoded ?? ''), findings], [policy, []], `${file} at 1.${minor}`)
    }
  }
})

t.test('versions agree', async t => {
  t.equal(VERSION, manifest.version)
  t.match(read('CHANGELOG.md'), `## ${VERSION}`)
})

t.test('every audit flag is told of once, and options point to flags that are there', async t => {
  t.equal(new Set(auditFlags.map(flag => flag.name)).size, auditFlags.length)
  for (const flag of auditFlags) {
    t.not(flag.doc, '', flag.name)
    if (flag.option !== undefined) t.ok(Object.hasOwn(OPTIONS, flag.option), `--${flag.option} for ${flag.name}`)
  }
})
