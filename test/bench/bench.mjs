// Speed as ratios within one run: each command against an empty start of the same Node, the two taken in turns.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
const bin = join(top, 'bin/auditpatch.js')
const example = join(top, 'examples/manifests/kube-apiserver.yaml')
const root = mkdtempSync(join(tmpdir(), 'auditpatch-bench-'))
const manifests = join(root, 'etc/kubernetes/manifests')
mkdirSync(manifests, { recursive: true })
copyFileSync(example, join(manifests, 'kube-apiserver.yaml'))

const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
const rounds = Number(process.env.AUDITPATCH_BENCH_ROUNDS ?? 20)

const time = args => {
  const start = process.hrtime.bigint()
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'ignore' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  return Number(process.hrtime.bigint() - start) / 1e6
}

const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

// fifty rules of every kind, none of which hides another
const policy = join(root, 'policy.yaml')
const kinds = [
  n => `users: ["system:serviceaccount:ns${n}:sa"]\n  verbs: [get, list, watch]`,
  n => `namespaces: [ns${n}]\n  resources: [{group: "", resources: [secrets, configmaps, pods/log]}]`,
  n => `userGroups: [team${n}, "system:nodes${n}"]\n  verbs: [create, update, patch]`,
  n => `nonResourceURLs: ["/x${n}*", /y${n}]`,
  n => `resources: [{group: apps}, {group: "", resources: [pods/exec], resourceNames: [n${n}]}]\n  users: [u${n}]`
]
const rules = Array.from({ length: 49 }, (_, n) => `- level: Metadata\n  ${kinds[n % kinds.length](n)}\n`)
writeFileSync(policy, `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rules.join('')}- level: Metadata\n`)

// a second node, on which auditing is on already
const audited = join(root, 'audited')
mkdirSync(join(audited, 'etc/kubernetes/manifests'), { recursive: true })
copyFileSync(example, join(audited, 'etc/kubernetes/manifests/kube-apiserver.yaml'))
time([bin, 'apply', '--yes', '--root', audited])

const commands = [
  ['plan', ['plan', '--root', root]],
  ['plan, nothing to do', ['plan', '--root', audited]],
  ['check', ['check', '--root', audited]],
  ['status', ['status', '--root', audited]],
  ['render', ['render', example]],
  ['policy lint', ['policy', 'lint', policy]],
  ['policy compare', ['policy', 'compare', policy, policy]],
  ['policy explain', ['policy', 'explain', policy, '--url', '/healthz']],
  ['--version', ['--version']]
]

console.log('| command | median ms | of `node -e 0` | lowest and highest ratio |\n|---|---|---|---|')
for (const [name, args] of commands) {
  const times = []
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const base = time(['-e', '0'])
    const own = time([bin, ...args])
    times.push(own)
    ratios.push(own / base)
  }
  const middle = median(ratios)
  console.log(
    `| ${name} | ${median(times).toFixed(0)} | ${middle.toFixed(1)}x | ${ratios[0].toFixed(1)}-${ratios.at(-1).toFixed(1)} |`
  )
}

// what check looks at besides must not make it another kind of command
const shares = []
for (let round = 0; round < rounds; round++)
  shares.push(time([bin, 'check', '--root', audited]) / time([bin, 'plan', '--root', audited]))
const share = median(shares)
console.log(
  `\ncheck takes ${share.toFixed(2)}x of plan (${shares[0].toFixed(2)}-${shares.at(-1).toFixed(2)}); under 2.5x is wanted`
)
rmSync(root, { recursive: true, force: true })
