// Makes dist/auditpatch_VERSION_amd64.deb and _arm64.deb from the programs that `npm run build:binary` left in dist/.
// The same commit gives the same bytes: every time is SOURCE_DATE_EPOCH, or the last commit's where it is not set.
// `--arch NAME` makes one of the two; `--level N` compresses less than the usual 6, to be quicker; `--out DIR` puts them there.
import { build } from 'esbuild'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const root = dirname(fileURLToPath(import.meta.url))
const at = (...path) => join(root, ...path)
const text = (...path) => fs.readFileSync(at(...path), 'utf8')

const PROGRAMS = { amd64: 'auditpatch-linux-x64', arm64: 'auditpatch-linux-arm64' }

const { values } = parseArgs({
  options: {
    arch: { type: 'string' },
    level: { type: 'string', default: '6' },
    out: { type: 'string', default: at('dist') }
  }
})
if (values.arch !== undefined && !Object.hasOwn(PROGRAMS, values.arch)) {
  console.error(`build.deb: --arch is ${Object.keys(PROGRAMS).join(' or ')}, not ${values.arch}`)
  process.exit(2)
}

const bundleOf = options =>
  build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'error',
    ...options
  })

// the texts come from the sources, without a loader for TypeScript; packages that are not ES modules call require
const { outputFiles } = await bundleOf({
  stdin: {
    resolveDir: root,
    contents: `export * from './src/cli/debian-files.ts'
      export { bundledPackages } from './src/host/bundled-packages.ts'
      export { manPage } from './src/cli/man-page.ts'
      export { completionScript } from './src/cli/completion/completion-script.ts'
      export { COMMANDS } from './src/cli/commands.ts'`
  },
  banner: {
    js: `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(${JSON.stringify(at('package.json'))});`
  }
})
const source = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`)

const seconds = () => {
  const given =
    process.env.SOURCE_DATE_EPOCH ?? execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' })
  if (/^\d+\s*$/.test(given)) return Number(given)
  console.error(`build.deb: SOURCE_DATE_EPOCH is a number of seconds, not "${given}"`)
  process.exit(2)
}
const epoch = seconds()
const date = new Date(epoch * 1000)

const { version, author } = JSON.parse(text('package.json'))
// lintian wants an address; there is no public one yet
const maintainer = author ?? 'The authors of auditpatch <auditpatch@example.invalid>'

const { metafile } = await bundleOf({
  entryPoints: ['src/cli/run.ts'],
  metafile: true,
  alias: { 'string-width': at('src/cli/string-width.ts') }
})
const packages = source.bundledPackages(root, Object.keys(metafile.inputs))

const gzip = content => {
  const packed = gzipSync(content, { level: 9 })
  // the system that packed it is not of interest
  packed[9] = 3
  return packed
}

// what lies there besides is nobody else's business; outside of a repository everything is taken
const listed = spawnSync('git', ['ls-files', '-z', '--', 'examples', 'templates'], { cwd: root, encoding: 'utf8' })
const tracked = new Set((listed.stdout ?? '').split('\0').filter(name => name !== ''))

/** Files of a directory below another place, but what begins with a dot. */
const filesBelow = (from, to) =>
  fs
    .readdirSync(at(from), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .filter(
      file =>
        !relative(root, file)
          .split('/')
          .some(part => part.startsWith('.'))
    )
    .filter(file => tracked.size === 0 || tracked.has(relative(root, file)))
    .map(file => ({
      path: join(to, relative(at(from), file)),
      content: fs.readFileSync(file),
      mode: fs.statSync(file).mode & 0o100 ? 0o755 : 0o644
    }))

const DOC = 'usr/share/doc/auditpatch'

const filesOf = program => [
  { path: 'usr/bin/auditpatch', content: fs.readFileSync(program), mode: 0o755 },
  {
    path: 'usr/share/man/man1/auditpatch.1.gz',
    content: gzip(source.manPage(source.COMMANDS, version, date.toISOString().slice(0, 10)))
  },
  ...[
    ['bash', 'usr/share/bash-completion/completions/auditpatch'],
    ['zsh', 'usr/share/zsh/vendor-completions/_auditpatch'],
    ['fish', 'usr/share/fish/vendor_completions.d/auditpatch.fish']
  ].map(([shell, path]) => ({ path, content: source.completionScript(shell, source.COMMANDS) })),
  { path: `${DOC}/copyright`, content: source.debianCopyright(packages, date.getUTCFullYear()) },
  {
    path: `${DOC}/changelog.gz`,
    content: gzip(source.debianChangelog(text('CHANGELOG.md'), version, maintainer, date))
  },
  { path: `${DOC}/README.Debian`, content: source.debianReadme() },
  { path: 'usr/share/lintian/overrides/auditpatch', content: source.lintianOverrides() },
  ...filesBelow('examples', `${DOC}/examples`),
  ...filesBelow('templates/policies', `${DOC}/examples/templates/policies`),
  ...filesBelow('templates/schemas', `${DOC}/examples/templates/schemas`)
]

const write = (stage, { path, content, mode = 0o644 }) => {
  const file = join(stage, path)
  fs.mkdirSync(dirname(file), { recursive: true })
  fs.writeFileSync(file, content)
  fs.chmodSync(file, mode)
}

/** Every file and directory with the same time and the usual rights, whatever the umask. */
const settle = directory => {
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name)
    if (entry.isDirectory()) fs.chmodSync(path, 0o755)
    fs.utimesSync(path, epoch, epoch)
  }
  fs.chmodSync(directory, 0o755)
  fs.utimesSync(directory, epoch, epoch)
}

const buildPackage = (architecture, program) => {
  if (!fs.existsSync(program)) {
    console.error(`build.deb: ${relative(root, program)} is missing: npm run build:binary makes it`)
    process.exit(3)
  }
  const files = filesOf(program)
  const stage = fs.mkdtempSync(join(tmpdir(), 'auditpatch-deb-'))
  try {
    for (const file of files) write(stage, file)
    const sums = files
      .map(({ path, content }) => `${createHash('md5').update(content).digest('hex')}  ${path}\n`)
      .sort((a, b) => (a.slice(34) < b.slice(34) ? -1 : 1))
    const installedSize = files.reduce((sum, { content }) => sum + Math.ceil(Buffer.byteLength(content) / 1024), 0)
    write(stage, { path: 'DEBIAN/md5sums', content: sums.join('') })
    write(stage, {
      path: 'DEBIAN/control',
      content: source.debianControl({ version, architecture, maintainer, installedSize })
    })
    settle(stage)
    const result = join(values.out, `auditpatch_${source.debianVersion(version)}_${architecture}.deb`)
    // xz, because dpkg reads zstd only since 1.21.18
    const { status, error } = spawnSync(
      'dpkg-deb',
      ['--root-owner-group', '-Zxz', `-z${values.level}`, '--build', stage, `${result}.part`],
      { env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) }, stdio: ['ignore', 'ignore', 'inherit'] }
    )
    if (status !== 0) throw new Error(`dpkg-deb made no ${result}`, { cause: error })
    fs.renameSync(`${result}.part`, result)
    console.log(relative(process.cwd(), result))
  } finally {
    fs.rmSync(stage, { recursive: true })
  }
}

for (const [architecture, program] of Object.entries(PROGRAMS)) {
  if (values.arch === undefined || values.arch === architecture) buildPackage(architecture, at('dist', program))
}
