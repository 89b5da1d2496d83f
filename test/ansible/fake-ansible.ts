import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

const HERE = fileURLToPath(new URL('.', import.meta.url))
export const COLLECTION = fileURLToPath(new URL('../../examples/ansible', import.meta.url))
export const PROGRAM = resolve(
  process.env.AUDITPATCH_PROGRAM ?? fileURLToPath(new URL('../../bin/auditpatch.js', import.meta.url))
)

const CACHE = join(tmpdir(), `auditpatch-ansible-${process.getuid?.() ?? 0}`)
export const LINT = join(CACHE, 'lint/bin')

/** An ansible-core to test with. */
export interface Ansible {
  readonly name: 'debian' | 'newest'
  /** The directory of its programs. */
  readonly bin: string
}

export const ANSIBLES: readonly Ansible[] = [
  { name: 'debian', bin: '/usr/bin' },
  { name: 'newest', bin: join(CACHE, 'newest/bin') }
]

const isInstalled = (): boolean =>
  existsSync('/usr/bin/ansible-playbook') &&
  ['newest', 'lint'].every(name => existsSync(join(CACHE, name, '.complete')))

/** Why Ansible cannot be tested with; false where it can. It is installed where everything has to be tested, or when asked. */
export const noAnsible = ((): string | false => {
  if (process.env.CI === undefined && process.env.AUDITPATCH_INSTALL === undefined)
    return (
      !isInstalled() && 'NEEDS ansible-core and ansible-lint: AUDITPATCH_INSTALL=1 installs them by apt-get and pip'
    )
  mkdirSync(CACHE, { recursive: true, mode: 0o700 })
  if (statSync(CACHE).uid !== process.getuid?.()) throw new Error(`${CACHE} belongs to somebody else`)
  const { status, stderr } = spawnSync('bash', [join(HERE, 'install.sh'), CACHE], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`test/ansible/install.sh ended with ${status}: ${stderr}`)
  return false
})()

/** A directory outside every repository, for the time of a test; `before` is done before it goes. */
export const directoryOf = (t: Test, before: () => Promise<unknown> = () => Promise.resolve()): string => {
  const directory = mkdtempSync(join(tmpdir(), 'auditpatch-ansible-'))
  t.teardown(async () => {
    await before()
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

/** A copy of the collection in a directory, where Ansible's own tools want it. */
export const copyCollection = (directory: string): string => {
  const copy = join(directory, 'ansible_collections/auditpatch/kubernetes')
  cpSync(COLLECTION, copy, { recursive: true })
  return copy
}

/** What a program left. */
export interface Ran {
  readonly code: number | null
  readonly out: string
}

/** Runs one of Ansible's programs to its end; both streams are in `out`. */
export const runTool = (
  bin: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {}
): Promise<Ran> => {
  const [name = '', ...rest] = words
  const child = spawn(join(bin, name), rest, {
    cwd,
    env: {
      PATH: `${bin}:${process.env.PATH ?? ''}`,
      HOME: join(CACHE, 'home'),
      LC_ALL: 'C.UTF-8',
      NO_COLOR: '1',
      // the tests' own plugin stays alone in its directory
      PYTHONDONTWRITEBYTECODE: '1',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
      ...packageIndex(),
      ...env
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, out }))
  })
}

// how pip reaches its packages is a matter of the machine
const packageIndex = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && /^(PIP_|https?_proxy|no_proxy|SSL_CERT|REQUESTS_)/i.test(name) ? [[name, value]] : []
    )
  )

/** What one task gave on one host. */
export interface TaskResult {
  readonly time: number
  readonly host: string
  readonly task: string
  readonly action: string
  readonly outcome: 'ok' | 'failed' | 'unreachable'
  readonly result: Readonly<Record<string, unknown>>
}

/** A run of a playbook. */
export interface Play extends Ran {
  readonly tasks: readonly TaskResult[]
  /** Changed tasks by host. */
  readonly changed: Readonly<Record<string, number>>
  /** What the module audit gave, by host. */
  readonly audits: Readonly<Record<string, TaskResult>>
}

/** Hosts with their variables, and the collections that a playbook is looked for in. */
export interface Site {
  readonly directory: string
  readonly inventory: Readonly<Record<string, unknown>>
}

/** Runs a playbook, a file or a name of a collection, with the collections installed in the site's directory. */
export const play = async (
  ansible: Ansible,
  site: Site,
  playbook: string,
  ...words: readonly string[]
): Promise<Play> => {
  const [inventory, record] = [join(site.directory, 'inventory.json'), join(site.directory, 'record.jsonl')]
  writeFileSync(inventory, JSON.stringify(site.inventory))
  rmSync(record, { force: true })
  const ran = await runTool(ansible.bin, ['ansible-playbook', '-i', inventory, playbook, ...words], site.directory, {
    ANSIBLE_COLLECTIONS_PATH: site.directory,
    ANSIBLE_HOME: join(site.directory, 'home'),
    ANSIBLE_REMOTE_TEMP: join(site.directory, 'remote'),
    ANSIBLE_CALLBACK_PLUGINS: join(HERE, 'callback'),
    ANSIBLE_CALLBACKS_ENABLED: 'recorder',
    // modules get to a host in two ways: over the standard input of Python, and as a file
    ANSIBLE_PIPELINING: String(ansible.name === 'newest'),
    ANSIBLE_RETRY_FILES_ENABLED: 'false',
    RECORD: record
  })
  const lines = existsSync(record) ? readFileSync(record, 'utf8').split('\n') : []
  const tasks = lines.filter(line => line !== '').map(line => JSON.parse(line) as TaskResult) // as: our own file
  const recap = [...ran.out.matchAll(/^(\S+) +: ok=\d+ +changed=(\d+) /gm)]
  return {
    ...ran,
    tasks,
    changed: Object.fromEntries(recap.map(([, host = '', count]) => [host, Number(count)])),
    audits: Object.fromEntries(
      tasks.filter(each => each.action === 'auditpatch.kubernetes.audit').map(each => [each.host, each])
    )
  }
}

/** Builds the collection and installs its tarball into a directory. */
export const installCollection = async (ansible: Ansible, directory: string): Promise<Ran> => {
  const built = await runTool(
    ansible.bin,
    ['ansible-galaxy', 'collection', 'build', '--output-path', directory],
    COLLECTION
  )
  const tarball = /(\S+\.tar\.gz)/.exec(built.out)?.[1] ?? 'no tarball'
  const words = ['ansible-galaxy', 'collection', 'install', tarball, '-p', directory, '--offline']
  const installed = await runTool(ansible.bin, words, directory, { ANSIBLE_COLLECTIONS_PATH: directory })
  return { code: built.code === 0 ? installed.code : built.code, out: built.out + installed.out }
}
