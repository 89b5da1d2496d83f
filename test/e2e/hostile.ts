import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
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
import { setUpFiles } from './fake-run.ts'
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
    words: /a log file is wanted at .*, found something else/
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

t.test('an environment that is not as usual', async t => {
  const dir = t.testdir({ gone: {} })
  t.match(ran(['drill', 'start', 'a01', '--dir', join(dir, 'd')], { env: { XDG_STATE_HOME: '/proc' } }), { code: 3 })
  t.match(ran(['demo'], { env: { TMPDIR: '/dev/null' } }), {
    code: 3,
    err: /temporary directory in \/dev\/null: ENOTDIR/
  })
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
