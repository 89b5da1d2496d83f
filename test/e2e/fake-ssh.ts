import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { arch } from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { freePort } from './fake-client.ts'
import { textOf } from './fake-files.ts'
import { until } from './fake-setup.ts'

const TOP = fileURLToPath(new URL('../..', import.meta.url))
const SCRIPT = join(TOP, 'examples/ssh/audit-nodes.sh')
const SSHD = '/usr/sbin/sshd'
const BINARY = join(TOP, 'dist', arch === 'arm64' ? 'auditpatch-linux-arm64' : 'auditpatch-linux-x64')

const isProgram = (name: string): boolean =>
  spawnSync('bash', ['-c', 'command -v "$0"', name], { stdio: 'ignore' }).status === 0

/** Why something cannot be tested here, for want of programs, or of `root`'s rights; false where it can, and in continuous integration, where it then fails. */
export const lacking = (...programs: readonly string[]): string | false => {
  const missing = programs.filter(name => (name === 'root' ? process.getuid?.() !== 0 : !isProgram(name)))
  return missing.length > 0 && process.env.CI === undefined && `NEEDS ${missing.join(', ')}`
}

/** Why no ssh can be tested here. */
export const noSsh = lacking('root', SSHD, 'ssh', 'scp', 'ssh-keygen')

/** A real sshd on the loopback, and the configuration with which ssh reaches it; under the name `gone` nothing answers. */
export interface SshServer {
  readonly pid: number
  readonly port: number
  /** For `ssh -F`. */
  readonly config: string
  readonly knownHosts: string
  readonly log: () => string
  /** The processes that serve connections at this moment. */
  readonly sessions: () => readonly number[]
}

/** How sshd is started. */
export interface SshOptions {
  /** Names that the ssh configuration has for it; node1. */
  readonly hosts?: readonly string[]
  /** The user that logs in; root. */
  readonly user?: string
  /** Where sshd runs; on this machine as it is. `enter` are the words before sshd. */
  readonly inside?: { readonly root: string; readonly enter: readonly string[] }
}

const key = (file: string): string => {
  const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file], {
    encoding: 'utf8'
  })
  if (made.status !== 0) throw new Error(`ssh-keygen: ${made.stderr}`)
  return readFileSync(`${file}.pub`, 'utf8')
}

/** Starts an sshd with keys and a configuration of its own below `directory`; it ends with the test. */
export const startSsh = async (t: Test, directory: string, options: SshOptions = {}): Promise<SshServer> => {
  const { hosts = ['node1'], user = 'root', inside = { root: '', enter: [] } } = options
  const port = await freePort()
  const own = inside.root === '' ? directory : join(inside.root, 'etc/ssh/test')
  const seen = own.slice(inside.root.length)
  mkdirSync(join(inside.root, '/run/sshd'), { recursive: true, mode: 0o755 })
  mkdirSync(directory, { recursive: true })
  // sshd reads authorized_keys as the user that logs in
  mkdirSync(own, { recursive: true, mode: 0o755 })
  const hostKey = key(join(own, 'host_key'))
  writeFileSync(join(own, 'authorized_keys'), key(join(directory, 'id')), { mode: 0o644 })
  const wanted = `Port ${port}
ListenAddress 127.0.0.1
HostKey ${seen}/host_key
AuthorizedKeysFile ${seen}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
MaxStartups 100
`
  writeFileSync(join(own, 'sshd_config'), wanted)
  const knownHosts = join(directory, 'known_hosts')
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey}`)
  const config = join(directory, 'ssh_config')
  writeFileSync(
    config,
    `Host ${hosts.join(' ')}
  HostName 127.0.0.1
  Port ${port}
  User ${user}
  IdentityFile ${directory}/id
  IdentitiesOnly yes
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile none
Host gone
  HostName 127.0.0.1
  Port ${await freePort()}
`
  )
  const [file = SSHD, ...words] = [...inside.enter, SSHD, '-D', '-e', '-f', join(seen, 'sshd_config')]
  const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env['PATH'] } })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk))
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const pid = child.pid ?? 0
  t.teardown(async () => {
    for (const session of [...descendants(pid)].reverse()) end(session)
    child.kill('SIGTERM')
    await ended
  })
  await until(`sshd, which says ${log}`, () => log.includes('Server listening') || child.exitCode !== null)
  if (child.exitCode !== null) throw new Error(`sshd ended: ${log}`)
  return { pid, port, config, knownHosts, log: () => log, sessions: () => descendants(pid).filter(isSession) }
}

const children = (pid: number): number[] =>
  (textOf(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)

const descendants = (pid: number): number[] => children(pid).flatMap(child => [child, ...descendants(child)])

// the one that listens has such a name too: `sshd: /usr/sbin/sshd ... [listener] ...`
const isSession = (pid: number): boolean => /^sshd: (?!\/)/.test(textOf(`/proc/${pid}/cmdline`) ?? '')

/** Kills a process that may be gone already. */
export const end = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/**
 * A directory with the executable under the names that the script wants, and SHA256SUMS. The one-file executable where it
 * is built, and in continuous integration; else a starter of the bundle.
 */
export const programDirectory = (directory: string): string => {
  mkdirSync(directory, { recursive: true })
  const name = BINARY.slice(join(TOP, 'dist').length + 1)
  const file = join(directory, name)
  if (existsSync(BINARY) || process.env.CI !== undefined) copyFileSync(BINARY, file, constants.COPYFILE_FICLONE)
  else writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${TOP}bin/auditpatch.js' "$@"\n`, { mode: 0o755 })
  accessSync(file, constants.X_OK)
  writeFileSync(join(directory, 'SHA256SUMS'), `${sumOf(file)}  ${name}\n`)
  return directory
}

/** The sha256 of a file. */
export const sumOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** A run of the script. */
export interface ScriptRun {
  readonly pid: number
  /** Waits until the script has said something. */
  readonly said: (text: string) => Promise<void>
  readonly done: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

/** Starts the script as the leader of a process group, as a terminal does. */
export const startScript = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ScriptRun => {
  const child = spawn('bash', [SCRIPT, ...args], {
    cwd: '/',
    detached: true,
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  const timer = setTimeout(() => end(-(child.pid ?? 0)), 600_000)
  const done = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => {
      clearTimeout(timer)
      resolve({ code, out, err })
    })
  })
  const said = (text: string): Promise<void> =>
    until(`"${text}" of the script, found ${err}${out}`, () => {
      if (child.exitCode !== null && !err.includes(text)) throw new Error(`it ended without "${text}": ${err}${out}`)
      return err.includes(text)
    })
  return { pid: child.pid ?? 0, said, done }
}
