import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { otherManifest } from './fake-manifest.ts'
import type { FakeNode } from './fake-node.ts'
import {
  apply,
  isTidy,
  KUBEADM_FILES,
  launch,
  MANIFEST,
  PROGRAM,
  read,
  run,
  setUpFiles,
  treeOf,
  waiting
} from './fake-run.ts'
import { POLICY, POLICY_PATH, put } from './fake-setup.ts'

t.jobs = 2
t.setTimeout(300_000)

const STATE = /^var\/(lib|log)\/auditpatch/
const policy = (rest: string): string => `apiVersion: audit.k8s.io/v1\nkind: Policy\n${rest}`

interface Refused {
  readonly name: string
  readonly make?: (node: FakeNode, good: string) => void
  readonly args?: readonly string[]
  readonly code: string
  readonly message?: RegExp
}

const given = (text: string) => (node: FakeNode) => writeFileSync(join(node.dir, 'given.yaml'), text)
const GIVEN = ['--policy', 'given.yaml']
const marked = (text: string) => (node: FakeNode, good: string) =>
  writeFileSync(node.manifest, good.replace('path: /usr/share/ca-certificates', `path: ${text}`))
const without = (path: string) => (node: FakeNode) => {
  rmSync(node.manifest)
  put(node, path, '')
}

const REFUSED: readonly Refused[] = [
  { name: 'a policy with 0 rules', make: given(policy('rules: []\n')), args: GIVEN, code: 'BAD_POLICY' },
  { name: 'a policy without rules', make: given(policy('')), args: GIVEN, code: 'BAD_POLICY' },
  {
    name: 'an unknown level',
    make: given(POLICY.replace('Metadata', 'Everything')),
    args: GIVEN,
    code: 'BAD_POLICY',
    message: /given\.yaml:4:10: .*Everything/
  },
  { name: 'another kind', make: given('apiVersion: v1\nkind: Pod\n'), args: GIVEN, code: 'BAD_POLICY' },
  { name: 'an empty policy', make: given(''), args: GIVEN, code: 'BAD_POLICY' },
  { name: 'broken YAML', make: given('apiVersion: [audit.k8s.io/v1\n'), args: GIVEN, code: 'BAD_POLICY' },
  { name: 'a policy that is not there', args: ['--policy', 'absent.yaml'], code: 'NOT_FOUND' },
  {
    name: 'a copy beside the manifest',
    make: (node, good) => writeFileSync(`${node.manifest}.bak`, good),
    code: 'STRAY_POD',
    message: /kube-apiserver\.yaml\.bak/
  },
  {
    name: 'a symbolic link as the manifest',
    make: node => {
      renameSync(node.manifest, join(node.dir, 'etc/kubernetes/real.yaml'))
      symlinkSync('../real.yaml', node.manifest)
    },
    code: 'SYMLINK'
  },
  {
    name: 'a symbolic link as the policy',
    make: node => {
      put(node, '/etc/kubernetes/audit/real.yaml', POLICY)
      symlinkSync('real.yaml', join(node.dir, POLICY_PATH))
    },
    code: 'SYMLINK'
  },
  {
    name: 'a directory as the policy',
    make: node => mkdirSync(join(node.dir, POLICY_PATH), { recursive: true }),
    code: 'WRONG_KIND'
  },
  { name: 'more log than disk', args: ['--log-maxsize=100000000'], code: 'NOT_ENOUGH_DISK' },
  { name: 'no manifest', make: node => rmSync(node.manifest), code: 'NOT_FOUND' },
  { name: 'a broken manifest', make: node => writeFileSync(node.manifest, 'spec: [\n'), code: 'BROKEN_YAML' },
  { name: 'no pod', make: node => writeFileSync(node.manifest, 'kind: Job\n'), code: 'NOT_A_POD' },
  { name: 'RKE2', make: marked('/var/lib/rancher/rke2/server/tls'), code: 'OTHER_DISTRIBUTION', message: /RKE2/ },
  { name: 'k3s', make: marked('/var/lib/rancher/k3s/server/tls'), code: 'OTHER_DISTRIBUTION', message: /k3s/ },
  { name: 'Talos', make: marked('/system/secrets/kubernetes/kube-apiserver'), code: 'OTHER_DISTRIBUTION' },
  { name: 'kops', make: marked('/srv/kubernetes/kube-apiserver/'), code: 'OTHER_DISTRIBUTION', message: /kops/ },
  { name: 'MicroK8s', make: marked('/var/snap/microk8s/current'), code: 'OTHER_DISTRIBUTION', message: /MicroK8s/ },
  { name: 'k3s without a manifest', make: without('/etc/rancher/k3s/k3s.yaml'), code: 'OTHER_DISTRIBUTION' },
  {
    name: 'RKE2 without a manifest',
    make: without('/etc/rancher/rke2/config.yaml'),
    code: 'OTHER_DISTRIBUTION',
    message: /RKE2/
  },
  {
    name: 'MicroK8s without a manifest',
    make: without('/var/snap/microk8s/current/args/kube-apiserver'),
    code: 'OTHER_DISTRIBUTION'
  },
  { name: 'no backend', args: ['--log-path=none'], code: 'BAD_SETTINGS' },
  { name: 'backups among the manifests', args: ['--backup-dir=/etc/kubernetes/manifests/b'], code: 'BAD_PATH' }
]

for (const { name, make, args = [], code, message } of REFUSED) {
  t.test(`refused: ${name}`, async t => {
    const { node, good } = await setUpFiles(t)
    make?.(node, good)
    const before = treeOf(node, STATE)
    const words = args.map(arg => (/^(given|absent)\.yaml$/.test(arg) ? join(node.dir, arg) : arg))
    const refused = await apply(node, ...words)
    t.match(refused, { code: 3, json: { apiVersion: 'auditpatch/v1', kind: 'Error', code } })
    if (message) t.match(refused.json['message'], message)
    t.match(refused.err, /^auditpatch: .*\n(.*\n)*next: /, 'and the next step is told')
    t.same(treeOf(node, /^var\/(lib|log)(\/auditpatch.*)?$/), withoutOwn(before), 'nothing is written')
  })
}

const withoutOwn = (tree: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tree).filter(([name]) => !/^var\/(lib|log)$/.test(name)))

t.test('what may lie beside the manifest', async t => {
  const { node, good } = await setUpFiles(t)
  writeFileSync(join(node.manifests, '.kube-apiserver.yaml.swp'), good)
  writeFileSync(join(node.manifests, 'proxy.yaml.bak'), otherManifest('proxy', 'v1.36.2'))
  t.match(await apply(node), { code: 0, json: { changed: true } })
  isTidy(t, node, [...KUBEADM_FILES, 'proxy.yaml.bak'].sort())
})

t.test('while kubeadm upgrades this node', async t => {
  const { node, good } = await setUpFiles(t)
  const upgrade = async (...words: readonly string[]) => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)', '--', 'upgrade', ...words], {
      argv0: 'kubeadm',
      cwd: '/',
      stdio: 'ignore'
    })
    await once(child, 'spawn')
    t.teardown(() => child.kill('SIGKILL'))
    return async () => {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
  }
  const elsewhere = await upgrade('apply', 'v1.36.3', '--config=/nowhere/kubeadm.yaml')
  t.equal((await run(node, 'plan')).code, 0, 'one of another root does not matter')
  await elsewhere()
  const end = await upgrade('apply', 'v1.36.3', `--config=${node.dir}/kubeadm.yaml`)
  t.match(await apply(node), { code: 3, json: { kind: 'Error', code: 'UPGRADE_RUNNING' } })
  t.equal(read(node, MANIFEST), good)
  await end()
  t.equal((await apply(node)).code, 0, 'afterwards all is well')
})

t.test('a directory that cannot be written', { skip: process.getuid?.() !== 0 && 'NEEDS ROOT' }, async t => {
  const user = 65534
  const { node, good } = await setUpFiles(t)
  // whoever is not root can only give files to itself
  const owned = good.replace(
    '  securityContext:\n',
    `  securityContext:\n    runAsUser: ${user}\n    runAsGroup: ${user}\n`
  )
  writeFileSync(node.manifest, owned)
  for (const path of ['etc/kubernetes/audit', 'var/log/kubernetes/audit', 'var/lib/auditpatch'])
    mkdirSync(join(node.dir, path), { recursive: true, mode: 0o700 })
  for (const name of ['.', ...readdirSync(node.dir, { recursive: true, encoding: 'utf8' })])
    chownSync(join(node.dir, name), user, user)
  chmodSync(node.dir, 0o755)
  chmodSync(node.manifests, 0o500)
  const before = treeOf(node, STATE)
  const refused = await launch(node, waiting('apply'), { user }).done
  t.match(refused, { code: 3, json: { kind: 'Error', code: 'CANNOT_WRITE', message: /kube-apiserver\.yaml.*EACCES/ } })
  t.equal(read(node, MANIFEST), owned)
  t.notOk(existsSync(join(node.dir, POLICY_PATH)), 'the policy that had been written is gone')
  const names = (tree: object): string[] => Object.keys(tree)
  t.same(names(treeOf(node, STATE)), names(before))
  isTidy(t, node)
  chmodSync(node.manifests, 0o700)
  t.equal((await launch(node, waiting('apply'), { user }).done).code, 0, 'with a directory that can, it works')
  isTidy(t, node)
})

t.test('a manifest that comes slowly by a pipe', async t => {
  const top = join(import.meta.dirname, '../..')
  const manifest = readFileSync(join(top, 'examples/manifests/kube-apiserver.yaml'), 'utf8')
  const [file = '', ...words] = PROGRAM
  const filter = spawn(file, [...words, 'render', '-', '--quiet'])
  let out = ''
  filter.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  for (const part of [manifest.slice(0, 40), manifest.slice(40)]) {
    await new Promise(resolve => setTimeout(resolve, 300))
    filter.stdin.write(part)
  }
  filter.stdin.end()
  const [code] = await once(filter, 'close')
  t.equal(code, 0)
  t.match(out, /--audit-policy-file=[\s\S]*\nstatus: \{\}\n$/, 'it was read to its end')
})
