// Speed as ratios within one run: each command against an empty start of Node, the two taken in turns, and the same edit
// by other tools where they are there; then `log replay` (log.mjs). Writes the tables into the README.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { logTable } from './log.mjs'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
const example = join(top, 'examples/manifests/kube-apiserver.yaml')
const scratch = mkdtempSync(join(tmpdir(), 'auditpatch-bench-'))
const { NODE_EXTRA_CA_CERTS: _, ...outer } = process.env
const env = { ...outer, XDG_STATE_HOME: join(scratch, 'state') }
const rounds = Number(process.env.AUDITPATCH_BENCH_ROUNDS ?? 20)

const MANIFEST = 'etc/kubernetes/manifests/kube-apiserver.yaml'
const makeRoot = name => {
  const root = join(scratch, name)
  rmSync(root, { recursive: true, force: true })
  mkdirSync(dirname(join(root, MANIFEST)), { recursive: true })
  copyFileSync(example, join(root, MANIFEST))
  return root
}

const time = ([file, ...args]) => {
  const start = process.hrtime.bigint()
  const { status, error } = spawnSync(file, args, { env, stdio: 'ignore' })
  const taken = Number(process.hrtime.bigint() - start) / 1e6
  // 1 is a grade below 100, or a finding
  if (error || (status !== 0 && status !== 1))
    throw new Error(`${file} ${args.join(' ')} ended with ${error?.message ?? status}`)
  return taken
}

const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** The time of a command in those of an empty start of Node, each pair taken one after the other. */
const ratiosOf = (words, before = () => undefined) =>
  Array.from({ length: rounds }, () => {
    before()
    const base = time([process.execPath, '-e', '0'])
    const own = time(words)
    return { own, ratio: own / base }
  })

const bundle = [process.execPath, join(top, 'bin/auditpatch.js')]
const arch = process.arch === 'arm64' ? 'arm64' : 'x64'
const executable = [join(top, `dist/auditpatch-linux-${arch}`)]
if (!existsSync(executable[0])) throw new Error(`${executable[0]} is not there: run npm run build:binary first`)

const fresh = makeRoot('fresh')
const audited = makeRoot('audited')
time([...bundle, 'apply', '--yes', '--root', audited])
const changing = makeRoot('changing')

// fifty rules of every kind, none of which hides another
const policy = join(scratch, 'policy.yaml')
const kinds = [
  n => `users: ["system:serviceaccount:ns${n}:sa"]\n  verbs: [get, list, watch]`,
  n => `namespaces: [ns${n}]\n  resources: [{group: "", resources: [secrets, configmaps, pods/log]}]`,
  n => `userGroups: [team${n}, "system:nodes${n}"]\n  verbs: [create, update, patch]`,
  n => `nonResourceURLs: ["/x${n}*", /y${n}]`,
  n => `resources: [{group: apps}, {group: "", resources: [pods/exec], resourceNames: [n${n}]}]\n  users: [u${n}]`
]
const rules = Array.from({ length: 49 }, (_, n) => `- level: Metadata\n  ${kinds[n % kinds.length](n)}\n`)
writeFileSync(policy, `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rules.join('')}- level: Metadata\n`)

// drills with a policy, which takes the longest to grade
const begun = join(scratch, 'begun')
time([...bundle, 'drill', 'start', 'c12', '--seed', '1', '--dir', join(scratch, 'practised')])

const COMMANDS = [
  ['plan', ['plan', '--root', fresh]],
  ['plan, nothing to do', ['plan', '--root', audited]],
  ['apply --yes --no-wait', ['apply', '--yes', '--no-wait', '--root', changing], () => makeRoot('changing')],
  ['check', ['check', '--root', audited]],
  ['status', ['status', '--root', audited]],
  ['policy lint, 50 rules', ['policy', 'lint', policy]],
  ['policy compare', ['policy', 'compare', policy, policy]],
  [
    'drill start',
    ['drill', 'start', 'c05', '--seed', '1', '--dir', begun],
    () => rmSync(begun, { recursive: true, force: true })
  ],
  ['drill check', ['drill', 'check', 'c12']],
  ['--version', ['--version']]
]

// the same edit: flags, mounts and volumes, to standard output; the others neither back up nor show a diff
const flags = ['maxage=30', 'maxbackup=10', 'maxsize=100', 'path=/var/log/kubernetes/audit/audit.log']
  .map(flag => `--audit-log-${flag}`)
  .concat('--audit-policy-file=/etc/kubernetes/audit/policy.yaml')
const mounts = [
  { mountPath: '/etc/kubernetes/audit/policy.yaml', name: 'audit-policy', readOnly: true },
  { mountPath: '/var/log/kubernetes/audit', name: 'audit-log' }
]
const volumes = [
  { hostPath: { path: '/etc/kubernetes/audit/policy.yaml', type: 'File' }, name: 'audit-policy' },
  { hostPath: { path: '/var/log/kubernetes/audit', type: 'DirectoryOrCreate' }, name: 'audit-log' }
]
const patch = [
  ...flags.map(value => ({ op: 'add', path: '/spec/containers/0/command/-', value })),
  ...mounts.map(value => ({ op: 'add', path: '/spec/containers/0/volumeMounts/-', value })),
  ...volumes.map(value => ({ op: 'add', path: '/spec/volumes/-', value }))
]
const query = `.spec.containers[0].command += ${JSON.stringify(flags)} | .spec.containers[0].volumeMounts += ${JSON.stringify(mounts)} | .spec.volumes += ${JSON.stringify(volumes)}`
const script = join(scratch, 'edit.py')
writeFileSync(
  script,
  `import json, sys, yaml
pod = yaml.safe_load(open(sys.argv[1]))
container = pod["spec"]["containers"][0]
container["command"] += json.loads(${JSON.stringify(JSON.stringify(flags))})
container["volumeMounts"] += json.loads(${JSON.stringify(JSON.stringify(mounts))})
pod["spec"]["volumes"] += json.loads(${JSON.stringify(JSON.stringify(volumes))})
yaml.safe_dump(pod, sys.stdout)
`
)
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'
const PEERS = [
  ['yq (Debian) -y', ['yq', '-y', query, example]],
  ['PyYAML, a script', [python, script, example]],
  [
    'kubectl patch --local',
    ['kubectl', 'patch', '--local', '-f', example, '--type=json', '-o', 'yaml', `-p=${JSON.stringify(patch)}`]
  ]
]

const show = ratios => {
  const values = ratios.map(({ ratio }) => ratio)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return `${median(values).toFixed(2)} (${least.toFixed(2)}-${most.toFixed(2)})`
}

const peakOf = words => {
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%M', ...words], { env, encoding: 'utf8' })
  return status === 0 ? `${Math.round(Number(stderr.trim().split('\n').at(-1)) / 1024)} MiB` : 'not measured'
}

const rows = COMMANDS.map(([name, words, before]) => {
  const [own, other] = [executable, bundle].map(program => show(ratiosOf([...program, ...words], before)))
  return `| \`${name}\` | ${own} | ${other} |`
})
const peers = PEERS.map(([name, words]) => {
  const isThere = spawnSync(words[0], words.slice(1), { env, stdio: 'ignore' }).status === 0
  return `| ${name} | ${isThere ? show(ratiosOf(words)) : 'not there'} | |`
})
const empty = median(Array.from({ length: rounds }, () => time([process.execPath, '-e', '0'])))
const table = `Time of the whole process in those of an empty start of Node (\`node -e 0\`, here ${empty.toFixed(0)} ms, ${process.version}), the two in turns: the
median of ${rounds} rounds, lowest and highest in brackets; ${cpus().length} cores. Below, the same edit of the same manifest by other tools, which
neither back up nor show a diff.

| | the executable | the bundle on Node |
|---|---|---|
${rows.join('\n')}
${peers.join('\n')}

Peak memory of \`plan\`: ${peakOf([...executable, 'plan', '--root', fresh])} the executable, ${peakOf([...bundle, 'plan', '--root', fresh])} the bundle.

${await logTable()}`

process.stdout.write(`${table}\n`)
const readme = join(top, 'README.md')
writeFileSync(
  readme,
  readFileSync(readme, 'utf8').replace(
    /(<!-- performance -->\n)[\s\S]*?(\n<!-- \/performance -->)/,
    (_, open, close) => `${open}\n${table}\n${close}`
  )
)

// what check looks at besides must not make it another kind of command
const share = median(
  Array.from(
    { length: rounds },
    () => time([...bundle, 'check', '--root', audited]) / time([...bundle, 'plan', '--root', audited])
  )
)
process.stdout.write(`\ncheck takes ${share.toFixed(2)}x of plan; under 2.5x is wanted\n`)
rmSync(scratch, { recursive: true, force: true })
