import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { at, ran, secret } from '../fake-hostile.ts'
import type { FakeNode } from '../fake-node.ts'
import { KUBEADM_FILES, podFiles, setUpFiles, temporaries, treeOf } from '../fake-run.ts'

t.setTimeout(600_000)

const OWN = /^var\/(lib|log)(\/auditpatch.*)?$/
// what was made for a moment moves the time of the directory around it
const filesOf = (node: FakeNode): Record<string, string> =>
  Object.fromEntries(
    Object.entries(treeOf(node, OWN)).map(([name, what]) => [name, what.replace(/^(4\d+ \S+) \S+ $/, '$1')])
  )

const isRoot = process.getuid?.() === 0
const hasMounts = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0

// what is mounted in a name space of its own: `$R` is the root of the node
const MOUNTS = [
  ['the manifest is a mount point', 'mount --bind $M $M', /kube-apiserver\.yaml: EBUSY/],
  ['the manifests are read-only', 'mount --bind $D $D; mount -o remount,bind,ro $D', /EROFS/],
  ['/var is read-only', 'mount --bind $R/var $R/var; mount -o remount,bind,ro $R/var', /\/var\/lib\/auditpatch: EROFS/],
  ['no room for the state', 'mount -t tmpfs -o size=4k,mode=755 none $R/var/lib', /\/var\/lib\/auditpatch.*ENOSPC/],
  ['no file may be larger than 1 KiB', 'ulimit -f 1', /EFBIG/]
] as const

for (const [name, command, words] of MOUNTS) {
  t.test(name, { skip: !hasMounts && 'NEEDS ROOT and mount name spaces' }, async t => {
    const { node } = await setUpFiles(t)
    const before = filesOf(node)
    const shell = `R=${node.dir}; D=${node.manifests}; M=${node.manifest}; export R D M
      unshare -m bash -c '${command}; exec "$@"' bash "$@"`
    const refused = ran(['apply', '--yes', '--no-wait', '--root', node.dir], { shell })
    t.match(refused, { code: 3, err: words })
    t.same(filesOf(node), before)
    t.same(temporaries(node), [])
  })
}

for (const [name, attribute] of [
  ['manifest', (node: { manifest: string }) => node.manifest],
  ['manifests directory', (node: { manifests: string }) => node.manifests]
] as const) {
  t.test(`an immutable ${name}`, { skip: !isRoot && 'NEEDS ROOT' }, async t => {
    const { node } = await setUpFiles(t)
    if (spawnSync('chattr', ['+i', attribute(node)]).status !== 0) {
      t.comment('SKIPPED: this file system has no attributes')
      return
    }
    try {
      const before = filesOf(node)
      t.match(ran(['apply', '--yes', '--no-wait', '--root', node.dir]), { code: 3, err: /kube-apiserver\.yaml: EPERM/ })
      t.same(filesOf(node), before)
    } finally {
      spawnSync('chattr', ['-i', attribute(node)])
    }
  })
}

t.test('a manifests directory that is append-only', { skip: !isRoot && 'NEEDS ROOT' }, async t => {
  const { node } = await setUpFiles(t)
  if (spawnSync('chattr', ['+a', node.manifests]).status !== 0) {
    t.comment('SKIPPED: this file system has no attributes')
    return
  }
  const apply = () => ran(['apply', '--yes', '--no-wait', '--root', node.dir])
  const good = readFileSync(node.manifest, 'utf8')
  try {
    t.match(apply(), { code: 3, err: /kube-apiserver\.yaml: EPERM[\s\S]*lsattr[\s\S]*begins with a dot/ })
    const left = temporaries(node)
    t.match(apply(), { code: 3, err: /EPERM[\s\S]*lsattr/ })
    t.same(temporaries(node), left, 'a second run leaves no more behind')
    t.equal(readFileSync(node.manifest, 'utf8'), good)
    t.same(podFiles(node), KUBEADM_FILES, 'the kubelet reads what it read before')
  } finally {
    spawnSync('chattr', ['-a', node.manifests])
  }
  t.equal(apply().code, 0)
  t.same(temporaries(node), [], 'what was left is gone')
})

t.test('a drill in an append-only directory says what refused it', { skip: !isRoot && 'NEEDS ROOT' }, async t => {
  const base = t.testdir({ node: {} })
  const directory = join(base, 'node')
  if (spawnSync('chattr', ['+a', directory]).status !== 0) {
    t.comment('SKIPPED: this file system has no attributes')
    return
  }
  try {
    const env = { XDG_STATE_HOME: join(base, 'state') }
    t.match(ran(['drill', 'start', 'a01', '--dir', directory], { env }), {
      code: 3,
      err: /cannot be written \(EPERM\)/
    })
  } finally {
    spawnSync('chattr', ['-a', directory])
  }
})

const MARK = 'MARKED-S3CRET'
const kubeconfig = (server: string, user: string): string => `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "${server}"}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
current-context: a
users:
- name: a
  user:
    ${user}
`
const HOOK = 'http://127.0.0.1:9/x'
const SECRETS = [
  kubeconfig(HOOK, `token: ${MARK}`),
  kubeconfig(HOOK, `client-key-data: ${MARK}`),
  kubeconfig(`http://joe:${MARK}@127.0.0.1:9/x?token=${MARK}`, 'token: abc'),
  kubeconfig(`http://joe:${MARK}@127.0.0.1:bad/x`, 'token: abc'),
  kubeconfig(HOOK, `token: "${MARK}`),
  kubeconfig(HOOK, `token: ${MARK}: x`),
  kubeconfig(HOOK, `token: *${MARK}`),
  kubeconfig(HOOK, `token ${MARK}`),
  kubeconfig(HOOK, `token: ${MARK}\n    token: ${MARK}`),
  MARK
]
const COMMANDS = ['plan -v', 'plan -o json', 'check -v', 'check -o json', 'check -o sarif', 'status', 'explain-failure']
const WRITES = [
  'apply --yes --no-wait -v --log-maxage 31',
  'remove --yes --no-wait --purge -v',
  'restore --yes --no-wait'
]

t.test('a secret in the webhook’s kubeconfig is printed by no command', async t => {
  for (const [index, text] of SECRETS.entries()) {
    const { node } = await setUpFiles(t)
    ran(['apply', '--yes', '--no-wait', '--webhook-url', HOOK, '--root', node.dir])
    secret(node, 'etc/kubernetes/audit/webhook.yaml', text)
    const given = at(node, 'given.yaml')
    writeFileSync(given, text, { mode: 0o600 })
    const lines = [...COMMANDS, `plan --webhook-config ${given}`, `render ${node.manifest} --webhook-config ${given}`]
    for (const line of [...lines, ...WRITES]) {
      const { code, out, err } = ran([...line.split(' '), '--root', node.dir])
      t.ok(code !== null && code <= 4, `${index} ${line}: ${err}`)
      t.notOk(`${out}${err}`.includes(MARK), `${index} ${line}`)
    }
    t.notOk(readFileSync(at(node, 'var/log/auditpatch.log'), 'utf8').includes(MARK), `${index} the log of runs`)
  }
})
