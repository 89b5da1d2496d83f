import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { VERSION } from '../../../src/cli/version.ts'

t.setTimeout(900_000)

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

const manifest: {
  dependencies?: Record<string, string>
  devDependencies: Record<string, string>
  scripts: Record<string, string>
} = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))

/** A program with a home of its own: nothing that npm has in its cache, and nothing that it was told elsewhere. */
const runIn = (t: Test, cwd: string, home: string, command: readonly string[]): string => {
  const [program = '', ...rest] = command
  const { status, stdout, stderr } = spawnSync(program, rest, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, npm_config_cache: join(home, 'cache'), npm_config_offline: 'true' }
  })
  t.equal(status, 0, `${command.join(' ')}${status === 0 ? '' : `: ${stderr}${stdout}`}`)
  return stdout
}

const filesOf = (directory: string): string[] =>
  readdirSync(join(top, directory), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(top.length + 1))

t.test('the package that npm makes', async t => {
  // not below the repository, whose node_modules would be found
  const dir = mkdtempSync(join(tmpdir(), 'auditpatch-npm-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  const [home, project, elsewhere] = ['home', 'project', 'elsewhere'].map(name => join(dir, name)) as [
    string,
    string,
    string
  ] // as many as names
  for (const each of [home, project, elsewhere]) mkdirSync(each)

  // its scripts would build again what the other tests use
  const packed = runIn(t, top, home, ['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', dir])
  const [{ filename, files }]: [{ filename: string; files: { path: string; mode: number }[] }] = JSON.parse(packed)
  const paths = files.map(({ path }) => path)

  await t.test('holds the program, what it brings along, and nothing else', async t => {
    const wanted = [
      ...[
        'package.json',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'SECURITY.md',
        'bin/auditpatch.js',
        'dist/third-party.txt'
      ],
      ...filesOf('templates'),
      ...filesOf('examples')
    ]
    const code = ['bin/package.json', 'bin/program.js', 'dist/auditpatch.cjs', 'dist/quick.cjs', 'dist/worker.cjs']
    t.same(paths.sort(), [...wanted, ...code].sort())
    t.ok(((files.find(({ path }) => path === 'bin/auditpatch.js')?.mode ?? 0) & 0o111) === 0o111, 'bin can be run')
  })

  await t.test('needs no other package, and brings the licences of those that it holds', async t => {
    t.same(manifest.dependencies ?? {}, {}, 'the bundle holds them: npm would fetch them for nothing')
    for (const name of ['preinstall', 'install', 'postinstall']) t.notOk(manifest.scripts[name], `no script ${name}`)
    const licences = readFileSync(join(top, 'dist/third-party.txt'), 'utf8')
    for (const name of ['yaml', 'fs-extra', 'diff', 'yargs']) {
      t.ok(manifest.devDependencies[name], `package.json names ${name}`)
      t.match(licences, new RegExp(`^${name} ${manifest.devDependencies[name] ?? ''}\n\n[^]*?Copyright`, 'm'))
    }
  })

  await t.test('installs without a registry and runs', async t => {
    runIn(t, project, home, ['npm', 'init', '--yes'])
    runIn(t, project, home, ['npm', 'install', '--no-audit', '--no-fund', join(dir, filename)])
    t.same(
      readdirSync(join(project, 'node_modules')).filter(name => !name.startsWith('.')),
      ['auditpatch']
    )
    t.equal(runIn(t, project, home, ['npx', 'auditpatch', '--version']), `${VERSION}\n`)
    t.match(runIn(t, project, home, ['npx', 'auditpatch', 'demo']), 'byte for byte')
    const program = join(project, 'node_modules', '.bin', 'auditpatch')
    t.match(runIn(t, elsewhere, home, [program, 'policy', 'show', 'exam']), 'kind: Policy')
    t.match(runIn(t, elsewhere, home, [program, 'policy', 'map', 'template:exam', '--html', '-']), '<!doctype html>')
  })

  await t.test('is a program and no library', async t => {
    const { stderr } = spawnSync(process.execPath, ['-e', "import('auditpatch/dist/auditpatch.cjs')"], {
      cwd: project,
      encoding: 'utf8'
    })
    t.match(stderr, 'ERR_PACKAGE_PATH_NOT_EXPORTED')
    t.notOk(existsSync(join(project, 'node_modules/auditpatch/src')))
  })

  await t.test('runs from the file alone', async t => {
    const said = runIn(t, elsewhere, home, [
      'npx',
      '--yes',
      `--package=${join(dir, filename)}`,
      'auditpatch',
      '--version'
    ])
    t.equal(said, `${VERSION}\n`)
  })
})
