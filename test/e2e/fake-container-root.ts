import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, fchownSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, followLinks, textOf } from './fake-files.ts'
import { lacking } from './fake-ssh.ts'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const LIMIT = 30_000

/** Why no container can be played here; false where it can, and in continuous integration, where it then fails. */
export const noContainer = ((): string | false => {
  const isPossible = (): boolean =>
    spawnSync('unshare', ['--mount', '--pid', '--fork', 'mount', '--bind', '/', '/mnt']).status === 0
  const missing = lacking('root', 'unshare', 'setpriv', 'strace', 'apt-get', 'dpkg-deb')
  return missing || (process.env.CI === undefined && !isPossible() && 'NEEDS the right to mount in a name space')
})()

/** What a container is made of, and what is done in it. */
export interface ContainerRun {
  /** Trees that make up the root, each laid over those before it; nothing is written to them. Links stand in the first. */
  readonly layers: readonly [string, ...string[]]
  /** Where an empty directory with mode 0777 is mounted, as an emptyDir is; /dev and /proc without /proc/sys can be written besides. */
  readonly writable: readonly string[]
  /** True: nothing else can be written, /tmp neither. */
  readonly isReadOnly: boolean
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** True as soon as the program serves. */
  readonly ready: () => Promise<boolean>
  /** User and group of the process; root. */
  readonly uid?: number
  /** What root may do, in small letters and without `cap_`; DEFAULT_CAPABILITIES. */
  readonly capabilities?: readonly string[]
  /** False: no program gets more rights than the one that starts it has. */
  readonly allowPrivilegeEscalation?: boolean
  /** Where the program's system calls are put, as `strace -f -o` writes them. */
  readonly trace?: string
}

/** Whether the program served, and what it said on stdout and stderr. */
export interface Outcome {
  readonly started: boolean
  readonly output: string
}

/** What a container's root may do where the pod does not say: https://github.com/containerd/containerd/blob/v1.7.27/oci/spec.go */
export const DEFAULT_CAPABILITIES = [
  ...['chown', 'dac_override', 'fsetid', 'fowner', 'mknod', 'net_raw', 'setgid', 'setuid', 'setfcap', 'setpcap'],
  ...['net_bind_service', 'sys_chroot', 'kill', 'audit_write']
] as const

// The mounts of a container, its root too, in a name space of their own: they go with its last process. The shell stays, for
// the signal that comes when this process dies is lost to a program that becomes another user.
const ENTER = `set -eu
root=$1 is_read_only=$2
shift 2
mount -t tmpfs -o mode=755 tmpfs "$root"
while [ "$1" != -- ]; do
  cp --archive "$1/." "$root"
  shift
done
shift
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount --bind /sys "$root/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -o remount,ro,bind "$root/sys"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mkdir -m 1777 "$root/dev/shm"
while [ "$1" != -- ]; do
  mkdir -p "$root$1"
  mount -t tmpfs -o mode=0777,nosuid,nodev tmpfs "$root$1"
  shift
done
shift
[ "$is_read_only" = false ] || mount -o remount,ro,bind "$root"
"$@" &
wait $!`

/** Runs a program as a container until it serves or has ended, and ends it; nothing of it is left. */
export const runInRoot = async (run: ContainerRun): Promise<Outcome> => {
  const directory = mkdtempSync(join(tmpdir(), 'auditpatch-container-'))
  try {
    return await runIn(directory, run)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const runIn = async (directory: string, run: ContainerRun): Promise<Outcome> => {
  if (await run.ready()) throw new Error('something answers before the program was started')
  const root = join(directory, 'root')
  const output = join(directory, 'output')
  mkdirSync(root)
  const child = start(root, output, run)
  const closed = new Promise<void>((resolve, reject) => void child.once('error', reject).once('close', () => resolve()))
  try {
    const started = await servesBefore(Date.now() + LIMIT, child, run.ready)
    return { started, output: readFileSync(output, 'utf8') }
  } finally {
    const [shell = child.pid] = childrenOf(child.pid)
    // what it writes as it ends belongs to its trace
    if (run.trace !== undefined) {
      childrenOf(shell)
        .flatMap(childrenOf)
        .forEach(traced => signal(traced, 'SIGTERM'))
      await Promise.race([closed, sleep(5000)])
    }
    // the first process of a name space ends after all others of it
    signal(shell, 'SIGKILL')
    await closed
    if (run.trace !== undefined) writeFileSync(run.trace, withoutStart(readFileSync(run.trace, 'utf8')))
  }
}

/** A trace from where the program itself begins: chroot and setpriv come first. */
const withoutStart = (trace: string): string => {
  const lines = trace.split('\n')
  const begins = lines.flatMap((line, at) => (/ execve\(.* = 0$/.test(line) ? [at] : []))
  return lines.slice(begins[2]).join('\n')
}

const start = (root: string, output: string, run: ContainerRun): ChildProcess => {
  // as the runtime does: shortest first, links followed inside the container
  const mountPoints = run.writable
    .toSorted((a, b) => a.length - b.length)
    .map(path => followLinks(path, inner => `${run.layers[0]}${inner}`))
  const words = [
    // it does not outlive this process
    ...['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child'],
    ...['sh', '-c', ENTER, 'sh', root, `${run.isReadOnly}`, ...run.layers, '--', ...mountPoints, '--'],
    ...(run.trace === undefined ? [] : ['strace', '-f', '-o', run.trace]),
    ...['chroot', root, 'setpriv', ...privileges(run), ...run.command]
  ]
  const [file = '', ...args] = words
  // a file and no pipe: Node's pipes are sockets, and nobody can open those at /dev/stdout
  const log = openSync(output, 'a', 0o600)
  try {
    fchownSync(log, run.uid ?? 0, run.uid ?? 0)
    return spawn(file, args, { cwd: '/', env: { PATH, HOME: '/', ...run.env }, stdio: ['ignore', log, log] })
  } finally {
    closeSync(log)
  }
}

const privileges = (run: ContainerRun): readonly string[] => {
  const { uid = 0, capabilities = DEFAULT_CAPABILITIES, allowPrivilegeEscalation = true } = run
  return [
    ...['--inh-caps=-all', `--bounding-set=${['-all', ...capabilities.map(name => `+${name}`)].join()}`],
    ...[`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'],
    ...(allowPrivilegeEscalation ? [] : ['--no-new-privs'])
  ]
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

const servesBefore = async (end: number, child: ChildProcess, ready: () => Promise<boolean>): Promise<boolean> => {
  while (!hasEnded(child) && Date.now() < end) {
    if (await ready()) return !hasEnded(child)
    await sleep(25)
  }
  return false
}

const childrenOf = (pid: number | undefined): readonly number[] =>
  (textOf(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)

const signal = (pid: number | undefined, name: NodeJS.Signals): void => {
  if (pid === undefined) return
  try {
    process.kill(pid, name)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}
