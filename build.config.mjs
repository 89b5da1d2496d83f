// Builds dist/auditpatch.cjs, one file that Node runs, with dist/quick.cjs for the commonest run and dist/worker.cjs for threads, and the modules generated from templates/ and examples/.
// `--setup` first installs what is missing, so that a fresh clone needs one command.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const at = (...path) => join(root, ...path)

// npm writes this last: without it there is nothing, or what an interrupted installation left
if (process.argv.includes('--setup') && !existsSync(at('node_modules', '.package-lock.json'))) {
  console.error('installing what is missing with npm; the first time this takes a minute')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--fetch-retries=5'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit']
  })
  if (status !== 0) process.exit(status ?? 1)
}

const { build } = await import('esbuild')

// as ES modules it can be bundled without what is not used
const YAML = at('node_modules/yaml/browser/index.js')

// what importing a source file of this project gives, without a loader for TypeScript
const load = async file => {
  const { outputFiles } = await build({
    entryPoints: [at(file)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { yaml: YAML },
    write: false
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`)
}

const writeIfNew = (file, text) => {
  if (!existsSync(at(file)) || readFileSync(at(file), 'utf8') !== text) writeFileSync(at(file), text)
}

const { renderTemplatesModule } = await load('src/policy/templates-module.ts')
const policies = readdirSync(at('templates/policies')).map(name => ({
  name: name.replace(/\.yaml$/, ''),
  text: readFileSync(at('templates/policies', name), 'utf8')
}))
writeIfNew('src/policy/templates.generated.ts', renderTemplatesModule(policies))

const manifest = readFileSync(at('examples/manifests/kube-apiserver.yaml'), 'utf8')
const literal = manifest.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')
writeIfNew(
  'src/manifest/example-manifest.generated.ts',
  `/** A manifest as kubeadm writes it. Generated from examples/manifests; not to be edited. */\nexport const EXAMPLE_MANIFEST = \`${literal}\`\n`
)

const { renderTextModule } = await load('src/text/text-module.ts')
const textsIn = (folder, nameOf) =>
  Object.fromEntries(
    readdirSync(at(folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
      .map(file => [nameOf(relative(at(folder), file)), readFileSync(file, 'utf8')])
  )
writeIfNew(
  'src/drills/templates.generated.ts',
  renderTextModule(
    {
      says: 'The files of a control-plane node as kubeadm makes them. Generated from templates/drills; not to be edited.',
      name: 'NODE_FILES'
    },
    textsIn('templates/drills/node', path => `/${path}`)
  )
)
writeIfNew(
  'src/falco/rule-templates.generated.ts',
  renderTextModule(
    {
      says: "Falco's rules that come with auditpatch. Generated from templates/rules; not to be edited.",
      name: 'RULE_TEMPLATES'
    },
    textsIn('templates/rules', path => path.replace(/\.yaml$/, ''))
  )
)

const { renderPageModule } = await load('src/render/page-module.ts')
const { PAGES, pageParts } = await import('./templates/html/build-page.mjs')
const { bundledPackages } = await load('src/host/bundled-packages.ts')
const { licenceTexts } = await load('src/cli/third-party.ts')
const licences = inputs => licenceTexts(bundledPackages(root, inputs))
const inPages = []
for (const page of PAGES) {
  const parts = await pageParts(build, root, page, licences)
  inPages.push(...parts.inputs)
  writeIfNew(page.file, renderPageModule(page, parts))
}

const { fillReadme } = await load('src/cli/readme-tables.ts')
writeIfNew('README.md', fillReadme(readFileSync(at('README.md'), 'utf8')))

const { ANSIBLE_FILES, fillAnsible } = await load('src/cli/ansible-docs.ts')
for (const file of ANSIBLE_FILES) writeIfNew(file, fillAnsible(readFileSync(at(file), 'utf8')))

/** Bundles a program. */
export const bundle = (entry, outfile, more) =>
  build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: at(outfile),
    bundle: true,
    platform: 'node',
    // as CommonJS it starts sooner: a module that imports node:fs waits for all of node:fs
    format: 'cjs',
    target: 'node20',
    minify: true,
    keepNames: false,
    legalComments: 'none',
    // yargs brings string-width, which builds an Intl.Segmenter and a large regular expression at every start
    alias: { 'string-width': at('src/cli/string-width.ts'), yaml: YAML, diff: at('node_modules/diff/libesm/index.js') },
    // yargs asks where it lies, to read translations that are not used
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    supported: { 'dynamic-import': false },
    ...more
  })

// what the quick program leaves to the whole one, and so never loads
const LEFT = /\/(run|parse|settings-file|plan-way-back|lint|log-forecast)\.ts$/
/** A quick program without what it leaves to the whole one, of that name. */
export const leaveTo = path => ({
  name: 'leave to the whole program',
  setup: ({ onResolve }) =>
    onResolve({ filter: LEFT }, ({ kind }) => (kind === 'dynamic-import' ? { path, external: true } : undefined))
})
// what was compiled of the programs of before must not outlive them
mkdirSync(at('dist'), { recursive: true })
for (const name of readdirSync(at('dist')).filter(each => each.endsWith('.v8'))) rmSync(at('dist', name))
const { metafile } = await bundle('src/cli/run.ts', 'dist/auditpatch.cjs', { metafile: true })
// a thread that loads the whole program takes 20 MiB more
await bundle('src/cli/run-worker.ts', 'dist/worker.cjs')
await bundle('src/cli/run-quick.ts', 'dist/quick.cjs', { plugins: [leaveTo('./auditpatch.cjs')] })

// the licences of the packages in the bundle have to go along with it
writeIfNew('dist/third-party.txt', licences([...Object.keys(metafile.inputs), ...inPages]))

// code that this machine's Node has compiled already halves a start; it is of use to the very same Node only
const { status } = spawnSync(process.execPath, [at('bin/compile.js')], { stdio: ['ignore', 'ignore', 'inherit'] })
if (status !== 0) process.exit(status ?? 1)
