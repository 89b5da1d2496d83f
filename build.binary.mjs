// Builds dist/auditpatch-linux-x64 and -arm64, each one file that needs nothing but the C library, and dist/SHA256SUMS.
// The same commit gives the same bytes: the time inside is that of the commit, or SOURCE_DATE_EPOCH.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, leaveTo } from './build.config.mjs'

const root = dirname(fileURLToPath(import.meta.url))
const at = (...path) => join(root, ...path)

const run = (file, args, options = {}) => {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: root, encoding: 'utf8', ...options })
  if (error) throw error
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`)
  return stdout.trim()
}

const asked = args => {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
const epoch = process.env.SOURCE_DATE_EPOCH ?? asked(['log', '-1', '--format=%ct'])
const built = epoch === undefined ? null : new Date(Number(epoch) * 1000).toISOString().replace('.000Z', 'Z')
const head = asked(['rev-parse', '--short=12', 'HEAD'])
const commit = head === undefined ? null : `${head}${asked(['status', '--porcelain']) === '' ? '' : '-dirty'}`

const lock = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages
const packageOf = arch => `@oven/bun-linux-${arch === 'arm64' ? 'aarch64' : arch}`

const sha256Of = file => createHash('sha256').update(readFileSync(file)).digest('hex')

// the runtime of another architecture is fetched as the lock file names it, and checked
const runtimeOf = arch => {
  const name = packageOf(arch)
  // its own install script, where npm runs such, moves it
  const own = arch === process.arch ? [at('node_modules/bun/bin/bun.exe')] : []
  const installed = [at('node_modules', name, 'bin/bun'), ...own].find(
    file => existsSync(file) && statSync(file).size > 1e6
  )
  if (installed) return installed
  const { version, integrity } = lock[`node_modules/${name}`]
  const cache = at('node_modules/.cache/runtimes')
  const kept = join(cache, `${name.replace('/', '-')}-${version}`)
  const sum = `${kept}.sha256`
  if ([kept, sum].every(existsSync) && readFileSync(sum, 'utf8') === sha256Of(kept)) return kept
  mkdirSync(cache, { recursive: true })
  const words = ['pack', '--silent', '--fetch-retries=5', `${name}@${version}`, '--pack-destination', cache]
  const archive = join(cache, run('npm', words))
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (found !== integrity) throw new Error(`${name}@${version}: found ${found}, package-lock.json wants ${integrity}`)
  run('tar', ['-xzf', archive, '-C', cache, 'package/bin/bun'])
  writeFileSync(sum, sha256Of(join(cache, 'package/bin/bun')))
  renameSync(join(cache, 'package/bin/bun'), kept)
  rmSync(archive)
  return kept
}

const inside = {
  AUDITPATCH_BUILT: JSON.stringify(built),
  AUDITPATCH_COMMIT: JSON.stringify(commit)
}
const asModule = {
  format: 'esm',
  define: inside,
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
  },
  supported: {}
}
// modules of their own, as most runs need the first only
await bundle('src/cli/run-binary.ts', 'dist/binary/quick.mjs', { ...asModule, plugins: [leaveTo('./whole.mjs')] })
await bundle('src/cli/run.ts', 'dist/binary/whole.mjs', asModule)
await bundle('src/cli/run-worker.ts', 'dist/binary/worker.mjs', asModule)

const sums = ['x64', 'arm64'].map(arch => {
  const name = `auditpatch-linux-${arch}`
  run(runtimeOf(process.arch), [
    ...['build', '--compile', '--format=esm', '--splitting', '--minify', '--bytecode', `--target=bun-linux-${arch}`],
    // most runs are over before what is compiled at run time would have paid for it: only code that runs for long is
    '--compile-jit-policy=100',
    // a program of root's takes nothing from the directory that it is started in
    ...['dotenv', 'bunfig', 'tsconfig', 'package-json'].map(what => `--no-compile-autoload-${what}`),
    ...(arch === process.arch ? [] : [`--compile-executable-path=${runtimeOf(arch)}`]),
    ...['dist/binary/quick.mjs', 'dist/binary/worker.mjs', `--outfile=dist/${name}`]
  ])
  return `${sha256Of(at('dist', name))}  ${name}\n`
})
rmSync(at('dist/binary'), { recursive: true })
writeFileSync(at('dist/SHA256SUMS'), sums.join(''))
process.stdout.write(sums.join(''))
