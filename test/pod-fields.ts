import t from 'tap'
import type { Finding } from '../src/finding.ts'
import { POD_TYPES } from '../src/pod/fields.generated.ts'
import { type Holds, podField, podFields } from '../src/pod/fields.ts'
import { documentFaults, secondDocument } from '../src/pod/pod-documents.ts'
import { unknownFields } from '../src/pod/unknown-fields.ts'
import { valueOf } from '../src/text/edit.ts'
import { parseSource, type Source } from '../src/text/source.ts'
import { corpusOf } from './fixtures/manifest/corpus.ts'
import { hasGo } from './oracle/build-oracle.ts'
import { type Dice, diceFrom } from './oracle/dice.ts'
import { spawnGo } from './oracle/go.ts'

const SOUND = `apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.0.0.1:6443
  creationTimestamp: null
  labels: {component: kube-apiserver, tier: control-plane}
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    - --audit-policy-file=/etc/kubernetes/policy.yaml
    image: registry.k8s.io/kube-apiserver:v1.36.0
    livenessProbe:
      failureThreshold: 8
      httpGet: {host: 10.0.0.1, path: /livez, port: probe-port, scheme: HTTPS}
    name: kube-apiserver
    ports:
    - containerPort: 6443
      name: probe-port
    resources:
      requests: {cpu: 250m, memory: 1.5Gi}
    volumeMounts:
    - mountPath: /etc/kubernetes/policy.yaml
      name: policy
      readOnly: true
  hostNetwork: true
  priorityClassName: system-node-critical
  securityContext:
    seccompProfile: {type: RuntimeDefault}
    runAsUser: 0
  volumes:
  - hostPath: {path: /etc/kubernetes/policy.yaml, type: File}
    name: policy
status: {}
`

const sourceOf = (text: string): Source => parseSource(text, 'kube-apiserver.yaml', 'kubernetes')
const faultsOf = (text: string): Finding[] => {
  const source = sourceOf(text)
  return unknownFields(source, valueOf(source))
}
const changed = (from: string, to: string): string => {
  if (!SOUND.includes(from)) throw new Error(`${from} is not there to be changed`)
  return SOUND.replace(from, () => to)
}
const inWords = ({ severity, code, line, column, message }: Finding): string =>
  `${severity} ${code} ${line}:${column} ${message}`

t.test('a sound manifest has no finding, and neither has what is no pod', async t => {
  t.same(faultsOf(SOUND), [])
  t.same(faultsOf('a: 1\nkind: Policy\nspecs: {}\n'), [])
  t.same(faultsOf('[a]\n'), [])
  t.same(faultsOf('text\n'), [])
  t.same(faultsOf('apiVersion: v1\nkind: Pod\n'), [])
})

const gone = (path: string): string => `unknown field ${path}: the kubelet drops it without a word`

// what the kubelet's decoder does with each was seen by running it
t.test('what the kubelet drops in silence', async t => {
  for (const [from, to, want, remediation] of [
    [
      '  containers:\n',
      '  cotnainers:\n',
      `error unknown-field 11:3 ${gone('spec.cotnainers')}; containers is meant?`,
      'write containers instead of cotnainers'
    ],
    [
      'readOnly: true',
      'readOlny: true',
      `warning unknown-field 28:7 ${gone('spec.containers[0].volumeMounts[0].readOlny')}; readOnly is meant?`,
      'write readOnly instead of readOlny'
    ],
    [
      '    volumeMounts:\n',
      '    volumeMount:\n',
      `error unknown-field 25:5 ${gone('spec.containers[0].volumeMount')}; volumeMounts is meant?`,
      'write volumeMounts instead of volumeMount'
    ],
    [
      '- hostPath:',
      '- hostpath:',
      `error unknown-field 35:5 ${gone('spec.volumes[0].hostpath')}; hostPath is meant, and case counts`,
      'write hostPath instead of hostpath'
    ],
    [
      '- command:',
      '- commands:',
      `error unknown-field 12:5 ${gone('spec.containers[0].commands')}; command is meant?`,
      'write command instead of commands'
    ],
    [
      'volumes:\n',
      'volumeMounts: []\n  volumes:\n',
      `error unknown-field 34:3 ${gone('spec.volumeMounts')}; volumeMounts belongs into spec.containers[]`,
      'move it into spec.containers[]'
    ],
    [
      'volumes:\n',
      'volumeMount: []\n  volumes:\n',
      `error unknown-field 34:3 ${gone('spec.volumeMount')}; volumeMounts belongs into spec.containers[]`,
      'move it into spec.containers[] and call it volumeMounts'
    ],
    [
      'status: {}',
      'hostNetwork: true',
      `error unknown-field 37:1 ${gone('hostNetwork')}; hostNetwork belongs into spec`,
      'move it into spec'
    ],
    [
      'type: File}',
      'type: File, readOnly: true}',
      `warning unknown-field 35:63 ${gone('spec.volumes[0].hostPath.readOnly')}; readOnly belongs into spec.containers[].volumeMounts[]`,
      'move it into spec.containers[].volumeMounts[]'
    ],
    [
      'requests: {',
      'args: [--a=b]\n      requests: {',
      `error unknown-field 24:7 ${gone('spec.containers[0].resources.args')}; args belongs into spec.containers[]`,
      'move it into spec.containers[]'
    ],
    [
      'path: /livez',
      'path: /livez, kind: Pod',
      `warning unknown-field 18:47 ${gone('spec.containers[0].livenessProbe.httpGet.kind')}; kind belongs into the top level`,
      'move it into the top level'
    ],
    [
      'readOnly: true',
      'readOnly: true\n      mountpath: /x',
      `warning unknown-field 29:7 ${gone('spec.containers[0].volumeMounts[0].mountpath')}; mountPath is meant, and case counts`,
      'mountPath is there already: move into it what is needed, and take mountpath out'
    ],
    [
      'status: {}',
      'apiversion: v2\nnonsense: 1',
      `warning unknown-field 38:1 ${gone('nonsense')}`,
      'take nonsense out; kubectl explain pod lists what there is'
    ],
    [
      'cpu: 250m',
      'cpu: 250m}\n      frobnicate: {a: 1',
      `warning unknown-field 25:7 ${gone('spec.containers[0].resources.frobnicate')}`,
      'take frobnicate out; kubectl explain pod.spec.containers.resources lists what there is'
    ]
  ] as const) {
    const found = faultsOf(changed(from, to))
    t.same(found.map(inWords), [want], to)
    t.equal(found[0]?.remediation, remediation, to)
    t.equal(found[0]?.file, 'kube-apiserver.yaml')
  }
})

t.test('a misspelt list beside the right one is as lost', async t => {
  const both = changed('    volumeMounts:\n', '    volumeMount: [{name: a, mountPath: /a}]\n    volumeMounts:\n')
  t.match(faultsOf(both), [{ severity: 'error', field: 'spec.containers[0].volumeMount' }])
})

t.test('free keys, deep fields and merged mappings', async t => {
  t.same(faultsOf(changed('labels: {', 'labels: {Anything/at-all: x, hostpath: z, ')), [])
  t.same(faultsOf(changed('cpu: 250m', 'example.com/device: 1')), [])
  t.match(faultsOf(changed('seccompProfile: {', 'seccompProfile: {localhostprofile: a, ')), [
    { field: 'spec.securityContext.seccompProfile.localhostprofile', message: /localhostProfile is meant/ }
  ])
  const merged = changed('  - hostPath:', '  - <<: {hostpath: {path: /a}}\n    hostPath:')
  t.match(faultsOf(merged), [{ field: 'spec.volumes[0].hostpath', line: 35, column: 5 }])
  const shared = changed('status: {}', 'status: {}\nextra: &a {b: 1}\nother: *a')
  t.match(faultsOf(shared), [{ field: 'extra' }, { field: 'other' }])
})

t.test('no end of unknown fields ends', async t => {
  const many = Array.from({ length: 5000 }, (_, index) => `field${index}: 1\n`).join('')
  t.equal(faultsOf(`${SOUND}${many}`).length, 100)
})

// the text of each error is the decoder's of 1.36
t.test('values for which the kubelet cannot read the pod', async t => {
  const probe = 'port: probe-port'
  for (const [from, to, place, message] of [
    ['hostNetwork: true', 'hostNetwork: "true"', '29:16', 'spec.hostNetwork is the string "true", where true or false'],
    ['{path: /etc/kubernetes/policy.yaml, type: File}', '/a', '35:15', /hostPath is the string "\/a", where a mapping/],
    ['{path: /etc/kubernetes/policy.yaml, type: File}', '[]', '35:15', /hostPath is a list, where a mapping is wanted/],
    [
      '    - mountPath: /etc/kubernetes/policy.yaml\n      name: policy\n',
      '      mountPath: /a\n      name: policy\n',
      '26:7',
      /volumeMounts is a mapping, where a list is wanted/
    ],
    ['    - kube-apiserver\n', '    - yes\n', '13:7', /command\[0\] is true, where a string is wanted/],
    ['    - kube-apiserver\n', '    - 1\n', '13:7', /command\[0\] is the number 1, where a string is wanted/],
    ['10.0.0.1:6443', '6443', '5:70', /annotations\.kubeadm.* is the number 6443, where a string is wanted/],
    ['tier: control-plane', 'tier: {}', '7:45', /labels\.tier is a mapping, where a string is wanted/],
    ['host: 10.0.0.1', 'host: {IP}', '18:23', /httpGet\.host is a mapping, where a string is wanted/],
    ['runAsUser: 0', 'runAsUser: "0"', '33:16', /runAsUser is the string "0", where a whole number is wanted/],
    ['runAsUser: 0', 'runAsUser: 1.5', '33:16', /runAsUser is the number 1.5/],
    ['runAsUser: 0', 'runAsUser: 99999999999999999999', '33:16', /runAsUser is the number 1/],
    ['containerPort: 6443', 'containerPort: 3000001000', '21:22', /containerPort is .* whole number of 32 bits/],
    [probe, 'port: 6443.5', '18:53', /port is the number 6443.5, where a number or a port's name is wanted/],
    [probe, 'port: true', '18:53', /port is true/],
    [probe, 'port: 99999999999', '18:53', /port is the number 99999999999/],
    ['cpu: 250m', 'cpu: 25o0m', '24:23', /cpu is the string "25o0m", where a quantity is wanted/],
    ['cpu: 250m', 'cpu: ""', '24:23', /cpu is the string "", where a quantity/],
    ['cpu: 250m', 'cpu: 1K', '24:23', /cpu is the string "1K", where a quantity/],
    ['cpu: 250m', 'cpu: true', '24:23', /cpu is true, where a quantity/],
    ['creationTimestamp: null', 'creationTimestamp: yesterday', '6:22', /is the string "yesterday", where a time/],
    ['creationTimestamp: null', 'creationTimestamp: 2030-02-30T00:00:00Z', '6:22', /where a time is wanted/],
    ['creationTimestamp: null', 'creationTimestamp: 12', '6:22', /where a time is wanted/],
    ['status: {}', 'status: gone', '37:9', /status is the string "gone", where a mapping is wanted/]
  ] as const) {
    const found = faultsOf(changed(from, to))
    t.match(found, [{ code: 'wrong-type', severity: 'error', message, remediation: /./ }], to)
    t.match(found[0]?.message, /: the kubelet cannot read the pod at all$/)
    t.equal(`${found[0]?.line}:${found[0]?.column}`, place, to)
    t.equal(found.length, 1)
  }
  const whole = faultsOf('apiVersion: v1\nkind: Pod\nmetadata: a\nspec: []\n')
  t.same(
    whole.map(({ field }) => field),
    ['metadata', 'spec']
  )
})

t.test('odd values that it does read', async t => {
  for (const [from, to] of [
    ['hostNetwork: true', 'hostNetwork: yes'],
    ['{path: /etc/kubernetes/policy.yaml, type: File}', 'null'],
    ['    - kube-apiserver\n', '    - kube-apiserver\n    -\n'],
    ['tier: control-plane', 'tier: '],
    ['runAsUser: 0', 'runAsUser: 1e3'],
    ['runAsUser: 0', 'runAsUser: 1.0'],
    ['port: probe-port', 'port: "6443"'],
    ['port: probe-port', 'port: '],
    ['cpu: 250m', 'cpu: 1.5'],
    ['cpu: 250m', 'cpu: "+.5Ki"'],
    ['cpu: 250m', 'cpu: 1.e3'],
    ['cpu: 250m', 'cpu: '],
    ['creationTimestamp: null', 'creationTimestamp: 2030-01-01T00:00:00.123+02:00'],
    ['kind: Pod', 'Kind: Pod'],
    ['apiVersion: v1', 'ApiVersion: v1']
  ] as const)
    t.same(faultsOf(changed(from, to)), [], to)
})

t.test('more documents than one', async t => {
  for (const [text, line] of [
    [SOUND, undefined],
    ['a: 1\n---\nb: 2\n', 2],
    ['a: 1\n---\n', undefined],
    ['a: 1\n...\n', undefined],
    ['a: 1\n...\n---\nb: 1\n', 3],
    ['# c\n---\na: 1\n# d\n---\n# only a comment\n', undefined],
    ['a: 1\n--- {b: 1}\n', 2],
    ['a: 1\n...\nb: 1\n', 3],
    ['a: 1\n---\n\n# c\n---\nb: [\n', 5],
    ['a: 1\n...\n%YAML 1.1\n---\nb: 1\n', 4],
    ['a: |\n  ---\n  x\n---\nb: 1\n', 4],
    ['a: 1\r\n---\r\nb: 1\r\n', 2],
    ['a: 1\r\n---\r\n# c\r\n', undefined],
    ['\uFEFFa: 1\n---\nb: 1', 2],
    ['a: "x\n  ---y"\n', undefined]
  ] as const) {
    const source = sourceOf(text)
    t.equal(secondDocument(source), line, JSON.stringify(text))
    const want = line === undefined ? [] : [{ code: 'more-documents', severity: 'warning', line, column: 1 }]
    const found = documentFaults(source)
    t.equal(found.length, want.length)
    t.match(found, want)
  }
  const empty = documentFaults(sourceOf(`---\n# nothing yet\n---\n${SOUND}`))
  t.match(empty, [{ code: 'more-documents', severity: 'error', line: 3, message: /first YAML document .* is empty/ }])
})

t.test('what begins as JSON must be JSON', async t => {
  const json = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } })
  t.same(documentFaults(sourceOf(json)), [])
  t.same(documentFaults(sourceOf(`\n  ${json}\n`)), [])
  for (const text of ['{apiVersion: v1, kind: Pod}\n', `${json}\n---\n${json}\n`, `${json} # a comment\n`])
    t.match(documentFaults(sourceOf(text)), [{ code: 'not-json', severity: 'error', line: 1, column: 1 }], text)
  t.same(documentFaults(sourceOf(`--- \n{apiVersion: v1}\n`)), [])
  t.same(documentFaults(sourceOf(`# c\n{apiVersion: v1}\n`)), [])
})

t.test('the table of fields', async t => {
  t.ok(POD_TYPES.length < 12_000, `${POD_TYPES.length} characters`)
  const types = POD_TYPES.split('\n').map(line => line.split(' ')[0] ?? '')
  t.ok(types.length > 100)
  const leaves = ['', 'bool', 'int32', 'int64', 'quantity', 'port', 'time', 'object', 'anything']
  for (const type of types) {
    for (const { name, holds } of podFields(type) ?? []) {
      const inner = holds.replace(/^[[{]+/, '')
      t.ok(leaves.includes(inner) || podFields(inner), `${type}.${name} holds ${holds}`)
      t.match(name, /^[a-zA-Z0-9]+$/)
    }
  }
  t.match(podField('Container', 'volumeMounts'), { isRequired: false, holds: '[VolumeMount' })
  t.match(podField('VolumeMount', 'mountPath'), { isRequired: true, holds: '' })
  t.equal(podField('Container', 'volumemounts'), undefined)
})

// the faults that people have found in real manifests, by the number of the file in the collection
const KNOWN: Readonly<Record<string, readonly object[]>> = {
  '019': [{ code: 'unknown-field', message: /readOnly is meant/ }],
  '117': [{ code: 'unknown-field', field: 'spec.containers[0].imagePullPolicy"' }, { code: 'not-json' }],
  '127': [{ code: 'unknown-field', severity: 'error', message: /containers is meant/ }],
  '387': ['liveness', 'readiness', 'startup'].map(name => ({
    code: 'wrong-type',
    field: `spec.containers[0].${name}Probe.httpGet.host`
  })),
  '409': [1, 2].map(() => ({ code: 'unknown-field', severity: 'error', message: /hostPath is meant, and case counts/ }))
}

t.test('real manifests have the faults that they are known for, and no others', async t => {
  const files = corpusOf(['apiserver', 'negative'])
  if (files.length === 0) {
    t.comment('SKIPPED: no directory ../shared/corpus')
    return
  }
  let judged = 0
  for (const { file, text } of files) {
    let source: Source
    try {
      source = parseSource(text, file, 'kubernetes')
    } catch {
      continue
    }
    judged += 1
    const found = [...unknownFields(source, valueOf(source)), ...documentFaults(source)]
    const known = KNOWN[file.slice(0, 3)] ?? []
    t.equal(found.length, known.length, `${file}: ${found.map(inWords).join('; ')}`)
    t.match(found, known, file)
  }
  t.ok(judged >= files.length - 3, `${judged} of ${files.length} manifests`)
  for (const number of Object.keys(KNOWN))
    if (!files.some(({ file }) => file.startsWith(number))) t.comment(`SKIPPED: no file ${number} in the collection`)
})

const TEXTS = [
  '',
  'a',
  '1',
  '250m',
  '1.5Gi',
  '1e3',
  '1e',
  '5 Mi',
  ' 1 ',
  '-1',
  '.',
  '1.',
  '+.5',
  'true',
  '0x1',
  '+',
  'Mi',
  '1K',
  '1 m',
  '1e-3',
  'E5',
  '1.5.',
  ' '
]
const TIMES = ['2030-01-31T12:00:00Z', '2030-02-30T12:00:00Z', '2030-01-31T24:00:00Z', '2030-01-31T1:00:00.5+02:00']
const NUMBERS = [0, 1, -1, 1.5, 2 ** 31, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e21]

const anything = (dice: Dice): unknown =>
  dice.one([
    () => dice.one(TEXTS),
    () => dice.one(TIMES),
    () => dice.one(NUMBERS),
    () => dice.chance(50),
    () => null,
    () => [],
    () => ({}),
    () => ({ a: dice.one(TEXTS) }),
    () => [dice.one(NUMBERS)]
  ])()

/** A value of a kind, seldom wrong. */
const valueFor = (dice: Dice, holds: Holds): unknown => {
  if (dice.chance(3)) return anything(dice)
  const inner = holds.slice(1)
  if (holds.startsWith('[')) return Array.from({ length: dice.pick(3) }, () => valueFor(dice, inner))
  if (holds.startsWith('{'))
    return Object.fromEntries(dice.several(TEXTS, 0, 2).map(key => [key, valueFor(dice, inner)]))
  const fields = podFields(holds)
  if (fields) {
    const entries = dice.several(fields, 1, 5).map(({ name, holds: each }): [string, unknown] => {
      const odd = dice.one([`${name}s`, name.toUpperCase(), 'a', name.slice(1)])
      return [dice.chance(4) ? odd : name, valueFor(dice, each)]
    })
    return Object.fromEntries(entries)
  }
  switch (holds) {
    case '':
      return dice.one(TEXTS)
    case 'bool':
      return dice.chance(50)
    case 'int32':
    case 'int64':
      return dice.pick(1000)
    case 'quantity':
      return dice.chance(90) ? dice.one(['1', '250m', '1.5Gi', 1, 0.5]) : dice.one(TEXTS)
    case 'port':
      return dice.one(['http', 6443])
    case 'time':
      return dice.chance(90) ? '2030-01-31T12:00:00Z' : dice.one(TIMES)
    default:
      return {}
  }
}

const isLong = process.env.AUDITPATCH_LONG !== undefined
const isSkipped = !isLong ? 'only in a long run' : !hasGo() && process.env.CI === undefined ? 'there is no Go' : false

t.test('the table, and every verdict, are those of the Go types', { skip: isSkipped }, async t => {
  const check = spawnGo('node', ['test/oracle/pod-fields.mjs', '--check'])
  t.equal(check.status, 0, check.stderr)
  const dice = diceFrom(20)
  const pods = Array.from({ length: 20_000 }, () => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: valueFor(dice, 'ObjectMeta'),
    spec: valueFor(dice, 'PodSpec'),
    [dice.one(['status', 'a'])]: {}
  }))
  const args = ['run', '-buildvcs=false', '-modfile=minors/1.36.mod', './pod-fields', 'decode']
  const { stdout, status, stderr } = spawnGo('go', args, {
    cwd: 'test/oracle',
    input: pods.map(pod => `${JSON.stringify(pod)}\n`).join('')
  })
  t.equal(status, 0, stderr)
  const answers = stdout.trimEnd().split('\n')
  t.equal(answers.length, pods.length)
  const counts = { sound: 0, unknown: 0, refused: 0 }
  for (const [index, pod] of pods.entries()) {
    const { unknown, error }: { unknown: string[]; error?: string } = JSON.parse(answers[index] ?? '')
    const found = faultsOf(JSON.stringify(pod))
    const ours = found.filter(({ code }) => code === 'unknown-field').map(({ field }) => field)
    const isRefused = found.some(({ code }) => code === 'wrong-type')
    counts[error !== undefined ? 'refused' : unknown.length > 0 ? 'unknown' : 'sound'] += 1
    if (isRefused !== (error !== undefined))
      t.fail(`${error ?? 'no error'}; ${found.map(inWords).join('; ')}`, { pod: JSON.stringify(pod) })
    else if (error === undefined) {
      const missing = unknown.filter(each => !ours.includes(each)).length + ours.length - unknown.length
      if (missing !== 0) t.same([...ours].sort(), [...unknown].sort(), JSON.stringify(pod))
    }
  }
  t.ok(
    Object.values(counts).every(count => count > 1000),
    JSON.stringify(counts)
  )
})
