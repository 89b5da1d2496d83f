import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { COMMANDS } from '../../../src/cli/commands.ts'
import { completionScript } from '../../../src/cli/completion/completion-script.ts'
import { debianChangelog, debianVersion, lintianOverrides } from '../../../src/cli/debian-files.ts'
import { VERSION } from '../../../src/cli/version.ts'
import { askShell, noProgram } from '../../fake-shell.ts'

t.setTimeout(1_800_000)

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

const ARCHITECTURES = { amd64: 'auditpatch-linux-x64', arm64: 'auditpatch-linux-arm64' } as const
type Architecture = keyof typeof ARCHITECTURES
const architectures = Object.keys(ARCHITECTURES) as Architecture[] // the keys of a literal
const own: Architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'

const missing = [
  ...['dpkg-deb', 'dpkg', 'lintian', 'readelf', 'man', 'mandoc', 'zsh', 'fish'].flatMap(name => noProgram(name) || []),
  ...Object.values(ARCHITECTURES)
    .filter(name => process.env.CI === undefined && !existsSync(join(top, 'dist', name)))
    .map(name => `NEEDS dist/${name} (npm run build:binary)`)
]
const skip = missing.length > 0 && missing.join(', ')

/** What a program says; fails where it does not end well. */
const said = (t: Test, command: readonly string[], env: NodeJS.ProcessEnv = {}): string => {
  const [program = '', ...rest] = command
  const { status, stdout, stderr, error } = spawnSync(program, rest, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1e8
  })
  t.equal(status, 0, `${command.join(' ').slice(0, 200)}: ${error?.message ?? ''}${stderr}`)
  return stdout
}

/** Builds both packages; the mildest compression, which says the same of all the rest. */
const build = (t: Test, out: string, env: NodeJS.ProcessEnv): void => {
  mkdirSync(out, { recursive: true })
  said(t, [process.execPath, join(top, 'build.deb.mjs'), '--level', '1', '--out', out], env)
}

const packageIn = (dir: string, architecture: Architecture): string =>
  join(dir, `auditpatch_${debianVersion(VERSION)}_${architecture}.deb`)

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

// nobody but root gives files away
const asRoot = process.getuid?.() === 0 ? [] : ['fakeroot']

/** dpkg with a database of its own below a directory, which says that a libc of that version is there. */
const dpkgIn = (root: string, libc: string): string[] => {
  const database = join(root, 'var', 'lib', 'dpkg')
  for (const name of ['info', 'updates', 'triggers']) mkdirSync(join(database, name), { recursive: true })
  writeFileSync(
    join(database, 'status'),
    `Package: libc6\nStatus: install ok installed\nMaintainer: nobody <nobody@example.invalid>\nArchitecture: ${own}\nVersion: ${libc}\nDescription: none\n`
  )
  return [...asRoot, 'dpkg', `--root=${root}`, '--force-not-root', '--log=/dev/null']
}

const filesBelow = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length))
    .filter(path => !path.startsWith('/var/lib/dpkg/'))
    .sort()

t.test('the programs need no newer libc than the packages say', { skip }, async t => {
  for (const name of Object.values(ARCHITECTURES)) {
    const [, needs = ''] = said(t, ['readelf', '-VW', join(top, 'dist', name)]).split(/^Version needs section/m)
    const versions = [...needs.matchAll(/Name: (\S+)/g)].map(([, version = '']) => version)
    t.ok(versions.length > 0, `${name}: readelf shows versions`)
    for (const version of new Set(versions)) {
      const [, major = '', minor = ''] = /^GLIBC_(\d+)\.(\d+)/.exec(version) ?? []
      t.ok(major === '2' && Number(minor) <= 17, `${name}: ${version}`)
    }
    const dynamic = said(t, ['readelf', '-dW', join(top, 'dist', name)])
    const libraries = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, library = '']) => library)
    t.ok(libraries.includes('libc.so.6'), name)
    for (const library of libraries) t.match(library, /^(libc|libm|libdl|libpthread|ld-linux-[\w-]+)\.so\.\d$/, name)
  }
})

t.test('the packages', { skip }, async t => {
  // much to be kept, and not in the way of other tests
  const dir = mkdtempSync(join(tmpdir(), 'auditpatch-deb-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  const [first, second] = [join(dir, 'first'), join(dir, 'second')]
  build(t, first, { SOURCE_DATE_EPOCH: '1700000000' })

  await t.test('are the same bytes when built again, whatever the umask and the number of threads', async t => {
    const before = process.umask(0o077)
    build(t, second, { SOURCE_DATE_EPOCH: '1700000000', DPKG_DEB_THREADS_MAX: '1', TZ: 'Asia/Tokyo' })
    process.umask(before)
    for (const each of architectures) t.equal(sha256(packageIn(first, each)), sha256(packageIn(second, each)), each)
  })

  await t.test('have nothing that lintian calls an error or warns of', async t => {
    for (const each of architectures) {
      const lines = said(t, ['lintian', '--fail-on', 'none', '--show-overrides', packageIn(first, each)])
      const tags = lines.split('\n').filter(line => line !== '' && !line.startsWith('N:'))
      const overrides = [...lintianOverrides().matchAll(/^auditpatch: (\S+)/gm)].map(([, tag = '']) => tag)
      t.same(tags.map(line => /^O: auditpatch: (\S+)/.exec(line)?.[1] ?? line).sort(), overrides.sort(), each)
    }
  })

  await t.test('can be read by dpkg from before zstd, and run nothing when installed', async t => {
    for (const each of architectures) {
      const file = packageIn(first, each)
      const members = said(t, ['ar', 't', file]).trim().split('\n')
      t.same(members, ['debian-binary', 'control.tar.xz', 'data.tar.xz'])
      const control = spawnSync('dpkg-deb', ['--ctrl-tarfile', file]).stdout
      const names = spawnSync('tar', ['-t'], { input: control, encoding: 'utf8' }).stdout.trim().split('\n')
      t.same(names.sort(), ['./', './control', './md5sums'])
      t.equal(
        said(t, ['dpkg-deb', '-f', file, 'Architecture', 'Version']),
        `Architecture: ${each}\nVersion: ${debianVersion(VERSION)}\n`
      )
    }
  })

  await t.test('install, work and go', async t => installed(t, packageIn(first, own), join(dir, 'root')))

  await t.test('are refused where the libc is older', async t => {
    const [program = '', ...rest] = [...dpkgIn(join(dir, 'old'), '2.16-1'), '-i', packageIn(first, own)]
    const { status, stderr } = spawnSync(program, rest, { encoding: 'utf8' })
    t.not(status, 0)
    t.match(stderr, /depends on libc6 \(>= 2\.17\)/)
  })
})

const installed = (t: Test, file: string, root: string): void => {
  const dpkg = dpkgIn(root, '2.17-1')
  // what runs of the program left behind
  const left = ['/var/lib/auditpatch/backups/20261122T011500Z-3f9a/set.json', '/var/log/auditpatch.log']
  for (const path of left) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), '{}\n')
  }
  said(t, [...dpkg, '-i', file])
  t.equal(said(t, [...dpkg, '--verify', 'auditpatch']), '', 'the checksums are those of the files')

  const share = join(root, 'usr', 'share')
  const program = join(root, 'usr', 'bin', 'auditpatch')
  t.equal(said(t, [program, '--version']), `${VERSION}\n`)
  const node = join(t.testdir({ etc: { kubernetes: { manifests: {} } } }))
  cpSync(join(share, 'doc/auditpatch/examples/manifests'), join(node, 'etc/kubernetes/manifests'), { recursive: true })
  const plan: unknown = JSON.parse(said(t, [program, 'plan', '--root', node, '-o', 'json']))
  t.match(plan, { kind: 'PlanResult', changed: true, flags: { 'audit-log-maxage': '30' } })

  const page = join(share, 'man/man1/auditpatch.1.gz')
  t.equal(said(t, ['mandoc', '-T', 'lint', page]), '')
  t.match(said(t, ['lexgrog', page]), 'auditpatch - switch on audit logging')
  const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', page], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '80' }
  })
  t.equal(stderr, '')
  for (const { name } of COMMANDS) t.match(stdout, new RegExp(`^ +${name}\\b`, 'm'), `man has ${name}`)
  t.match(stdout, '2023-11-14', 'the date is that of the build')

  completed(t, share)
  for (const name of ['copyright', 'changelog.gz', 'README.Debian', 'examples/templates/policies/baseline.yaml'])
    t.ok(existsSync(join(share, 'doc/auditpatch', name)), name)

  said(t, [...dpkg, '--purge', 'auditpatch'])
  t.same(filesBelow(root), left.sort(), 'backups and the log stay, of the package nothing')
  t.notOk(existsSync(join(share, 'doc/auditpatch')), 'no directory of its own either')
}

/** The scripts as the shells find them by themselves. */
const completed = (t: Test, share: string): void => {
  const lines = ['auditpatch poli', 'auditpatch policy sh']
  const bash = join(share, 'bash-completion/completions/auditpatch')
  const finders = {
    bash: `source '${bash}'\n`,
    zsh: `fpath=('${share}/zsh/vendor-completions' $fpath)\ncompinit -D -u\n`,
    fish: `set -p fish_complete_path '${share}/fish/vendor_completions.d'\n`
  }
  t.equal(readFileSync(bash, 'utf8'), completionScript('bash', COMMANDS))
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const offers = askShell(shell, t.testdir(), finders[shell], lines).map(({ words }) => words)
    t.same(offers, [['policy'], ['show']], shell)
  }
}

t.test('a version that CHANGELOG.md does not know makes no package', async t => {
  const changelog = readFileSync(join(top, 'CHANGELOG.md'), 'utf8')
  t.throws(
    () => debianChangelog(changelog, '9.9.9', 'Nobody <nobody@example.invalid>', new Date(0)),
    /no entries below/
  )
})
