import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { at, type Hostile, make, ran, secret, STRANGER, tryHostile } from './fake-hostile.ts'
import { logOf, rawEvent } from '../fake-log.ts'
import { isClosed } from '../fake-page.ts'
import { PROGRAM, setUpFiles } from './fake-run.ts'
import { LOG_PATH, POLICY, POLICY_PATH, put, withLog } from './fake-setup.ts'

t.jobs = 2
t.setTimeout(120_000)

const APPLY = ['apply', '--yes', '--no-wait', '--quiet']
const STATE = 'var/lib/auditpatch'
const MARK = 'MARKED-S3CRET'
const pipe = (path: string): void => void spawnSync('mkfifo', [path])

const ROWS: readonly Hostile[] = [
  {
    name: 'a directory above the state directory that all can write',
    make: node => make(node, 'var/lib', 0o777),
    runs: [APPLY],
    code: 3,
    words: /\/var\/lib has mode 0777: others could put another directory in the place of \/var\/lib\/auditpatch/
  },
  {
    name: 'a directory above the state directory that is a stranger’s',
    make: node => make(node, 'var', 0o755, STRANGER),
    runs: [APPLY],
    code: 3,
    words: /\/var belongs to user 1000/
  },
  {
    name: 'a link on the way to the state directory, out of a directory that all can write',
    make: node => {
      make(node, 'open', 0o777)
      make(node, 'open/lib/kubelet', 0o755)
      spawnSync('mv', [at(node, 'var/lib'), at(node, 'var/lib.old')])
      symlinkSync('/open/lib', at(node, 'var/lib'))
    },
    runs: [APPLY],
    code: 3,
    words: /\/open has mode 0777/
  },
  {
    name: 'a backup directory that all can write',
    make: node => {
      make(node, STATE, 0o700)
      make(node, `${STATE}/backups`, 0o777)
    },
    runs: [APPLY, ['restore', '--yes', '--no-wait']],
    code: 3,
    words: /backups has mode 0777/
  },
  {
    name: 'a backup directory in one that all can write',
    make: node => make(node, 'open', 0o777),
    runs: [[...APPLY, '--backup-dir=/open/backups']],
    code: 3,
    words: /\/open has mode 0777/
  },
  {
    name: 'a backup directory in one with the sticky bit',
    make: node => make(node, 'tmp', 0o1777),
    runs: [[...APPLY, '--backup-dir=/tmp/backups']],
    code: 0,
    words: /to go back: auditpatch restore .* --backup-dir \/tmp\/backups/
  },
  {
    name: 'a journal that is a link to a secret',
    make: node => {
      make(node, STATE, 0o700)
      secret(node, 'etc/secret', MARK)
      symlinkSync('/etc/secret', at(node, `${STATE}/journal.json`))
    },
    runs: [['plan'], ['recover']],
    code: 3,
    words: /journal\.json is a symlink, wanted a file/,
    never: RegExp(MARK)
  },
  {
    name: 'a journal that is a stranger’s, with a secret in it',
    make: node => {
      make(node, STATE, 0o700)
      secret(node, `${STATE}/journal.json`, MARK)
      chownSync(at(node, `${STATE}/journal.json`), STRANGER, STRANGER)
    },
    runs: [['recover']],
    code: 3,
    words: /journal\.json belongs to user 1000/,
    never: RegExp(MARK)
  },
  {
    name: 'a journal that is none',
    make: node => {
      make(node, STATE, 0o700)
      secret(node, `${STATE}/journal.json`, MARK)
    },
    runs: [['recover']],
    code: 3,
    words: /journal\.json is not a journal of auditpatch/,
    never: RegExp(MARK)
  },
  {
    name: 'a lock that names the first process of the machine',
    make: node => {
      const start = / \(.*\) (?:\S+ ){19}(\d+) /s.exec(` ${readFileSync('/proc/1/stat', 'utf8').replace(/^\d+ /, '')}`)
      const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      const since = '2026-01-01T00:00:00.000Z'
      make(node, STATE, 0o700)
      secret(
        node,
        `${STATE}/lock`,
        JSON.stringify({ pid: 1, start: Number(start?.[1]), bootId, command: 'apply', since })
      )
    },
    runs: [APPLY],
    code: 3,
    words: /held by process 1 [\s\S]*where process 1 is no auditpatch \(ps -p 1\), remove \/var\/lib\/auditpatch\/lock/
  },
  {
    name: 'a manifest and a directory that others can write',
    make: node => {
      chownSync(node.manifest, STRANGER, STRANGER)
      chmodSync(node.manifests, 0o777)
    },
    runs: [['plan']],
    code: 0,
    words: /manifests has mode 0777[\s\S]*kube-apiserver\.yaml\s+belongs to user 1000/
  },
  {
    name: 'an audit log that is a pipe',
    make: node => {
      mkdirSync(at(node, 'var/log/kubernetes/audit'), { recursive: true })
      pipe(at(node, LOG_PATH))
    },
    runs: [['plan']],
    code: 3,
    words: /a log file is wanted at .*, found a device, a pipe or a socket/
  },
  {
    name: 'an audit log below a file',
    make: node => put(node, '/var/log/kubernetes', ''),
    runs: [['plan'], APPLY],
    code: 3,
    words: /\/var\/log\/kubernetes\/audit cannot be made: \/var\/log\/kubernetes is a file/
  },
  {
    name: 'a kubeconfig of the root that runs a program',
    make: node =>
      secret(
        node,
        'etc/kubernetes/admin.conf',
        `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
current-context: a
users: [{name: a, user: {"ex\\u0065c": {apiVersion: client.authentication.k8s.io/v1, command: touch, args: [${node.dir}/ran]}}}]
`
      ),
    runs: [['kubeadm', 'drift']],
    code: 3,
    words: /kubectl is not started: .*admin\.conf below .* has exec/
  },
  {
    name: 'a log of the container with passwords, of a pod whose name is no pattern',
    make: node => {
      const pod = 'var/log/pods/kube-system_kube(a+)+[x-node1_1/kube-apiserver'
      writeFileSync(
        node.manifest,
        readFileSync(node.manifest, 'utf8').replace('name: kube-apiserver\n', 'name: "kube(a+)+[x"\n')
      )
      mkdirSync(at(node, pod), { recursive: true })
      const line = `Error: initializing audit webhook: parse "http://joe:${MARK}@h:bad/?token=${MARK}": invalid port ":bad" after host`
      writeFileSync(at(node, `${pod}/0.log`), `${new Date().toISOString()} stderr F ${line}\n`)
    },
    runs: [['explain-failure'], ['explain-failure', '-o', 'json'], ['status']],
    code: 0,
    words: /<redacted>|log/,
    never: RegExp(MARK)
  },
  {
    name: 'a policy that is a link to itself',
    make: node => {
      writeFileSync(node.manifest, withLog(readFileSync(node.manifest, 'utf8')))
      mkdirSync(at(node, 'etc/kubernetes/audit'))
      mkdirSync(at(node, 'var/log/kubernetes/audit'), { recursive: true })
      symlinkSync('policy.yaml', at(node, POLICY_PATH))
    },
    runs: [['check']],
    code: 1,
    words: /policy\.yaml/
  }
]

if (process.getuid?.() === 0) tryHostile(t, ROWS)
else t.comment('NEEDS ROOT: a node with files of several users')

t.test('backups that somebody else could have written', { skip: process.getuid?.() !== 0 && 'NEEDS ROOT' }, async t => {
  const { node } = await setUpFiles(t)
  ran([...APPLY, '--root', node.dir])
  const backups = at(node, `${STATE}/backups`)
  const [id = ''] = readdirSync(backups)
  const after = readFileSync(node.manifest, 'utf8')
  for (const name of [`${id}/metadata.json`, `${id}/1-manifest.yaml`, id]) {
    const mode = statSync(join(backups, name)).mode
    chownSync(join(backups, name), STRANGER, 0)
    const foreign = ran(['restore', id, '--yes', '--no-wait', '--root', node.dir])
    t.match(foreign, { code: 3, err: /belongs to user 1000: it may not be what was backed up/ }, name)
    chownSync(join(backups, name), 0, 0)
    chmodSync(join(backups, name), 0o777)
    t.match(ran(['restore', id, '--yes', '--no-wait', '--root', node.dir]), { code: 3, err: /has mode 0777/ }, name)
    chmodSync(join(backups, name), mode)
  }
  t.equal(readFileSync(node.manifest, 'utf8'), after)
})

t.test('a run log that is another name of another file', async t => {
  const { node } = await setUpFiles(t)
  put(node, '/etc/crontab', '# cron\n')
  linkSync(at(node, 'etc/crontab'), at(node, 'var/log/auditpatch.log'))
  const done = ran([...APPLY, '--root', node.dir, '--verbose'])
  t.equal(done.code, 0)
  t.equal(readFileSync(at(node, 'etc/crontab'), 'utf8'), '# cron\n')
})

t.test('what is named on the command line', async t => {
  const dir = t.testdir({ 'page.html': '' })
  pipe(join(dir, 'pipe'))
  t.match(ran(['policy', 'lint', join(dir, 'pipe')]), { code: 3, err: /is a pipe, and nobody wrote to it/ })
  const policy = join(dir, 'p.yaml')
  writeFileSync(policy, POLICY)
  t.equal(ran(['policy', 'lint'], { shell: `"$@" <(cat ${policy})` }).code, 0, 'what a shell hands on is read')
  t.equal(
    ran(['policy', 'lint', join(dir, 'pipe')], { shell: `(sleep 0.3; cat ${policy} > ${dir}/pipe) & "$@"` }).code,
    0
  )
  chmodSync(join(dir, 'page.html'), 0o600)
  t.equal(ran(['policy', 'map', policy, '--html', join(dir, 'page.html')]).code, 0)
  t.equal(statSync(join(dir, 'page.html')).mode & 0o777, 0o600, 'a page that is replaced keeps its mode')
})

t.test('a log that never ends', async t => {
  const dir = t.testdir({ 'link.log': t.fixture('symlink', '/dev/urandom') })
  const replay = ['log', 'replay', '--policy', 'template:baseline']
  for (const words of [['log', 'summary'], ['log', 'query'], replay, ['policy', 'lint'], ['immutable', 'check']])
    for (const path of ['/dev/zero', join(dir, 'link.log')])
      t.match(ran([...words, path]), { code: 3, err: RegExp(`${path} is a device; a file or a pipe is wanted`) })
  t.match(ran(['log', 'summary', '/dev/null']), { code: 0, out: /0 events/ })
  // a line of 800 MB, with room for half of that
  const shell = `ulimit -d 400000; { head -c 800000000 /dev/zero | tr '\\0' a; echo; echo '{"kind":"Event"'; } | "$@"`
  for (const words of [
    ['log', 'summary', '-'],
    ['log', 'query', '-'],
    [...replay, '-']
  ])
    t.match(ran(words, { shell }), { code: /^[13]$/, err: /longer than 64 MiB/ }, words.join(' '))
})

t.test('an environment that is not as usual', async t => {
  const dir = t.testdir({ gone: {} })
  t.match(ran(['drill', 'start', 'a01', '--dir', join(dir, 'd')], { env: { XDG_STATE_HOME: '/proc' } }), { code: 3 })
  t.match(ran(['demo'], { env: { TMPDIR: '/dev/null' } }), {
    code: 3,
    err: /temporary directory in \/dev\/null: ENOTDIR/
  })
  const small = join(dir, 'small')
  mkdirSync(small)
  t.match(ran(['demo'], { env: { TMPDIR: small }, shell: 'ulimit -f 0; "$@"' }), { code: 3, err: /EFBIG/ })
  t.same(readdirSync(small), [], 'nothing of it is left')
  const gone = ran(['plan', '--root', '.'], { cwd: join(dir, 'gone'), shell: 'rmdir "$PWD"; "$@"' })
  t.match(gone, { code: 3, err: /the working directory is not there any more/ })
  for (const word of ['--version', '--help'])
    t.match(ran([word], { shell: '"$@" > /dev/full' }), { code: 3, err: /not whole: .*ENOSPC/ }, word)
})

t.test('nothing from outside reaches a terminal as it is', async t => {
  const evil = '\u001b]0;x\u0007\u009b2J\u202e\nnext: rm'
  const quoted = JSON.stringify(evil).replace(
    /[^ -~]/g,
    each => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
  const policy = `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: None\n  resources: [{group: ${quoted}}]\n`
  const dir = t.testdir({ 'p.yaml': policy })
  for (const words of [[], ['-o', 'json'], ['-o', 'sarif'], ['--color', 'always']]) {
    const { code, out, err } = ran(['policy', 'lint', join(dir, 'p.yaml'), ...words])
    t.equal(code, 1)
    // eslint-disable-next-line no-control-regex
    const rest = `${out}${err}`.replace(/\u001b\[\d+m/g, '')
    // eslint-disable-next-line no-control-regex
    t.notMatch(rest, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/, words.join(' '))
    if (words[0] === '-o') t.ok(JSON.stringify(JSON.parse(out)).includes('\u202e'), 'and JSON says what there is')
  }
  const refused = ran(['plan', '--root', join(dir, evil)])
  t.match(refused, { code: 3, err: /\n {2}next: rm/ }, 'a line break begins no line that looks like one of ours')
})

const isIn = (name: string): boolean => spawnSync('which', [name]).status === 0
const ESC = '\u001b]0;owned\u0007\u009b2J\u001b[8m\u202e'
const ESCAPED = /\\x1b\]0;owned/

// what a program prints on a terminal of its own, without the colours and line ends that are ours
const onTerminal = (words: readonly string[]): string => {
  const command = [...PROGRAM, ...words].map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const env = { PATH: process.env['PATH'], TERM: 'xterm', LC_ALL: 'C.UTF-8' }
  const options = { env, encoding: 'utf8', timeout: 20_000 } as const
  const { stdout } = spawnSync('script', ['-qec', `stty cols 120; ${command}`, '/dev/null'], options)
  // eslint-disable-next-line no-control-regex
  return stdout.replace(/\u001b\[\d+m|\r(?=\n)/g, '')
}

t.test('names and logs on a terminal', { skip: !isIn('script') && 'NEEDS script' }, async t => {
  const { node } = await setUpFiles(t)
  const manifest = withLog(readFileSync(node.manifest, 'utf8'))
  writeFileSync(node.manifest, manifest)
  make(node, 'var/log/kubernetes/audit', 0o700)
  put(node, POLICY_PATH, POLICY.replace('rules:', `x${'"\\e]0;owned\\a"'}: 1\nrules:`))
  // a second pod of that name, in a file of another
  put(node, `/etc/kubernetes/manifests/a${ESC}.yaml`, manifest)
  const pods = `var/log/pods/kube-system_kube-apiserver-node1${ESC}_1/kube-apiserver`
  mkdirSync(at(node, pods), { recursive: true })
  const line = `Error: unknown flag: --audit-${ESC}`
  writeFileSync(at(node, `${pods}/0.log`), `${new Date().toISOString()} stderr F ${line}\n`)
  const log = at(node, `${LOG_PATH}${ESC}.log`)
  const user = { username: `eve${ESC}`, groups: [ESC] }
  const requestURI = `/api/v1/namespaces/${ESC}/secrets/${ESC}`
  writeFileSync(log, logOf([rawEvent({ user, requestURI, userAgent: ESC, code: 403 }), ESC]))
  const root = ['--root', node.dir]
  for (const words of [
    ['check', ...root],
    ['check', '--fix', '-v', ...root],
    ['status', ...root],
    ['explain-failure', ...root],
    ['plan', ...root],
    ['log', 'query', log],
    ['log', 'query', log, '-o', 'json'],
    ['log', 'summary', log],
    ['log', 'replay', log, '--policy', 'template:baseline'],
    ['policy', 'explain', 'template:baseline', '--user', ESC, '--verb', 'get', '--url', `/${ESC}`]
  ]) {
    const told = onTerminal(words)
    const name = words.slice(0, 2).join(' ')
    // eslint-disable-next-line no-control-regex
    t.notMatch(told, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/, name)
    t.match(told, words.includes('json') ? /u001b/ : ESCAPED, `${name} tells what is there`)
  }
})

t.test('programs that are planted on the PATH', async t => {
  const { node } = await setUpFiles(t)
  const dir = at(node, 'planted')
  mkdirSync(join(dir, 'bin'), { recursive: true })
  for (const name of ['kubectl', 'journalctl', 'systemctl', 'crictl', 'stat', 'sh', 'bash', 'lsattr'])
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\necho ${name} >> ${dir}/ran\n`, { mode: 0o755 })
  // what makes explain-failure ask journalctl, and kubeadm drift kubectl
  make(node, 'var/log/journal', 0o755)
  secret(node, 'etc/kubernetes/admin.conf', 'apiVersion: v1\nkind: Config\n')
  const env = { PATH: `${join(dir, 'bin')}:.:${process.env['PATH'] ?? ''}` }
  const run = (words: readonly string[]) => ran(words, { cwd: join(dir, 'bin'), env })
  const root = ['--root', node.dir]
  const drift = ['kubeadm', 'drift', ...root]
  for (const words of [
    ['check', ...root],
    ['status', ...root],
    ['explain-failure', ...root],
    ['plan', ...root],
    [...APPLY, '--restart-kubelet', ...root],
    drift,
    ['kubeadm', 'save', '--yes', ...root],
    ['remove', '--yes', '--no-wait', ...root]
  ])
    t.match(run(words), { code: Number }, words.join(' '))
  t.notOk(existsSync(join(dir, 'ran')), 'none is run')
  const named = run([...drift, '--kubectl', './kubectl'])
  t.ok(existsSync(join(dir, 'ran')), `one that is named by its path is: ${named.err}`)
})

t.test('pages of what has hostile names', async t => {
  const evil = '<script>alert(1)<\u2215script><img src=x onerror=alert(1)>'
  const dir = t.testdir({})
  const log = join(dir, `${evil}.log`)
  writeFileSync(
    log,
    logOf([rawEvent({ user: { username: evil, groups: [] }, userAgent: '</script><svg>', code: 403 })])
  )
  const policy = join(dir, `${evil}.yaml`)
  writeFileSync(policy, POLICY.replace('- level', `- users: [${JSON.stringify(evil)}]\n  level`))
  for (const words of [
    ['log', 'summary', log, '--policy', policy],
    ['policy', 'map', policy]
  ]) {
    const page = join(dir, 'page.html')
    t.equal(ran([...words, '--html', page]).code, 0, words.join(' '))
    const html = readFileSync(page, 'utf8')
    t.ok(html.includes('alert(1)'), 'the name is in it')
    isClosed(t, html)
    t.notMatch(html, /(?:src|href|url|import)\s*[=(]\s*["']?(?:https?:)?\/\//, 'nothing is loaded')
  }
})
