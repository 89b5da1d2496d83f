import { type Data, writeRandom } from '../fixtures/manifest/write-random.ts'
import { logLines } from '../logs/generate-log.ts'
import type { Dice } from './kind.ts'

const lines = (dice: Dice, most: number, one: () => string): Buffer =>
  Buffer.from(`${Array.from({ length: dice.pick(most) }, one).join('\n')}${dice.one(['\n', '', '\r\n'])}`)

/** Requests, one a line, or an event. */
export const requestsInput = (dice: Dice): Buffer => {
  if (dice.chance(30)) return Buffer.from(String(logLines(dice.pick(5000)).next().value))
  return lines(dice, 8, () =>
    JSON.stringify({
      ...(dice.chance(70) ? { user: dice.one(['alice', null, '', 'system:x']) } : {}),
      ...(dice.chance(50) ? { groups: dice.one([['a'], 'a', [1], []]) } : {}),
      ...(dice.chance(80) ? { verb: dice.one(['get', 'create', 1, '']) } : {}),
      ...(dice.chance(60)
        ? { resource: dice.one(['pods', 'pods/exec', 'x/y/z', '*']), namespace: 'n', name: 'x', apiGroup: 'apps' }
        : { path: dice.one(['/healthz', 'x', '/apis/apps/v1/deployments/a/scale', '/api']) })
    })
  )
}

const CALLS = [
  'openat(AT_FDCWD</srv>, "/var/lib/app/x", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</var/lib/app/x>',
  'openat(AT_FDCWD, "/tmp/a\\"b", O_RDWR|O_CREAT) = -1 EROFS (Read-only file system)',
  'mkdir("/run/x", 0755) = 0',
  'rename("/a/b", "/a/c") = 0',
  'write(3</var/log/x.log>, "abc"..., 3) = 3',
  'chdir("/srv") = 0',
  'clone(child_stack=NULL, flags=CLONE_FS|SIGCHLD) = 77',
  'execve("/bin/sh", ["sh", "-c", "x"], 0x7ffd /* 3 vars */) = 0',
  'openat(AT_FDCWD, "x", O_WRONLY <unfinished ...>',
  '<... openat resumed>) = 4</srv/x>',
  '+++ exited with 0 +++',
  '--- SIGCHLD {si_signo=SIGCHLD} ---',
  'unlink("../x") = 0',
  'symlink("a", "/b") = 0',
  'ftruncate(3, 0) = 0'
]
const RECORDS = [
  'type=SYSCALL msg=audit(1700000000.123:42): arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7f a2=241 a3=1b6 items=2 ppid=1 pid=2 comm="x" exe="/bin/x"',
  'type=CWD msg=audit(1700000000.123:42): cwd="/srv"',
  'type=PATH msg=audit(1700000000.123:42): item=1 name="/var/lib/app/y" inode=1 nametype=CREATE',
  'type=PATH msg=audit(1700000000.123:42): item=0 name=2F746D70 nametype=PARENT',
  'type=PROCTITLE msg=audit(1700000000.123:42): proctitle=6162'
]

/** What strace saw, or the kernel's audit log, or that of kube-apiserver. */
export const traceInput = (dice: Dice): Buffer => {
  const kind = dice.pick(10)
  if (kind === 0) return Buffer.from(String(logLines(dice.pick(5000)).next().value))
  if (kind < 4) return lines(dice, 20, () => dice.one(RECORDS))
  return lines(
    dice,
    30,
    () => `${dice.one(['', '12 ', '[pid  77] ', '77 12:00:00 ', '12 1700000000.123456 '])}${dice.one(CALLS)}`
  )
}

/** A configuration of Falco. */
export const falcoConfigInput = (dice: Dice): Buffer => {
  const all: { [key: string]: Data } = {
    json_output: dice.one<Data>([true, 'true', 'on', 1, 'x']),
    json_include_output_property: true,
    priority: dice.one(['debug', 'INFO', 'x', '']),
    rule_matching: dice.one(['first', 'all', 'x']),
    time_format_iso_8601: true,
    buffered_outputs: false,
    rules_files: dice.one<Data>([[], ['/none.yaml'], 'x']),
    load_plugins: ['k8saudit', 'json'],
    plugins: [
      {
        name: 'k8saudit',
        library_path: 'x',
        init_config: dice.one<Data>(['', { maxEventSize: 262144 }, '{"a":1}']),
        open_params: 'http://:9765/k8s-audit'
      }
    ],
    stdout_output: { enabled: dice.chance(50) },
    file_output: { enabled: false, keep_alive: false, filename: './x' },
    append_output: [
      { match: { source: 'k8s_audit' }, extra_output: 'x %ka.verb', extra_fields: ['ka.verb', { a: '%ka.user.name' }] }
    ],
    rules: [{ disable: { rule: '*' } }, { enable: { tag: 'x' } }],
    outputs_queue: { capacity: 0 },
    config_files: ['/none']
  }
  return Buffer.from(writeRandom(Object.fromEntries(Object.entries(all).filter(() => dice.chance(35))), dice))
}
