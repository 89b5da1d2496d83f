import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { UNJUDGED, plainCheck, placesOfTheUnjudged, withoutUnjudged } from './plain-check.ts'
import { REQUIREMENTS } from './plain-exceptions.ts'
import { unpromised } from './plain-patch.ts'
import { readDocuments } from './plain-pods.ts'
import { RARE_FORMS } from './random-forms.ts'
import { randomWorkload, randomWorkloadAndData } from './random-workload.ts'
import { realWorkloads } from './real-workloads.ts'

const isLong = process.env.AUDITPATCH_LONG === '1'

const FAULTS = `apiVersion: v1
kind: ConfigMap
metadata: {name: not-judged}
---
# no content
---
kind: Deployment
spec:
  template:
    spec:
      hostPID: true
      hostIPC: yes
      hostNetwork: true
      shareProcessNamespace: true
      privileged: false
      securityContext: {readOnlyRootFilesystem: true, runAsUser: 0}
      initContainers:
      - name: bare
      containers:
      - name: faults
        image: registry:5000/app
        imagePullPolicy: Always
        command: [/usr/bin/env, A=b, /bin/bash, -c, date]
        runAsUser: 1000
        securityContext:
          privileged: true
          runAsUser: 0
          capabilities: {add: [NET_BIND_SERVICE, cap_sys_admin], drop: [all]}
        volumeMounts:
        - {name: logs, mountPath: /logs}
        - {name: socket, mountPath: /run/x, readOnly: true}
        - {name: empty, mountPath: /usr/local/bin/}
        - {name: empty, mountPath: /usr/bin/env, subPath: env}
        - {name: empty, mountPath: /binary}
        - {name: config, mountPath: /bin}
        - {name: logs, mountPath: /logs2, readOnly: true}
        - {name: unknown, mountPath: /bin}
      - name: good
        image: app:v1@sha256:00
        imagePullPolicy: Always
        command: [/sh/app]
        securityContext: &good
          readOnlyRootFilesystem: true
          allowPrivilegeEscalation: false
          runAsUser: 1
          capabilities: {drop: [ALL], add: [CAP_NET_BIND_SERVICE]}
      - name: tagged
        image: app:v1
        command: []
        args: [busybox, ash]
        securityContext: {<<: *good, capabilities: {drop: [ALL], add: [CHOWN]}}
      volumes:
      - {name: logs, hostPath: {path: /var/log}}
      - {name: socket, hostPath: {path: /run/x.sock}}
      - {name: empty, emptyDir: }
      - {name: config, configMap: {name: c}}
`

const C = 'spec.template.spec.containers[0]'
const BARE = 'spec.template.spec.initContainers[0].securityContext'

// prettier-ignore
const WANT = [
  [`${C}.securityContext.readOnlyRootFilesystem`, 'read-only-root-filesystem', 'error'],
  [`${C}.securityContext.privileged`, 'privileged', 'error'],
  [`${C}.securityContext.allowPrivilegeEscalation`, 'privilege-escalation', 'error'],
  [`${C}.securityContext.runAsUser`, 'run-as-non-root', 'error'],
  [`${C}.securityContext.capabilities.add`, 'added-capabilities', 'error'],
  [`${C}.securityContext.capabilities.drop`, 'drop-all-capabilities', 'warning'],
  [`${C}.volumeMounts[0]`, 'host-path', 'error'],
  [`${C}.volumeMounts[1]`, 'host-socket', 'error'],
  [`${C}.volumeMounts[2]`, 'writable-executable-path', 'error'],
  [`${C}.volumeMounts[3]`, 'writable-executable-path', 'error'],
  [`${C}.volumeMounts[3]`, 'writable-sub-path', 'warning'],
  [`${C}.image`, 'image-latest', 'warning'],
  [`${C}.imagePullPolicy`, 'image-pull-policy', 'info'],
  [`${C}.command[0]`, 'shell-command', 'warning'],
  [`${C}.runAsUser`, 'misplaced-field', 'warning'],
  ['spec.template.spec.containers[2].image', 'image-digest', 'info'],
  ['spec.template.spec.containers[2].args[0]', 'shell-command', 'warning'],
  ['spec.template.spec.containers[2].securityContext.capabilities.add', 'added-capabilities', 'warning'],
  [`${BARE}.readOnlyRootFilesystem`, 'read-only-root-filesystem', 'error'],
  [`${BARE}.allowPrivilegeEscalation`, 'privilege-escalation', 'error'],
  ['spec.template.spec.securityContext.runAsUser', 'run-as-non-root', 'error'],
  [`${BARE}.capabilities.drop`, 'drop-all-capabilities', 'warning'],
  ['spec.template.spec.hostPID', 'host-pid', 'error'],
  ['spec.template.spec.hostIPC', 'host-ipc', 'warning'],
  ['spec.template.spec.hostNetwork', 'host-network', 'warning'],
  ['spec.template.spec.shareProcessNamespace', 'share-process-namespace', 'warning'],
  ['spec.template.spec.securityContext.readOnlyRootFilesystem', 'misplaced-field', 'warning'],
  ['spec.template.spec.privileged', 'misplaced-field', 'warning']
]

const asLines = (text: string): string[] =>
  plainCheck(text).map(({ field, code, severity, document }) => `${document} ${severity} ${code} ${field}`)

t.test('the plain check finds each fault of a file with every fault, and no other', async t => {
  t.same(asLines(FAULTS).sort(), WANT.map(([field, code, severity]) => `1 ${severity} ${code} ${field}`).sort())
  const codes = new Set(WANT.map(([, code]) => code))
  t.same(
    REQUIREMENTS.filter(code => !codes.has(code)),
    UNJUDGED,
    'every requirement that is judged is among them'
  )
})

// a pod of which only this is wrong, or is made so
const pod = (annotations: string, image = 'app', kind = 'Pod'): string => `kind: ${kind}
metadata: {annotations: {${annotations}}}
spec:
  securityContext: {runAsNonRoot: true}
  containers:
  - name: c
    image: ${image}
    securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`
const template = (kind: string, path: string): string => {
  const spec = '{containers: [{name: c, image: x@y, securityContext: {allowPrivilegeEscalation: false, '
  const rest = 'readOnlyRootFilesystem: true, runAsUser: 1, privileged: true, capabilities: {drop: [ALL]}}}]}'
  return `kind: ${kind}\n${path}: ${spec}${rest}${'}'.repeat(path.split('{').length - 1)}\n`
}
const inTemplate = (kind: string): { name: string; in: string; want: string[] } => ({
  name: kind,
  in: template(kind, 'spec: {template: {spec'),
  want: ['0 error privileged spec.template.spec.containers[0].securityContext.privileged']
})
const LATEST = '0 warning image-latest spec.containers[0].image'
const ALLOWED = '0 info allowed spec.containers[0].image'
const KEY = 'metadata.annotations.auditpatch/mutable'

t.test('the plain check: kinds, lists, exceptions', async t => {
  const rows: { name: string; in: string; want: string[] }[] = [
    { name: 'no exception', in: pod(''), want: [LATEST] },
    { name: 'excepted', in: pod("auditpatch/mutable: 'image-latest: old'"), want: [ALLOWED] },
    { name: 'of the container', in: pod("c.auditpatch/mutable: 'privileged, image-latest: x: y'"), want: [ALLOWED] },
    {
      name: 'of another container',
      in: pod("d.auditpatch/mutable: 'image-latest: x'"),
      want: [LATEST, '0 warning unknown-exception metadata.annotations.d.auditpatch/mutable']
    },
    { name: 'another', in: pod("auditpatch/mutable: 'privileged: x'"), want: [LATEST] },
    { name: 'several', in: pod('auditpatch/mutable: "privileged: x; image-latest: y"'), want: [ALLOWED] },
    { name: 'lines', in: pod('auditpatch/mutable: "privileged: x\\nimage-latest: y\\n"'), want: [ALLOWED] },
    {
      name: 'without a reason',
      in: pod("auditpatch/mutable: 'image-latest: '"),
      want: [LATEST, `0 warning exception-without-reason ${KEY}`]
    },
    {
      name: 'unknown',
      in: pod("auditpatch/mutable: 'image-latest, Privileged: x'"),
      want: [ALLOWED, `0 warning unknown-exception ${KEY}`]
    },
    { name: 'digest', in: pod('', 'a:latest@sha256:1'), want: [] },
    { name: 'port and tag', in: pod('', 'r:5000/a:1'), want: ['0 info image-digest spec.containers[0].image'] },
    { name: 'no image', in: pod('', ''), want: [] },
    { name: 'Windows', in: pod('').replace('spec:', 'spec:\n  os: {name: windows}'), want: [] },
    { name: 'a service', in: pod('', 'app', 'Service'), want: [] },
    ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController', 'Job', 'Rollout'].map(
      inTemplate
    ),
    {
      name: 'CronJob',
      in: template('CronJob', 'spec: {jobTemplate: {spec: {template: {spec'),
      want: ['0 error privileged spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged']
    },
    {
      name: 'PodTemplate',
      in: template('PodTemplate', 'template: {spec'),
      want: ['0 error privileged template.spec.containers[0].securityContext.privileged']
    },
    {
      name: 'a list in a list, an item without a kind, a second document',
      in: `---\n---\nkind: Service\n---\nkind: List\nitems: [{kind: PodList, items: [{spec: {hostIPC: true}}]}, 1]\n`,
      want: ['1 warning host-ipc items[0].items[0].spec.hostIPC']
    }
  ]
  for (const row of rows) t.same(asLines(row.in), row.want, row.name)
})

t.test('what is not judged is left out of a comparison, with its exceptions', async t => {
  const text = `kind: Pod
spec:
  containers:
  - args: [x]
    lifecycle: {preStop: {exec: {command: [x]}}}
    livenessProbe: {httpGet: {}}
`
  const places = ['args', 'lifecycle.preStop.exec.command'].map(key => `spec.containers[0].${key}`)
  t.same(
    placesOfTheUnjudged(text),
    places.map(field => ({ field, document: 0 }))
  )
  const finding = (code: string, field = places[0] ?? '') => ({ code, field, document: 0 })
  const kept = [finding('allowed', 'spec.containers[0].args[0]'), finding('shell-command')]
  const left = [...UNJUDGED.map(code => finding(code)), finding('allowed'), finding('allowed', places[1])]
  t.same(withoutUnjudged(text, [...left, ...kept]), kept)
})

t.test('random workloads are valid YAML that says what was meant', async t => {
  const runs = isLong ? 5000 : 60
  const codes = new Set<string>()
  for (let seed = 0; seed < runs; seed += 1) {
    const oddity = seed % 4 === 0 ? 40 : 8
    const { text, data } = randomWorkloadAndData(seed, { oddity })
    const read = readDocuments(text).map(document => document.data)
    if (!isDeepStrictEqual(read, data)) t.same(read, data, `seed ${seed}, oddity ${oddity}`)
    for (const { code } of plainCheck(text)) codes.add(code)
  }
  const judged = REQUIREMENTS.filter(code => !UNJUDGED.includes(code))
  t.same(
    [...judged, 'allowed', 'exception-without-reason', 'unknown-exception'].filter(code => !codes.has(code)),
    [],
    `each code comes up in ${runs} workloads`
  )
  t.equal(randomWorkload(7), randomWorkload(7), 'the same seed gives the same')
})

t.test('rare forms of random workloads can be left out', async t => {
  const signs: Partial<Record<(typeof RARE_FORMS)[number], RegExp>> = {
    anchors: /&a0/,
    'ephemeral-containers': /ephemeralContainers/,
    windows: /windows/,
    crlf: /\r/,
    flow: /\{ ?['"\w]/,
    env: /HOME|usr\/bin\/env/,
    exceptions: /auditpatch/,
    'block-scalars': /: [|>]-/,
    'byte-order-mark': /^\uFEFF/,
    'odd-scalars': /: (yes|TRUE|0x)/,
    nulls: /(emptyDir|command|volumes|securityContext): *(~|null)\s/,
    'mounts-without-volume': /name: ['"]?missing['"]?\s+mountPath/
  }
  const texts = (without: typeof RARE_FORMS | []): string[] =>
    Array.from({ length: 60 }, (_, seed) => randomWorkload(seed, { oddity: 50, without, isSingle: true }))
  const [all, none] = [texts([]), texts(RARE_FORMS)]
  for (const [form, sign] of Object.entries(signs)) {
    t.ok(
      all.some(text => sign.test(text)),
      `${form}: there`
    )
    t.notOk(
      none.find(text => sign.test(text)),
      `${form}: not there`
    )
  }
})

const BEFORE = `# a pod
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app   # the app
    image: app
    securityContext:
      privileged: true # why
      runAsUser: 0
      capabilities: {drop: [NET_RAW], add: ["CHOWN"]}
    volumeMounts:
    - name: logs
      mountPath: /logs
  - {name: side, image: 'side'}
  - name: empty
    securityContext: {}
    volumeMounts: []
  - name: none
    securityContext: # filled
    volumeMounts: ~
  ephemeralContainers:
  - name: debug
  volumes:
  - name: logs
    hostPath:
      path: /var/log

  # the end
  dnsPolicy: Default
`

const AFTER = `# a pod
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: app   # the app
    image: app
    securityContext:
      privileged: false # why
      runAsUser: 65534
      capabilities: {drop: [NET_RAW, ALL], add: ["CHOWN"]}
      readOnlyRootFilesystem: true
      allowPrivilegeEscalation: false
    volumeMounts:
    - name: logs
      mountPath: /logs
      readOnly: true
    - name: app-tmp
      mountPath: /tmp
  - {name: side, image: 'side', securityContext: {readOnlyRootFilesystem: true, runAsNonRoot: true, runAsGroup: 1}}
  - name: empty
    securityContext: {readOnlyRootFilesystem: true}
    volumeMounts: [{name: app-tmp, mountPath: /tmp}]
  - name: none
    securityContext: # filled
      readOnlyRootFilesystem: true
      capabilities:
        drop:
        - ALL
    volumeMounts:
    - name: none-run
      mountPath: /run
  ephemeralContainers:
  - name: debug
  volumes:
  - name: logs
    hostPath:
      path: /var/log
  - name: app-tmp
    emptyDir: {}
  - name: none-run
    emptyDir: {medium: Memory}

  # the end
  dnsPolicy: Default
`

t.test('a patch that keeps its word is let through', async t => {
  const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
  const chomp = (text: string): string => text.replace(/\n$/, '')
  const json = (text: string, space: number): string => JSON.stringify(readDocuments(text)[0]?.data, null, space)
  const rows = [
    { name: 'YAML', in: [BEFORE, AFTER] },
    { name: 'nothing', in: [BEFORE, BEFORE] },
    { name: 'CRLF', in: [crlf(BEFORE), crlf(AFTER)] },
    { name: 'no final newline', in: [chomp(BEFORE), chomp(AFTER)] },
    { name: 'a byte order mark', in: [`\uFEFF${BEFORE}`, `\uFEFF${AFTER}`] },
    { name: 'the second document', in: [`---\na: 1\n---\n${BEFORE}`, `---\na: 1\n---\n${AFTER}`] },
    {
      name: 'the last line without its end becomes one with it',
      in: [
        'kind: Pod\nspec:\n  containers:\n  - name: a',
        'kind: Pod\nspec:\n  containers:\n  - name: a\n    securityContext: {runAsNonRoot: true}'
      ]
    },
    {
      name: 'JSON on one line',
      in: [
        '{"kind":"Pod","spec":{"containers":[{"name":"a"}]}}\n',
        '{"kind":"Pod","spec":{"containers":[{"name":"a","securityContext":{"runAsUser":1}}]}}\n'
      ]
    }
  ]
  for (const {
    name,
    in: [before = '', after = '']
  } of rows)
    t.same(unpromised(before, after), [], name)
  t.same(unpromised(json(BEFORE, 2), json(BEFORE, 2)), [], 'JSON')
})

interface Break {
  readonly name: string
  /** What of the good patch is replaced, and by what. */
  readonly swap: readonly [from: string, to: string]
  readonly want: RegExp
}

t.test('a patch that breaks its word is caught', async t => {
  const rows: Break[] = [
    { name: 'no YAML', swap: ['kind: Pod', 'kind: [Pod'], want: /no YAML/ },
    {
      name: 'another image',
      swap: ['image: app\n', 'image: app:1\n'],
      want: /containers\[0\]\.image: "app" became "app:1"/
    },
    { name: 'a document more', swap: ['# a pod\n', 'a: 1\n---\n'], want: /1 documents became 2/ },
    { name: 'a comment lost', swap: [' # why', ''], want: /# why|comments/ },
    {
      name: 'a comment moved',
      swap: ['name: app   # the app\n', 'name: app\n    # the app\n'],
      want: /line 6 is lost/
    },
    {
      name: 'a comment added',
      swap: ['  - name: none-run\n    emptyDir', '  # x\n  - name: none-run\n    emptyDir'],
      want: /comments/
    },
    { name: 'blanks lost', swap: ['name: app   #', 'name: app #'], want: /line 6 is lost/ },
    { name: 'other quotes', swap: ["image: 'side'", 'image: side'], want: /lost, or moved: .*side/ },
    { name: 'other quotes beside', swap: ['"CHOWN"', 'CHOWN'], want: /lost, or moved: .*CHOWN/ },
    {
      name: 'a container renamed',
      swap: ['  - name: empty\n', '  - name: empti\n'],
      want: /name: "empty" became "empti"/
    },
    {
      name: 'a blank line more',
      swap: ['/var/log\n  - name: app-tmp', '/var/log\n\n  - name: app-tmp'],
      want: /blank line/
    },
    {
      name: 'blanks at the end',
      swap: ['      mountPath: /tmp\n', '      mountPath: /tmp \n'],
      want: /blanks at the end/
    },
    { name: 'a blank line lost', swap: ['\n\n  # the end', '\n  # the end'], want: /line 29 is lost: {3}# the end/ },
    { name: 'the final newline lost', swap: ['Default\n', 'Default'], want: /the end of the last line/ },
    { name: 'CRLF in a new line', swap: ['/tmp\n', '/tmp\r\n'], want: /line ends/ },
    {
      name: 'privileged removed',
      swap: ['      privileged: false # why\n', ''],
      want: /privileged: true became undefined/
    },
    {
      name: 'readOnlyRootFilesystem: false',
      swap: ['Filesystem: true\n      allow', 'Filesystem: false\n      allow'],
      want: /readOnlyRootFilesystem: undefined/
    },
    {
      name: 'escalation: true',
      swap: ['Escalation: false', 'Escalation: true'],
      want: /allowPrivilegeEscalation: undefined/
    },
    {
      name: 'as text',
      swap: ['Escalation: false', 'Escalation: "false"'],
      want: /allowPrivilegeEscalation: undefined/
    },
    {
      name: 'user 0 for user 0 and runAsNonRoot',
      swap: ['runAsUser: 65534', 'runAsUser: 0\n      runAsNonRoot: true'],
      want: /does not start/
    },
    { name: 'privileged left', swap: ['privileged: false', 'privileged: true'], want: /privileged without/ },
    { name: 'a user by name', swap: ['runAsUser: 65534', 'runAsUser: nobody'], want: /runAsUser: 0 became "nobody"/ },
    {
      name: 'another field of securityContext',
      swap: ['runAsGroup: 1', 'procMount: Default'],
      want: /securityContext: undefined became/
    },
    { name: 'NET_RAW no more dropped', swap: ['[NET_RAW, ALL]', '[ALL]'], want: /drop/ },
    { name: 'ALL twice', swap: ['[NET_RAW, ALL]', '[NET_RAW, ALL, ALL]'], want: /drop/ },
    { name: 'one more added', swap: ['["CHOWN"]', '["CHOWN", KILL]'], want: /add\[1\]: undefined became "KILL"/ },
    {
      name: 'a mount in front',
      swap: [
        '    - name: logs\n      mountPath: /logs\n',
        '    - name: app-tmp\n      mountPath: /tmp2\n    - name: logs\n      mountPath: /logs\n'
      ],
      want: /volumeMounts\[0\]/
    },
    { name: 'a mount path changed', swap: ['mountPath: /logs', 'mountPath: /log'], want: /mountPath: "\/logs" became/ },
    {
      name: 'a mount at a taken path',
      swap: ['mountPath: /tmp\n', 'mountPath: /logs/\n'],
      want: /a second mount at \/logs/
    },
    { name: 'a relative mount path', swap: ['mountPath: /run', 'mountPath: run'], want: /no absolute path/ },
    {
      name: 'a read-only mount',
      swap: ['mountPath: /run\n', 'mountPath: /run\n      readOnly: true\n'],
      want: /more than name/
    },
    {
      name: 'a mount without a volume',
      swap: ['- name: none-run\n      mountPath', '- name: none-ran\n      mountPath'],
      want: /no volume none-ran/
    },
    {
      name: 'a volume without a mount',
      swap: ['- name: none-run\n      mountPath', '- name: app-tmp\n      mountPath'],
      want: /no new mount of volume none-run/
    },
    {
      name: 'a taken name',
      swap: ['- name: app-tmp\n    emptyDir: {}', '- name: logs\n    emptyDir: {}'],
      want: /its name is taken/
    },
    {
      name: 'a name twice',
      swap: ['- name: none-run\n    emptyDir', '- name: app-tmp\n    emptyDir'],
      want: /its name is taken/
    },
    { name: 'a name that none may have', swap: ['app-tmp\n    emptyDir', 'App\n    emptyDir'], want: /no name/ },
    { name: 'a hostPath', swap: ['emptyDir: {}', 'hostPath: {path: /tmp}'], want: /not an emptyDir/ },
    { name: 'a volume in front', swap: ['  - name: logs\n    hostPath:\n      path: /var/log\n', ''], want: /volumes/ },
    {
      name: 'an ephemeral container',
      swap: ['- name: debug\n', '- name: debug\n    securityContext: {readOnlyRootFilesystem: true}\n'],
      want: /ephemeralContainers\[0\]/
    },
    {
      name: 'a pod field',
      swap: ['dnsPolicy: Default', 'dnsPolicy: Default\n  securityContext: {runAsNonRoot: true}'],
      want: /spec\.securityContext/
    },
    { name: 'a volume path', swap: ['path: /var/log', 'path: /var/logs'], want: /hostPath\.path/ },
    {
      name: 'an empty mapping more',
      swap: ['emptyDir: {}\n', 'emptyDir: {}\n  tolerations: []\n'],
      want: /tolerations/
    }
  ]
  for (const {
    name,
    swap: [from, to],
    want
  } of rows) {
    const broken = AFTER.replace(from, to)
    t.not(broken, AFTER, `${name}: the row breaks something`)
    t.match(unpromised(BEFORE, broken).join('; '), want, name)
  }
  t.match(unpromised(BEFORE, `\uFEFF${AFTER}`).join(), /byte order mark/)
  t.match(unpromised(BEFORE, `${BEFORE}# x\n`).join(), /nothing was to be changed/)
  t.match(unpromised(BEFORE, AFTER, { containers: ['app'] }).join(), /containers\[2\]\.securityContext/)
  const windows = (text: string): string => text.replace('spec:\n', 'spec:\n  os: {name: windows}\n')
  t.match(unpromised(windows(BEFORE), windows(AFTER)).join(), /readOnlyRootFilesystem: undefined became true/)
})

t.test('real workloads are read, and have something to find', async t => {
  const files = realWorkloads(t)
  let found = 0
  for (const { file, text } of files) {
    let findings: unknown[] = []
    t.doesNotThrow(() => (findings = plainCheck(text)), file)
    t.same(unpromised(text, text), [], file)
    if (findings.length > 0) found += 1
  }
  if (files.length > 0) t.ok(found >= files.length * 0.9, `${found} of ${files.length}`)
})
