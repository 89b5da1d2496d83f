import fs from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import type { Io } from '../src/cli/io.ts'
import { saveOn } from '../src/cli/kubeadm/save-config.ts'
import type { Args } from '../src/cli/options.ts'
import { AuditError } from '../src/errors.ts'
import type { ExecResult } from '../src/host/host.ts'
import { clusterFindings } from '../src/inspect/cluster.ts'
import { readKubeadmConfig, replaceKubeadmConfig } from '../src/inspect/kubeadm-config.ts'
import { planEnableOn } from '../src/inspect/plan-node.ts'
import { planDisableOn } from '../src/inspect/plan-way-back.ts'
import { type ClusterConfig, readClusterConfig } from '../src/kubeadm/cluster-config.ts'
import { clusterConfigText } from '../src/kubeadm/config-document.ts'
import { configVersionFor } from '../src/kubeadm/config-version.ts'
import { driftOf } from '../src/kubeadm/drift.ts'
import { editClusterConfig } from '../src/kubeadm/edit-cluster-config.ts'
import { type ApiServerExtras, auditPaths, type ExtraVolume, extrasOf } from '../src/kubeadm/extras.ts'
import { fragmentOf } from '../src/kubeadm/fragment.ts'
import { notToBeHad } from '../src/kubeadm/not-to-be-had.ts'
import { type PatchFile, patchFiles } from '../src/kubeadm/patch-file.ts'
import { kubeletFaults } from '../src/manifest/kubelet-faults.ts'
import { containerPath, hostPath } from '../src/paths.ts'
import { resolveMount } from '../src/pod/volumes.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { valueOf } from '../src/text/edit.ts'
import { isRecord, recordAt, type Unknown } from '../src/text/guard.ts'
import { parseSource } from '../src/text/source.ts'
import { everyKindWasTried, json, quietIo, run } from './fake-cli.ts'
import { fakeHost, type FakeHost } from './fake-host.ts'
import { CASES, SETTINGS } from './fixtures/kubeadm/cases.ts'
import { randomConfig, randomExtras } from './fixtures/kubeadm/random-config.ts'
import { choices, diceOf } from './fixtures/manifest/dice.ts'
import { patched, podOf } from './fixtures/manifest/promises.ts'
import { randomManifest, randomSettings } from './fixtures/manifest/random-manifest.ts'

const RUNS = Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 150)
const NONE: ApiServerExtras = { args: [], volumes: [] }
const FILE = 'config.yaml'
const MANIFEST = hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml')
const ADMIN_CONF = '/etc/kubernetes/admin.conf'
const CONFIG = `apiServer: {}
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.0
`
const AUDITED = patched(EXAMPLE_MANIFEST, { flags: new Map() })

const edited = (text: string, wanted: ApiServerExtras): string =>
  editClusterConfig(readClusterConfig(text, FILE), wanted)

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof AuditError) return error.code
    throw error
  }
}

t.test('golden configurations', async t => {
  for (const { name, in: text, want, without } of CASES) {
    const result = edited(text, SETTINGS)
    t.equal(result, want, name)
    t.equal(edited(want, SETTINGS), want, `${name}, again`)
    t.equal(edited(want, NONE), without ?? text, `${name}, taken out again`)
  }
})

t.test('what is refused', async t => {
  const rows: { name: string; text: string; code: string; message: RegExp }[] = [
    { name: 'empty', text: '# nothing\n', code: 'BAD_CLUSTER_CONFIG', message: /found nothing/ },
    { name: 'another kind', text: 'kind: Pod\n', code: 'BAD_CLUSTER_CONFIG', message: /found kind "Pod"/ },
    { name: 'two of them', text: `${CONFIG}---\n${CONFIG}`, code: 'BAD_CLUSTER_CONFIG', message: /two documents/ },
    {
      name: 'too old',
      text: CONFIG.replace('v1beta4', 'v1beta1'),
      code: 'BAD_CLUSTER_CONFIG',
      message: /v1beta3 or v1beta4 is wanted/
    },
    {
      name: 'a mapping in v1beta4',
      text: CONFIG.replace('{}', '{extraArgs: {v: "2"}}'),
      code: 'BAD_CLUSTER_CONFIG',
      message: /must be a list/
    },
    {
      name: 'a list in v1beta3',
      text: CONFIG.replace('{}', '{extraArgs: [{name: v}]}').replace('v1beta4', 'v1beta3'),
      code: 'BAD_CLUSTER_CONFIG',
      message: /must be a mapping/
    },
    {
      name: 'no name',
      text: CONFIG.replace('{}', '{extraArgs: [{value: x}]}'),
      code: 'BAD_CLUSTER_CONFIG',
      message: /extraArgs\[0\] has no name/
    },
    {
      name: 'no mapping',
      text: CONFIG.replace('{}', '[]'),
      code: 'BAD_CLUSTER_CONFIG',
      message: /apiServer is no mapping/
    },
    {
      name: 'volumes',
      text: CONFIG.replace('{}', '{extraVolumes: [{name: 7}]}'),
      code: 'BAD_CLUSTER_CONFIG',
      message: /name is no string/
    },
    { name: 'broken', text: `${CONFIG}apiServer: 7\n`, code: 'DUPLICATE_KEY', message: /twice/ },
    { name: 'an anchor', text: CONFIG.replace('{}', '&a {}'), code: 'ALIAS', message: /anchor &a/ }
  ]
  for (const { name, text, code, message } of rows)
    t.throws(() => edited(text, SETTINGS), { code, message, ...(code === 'ALIAS' ? {} : { path: FILE }) }, name)
  const at = readOrThrow(`kind: A\n---\n${CONFIG.replace('{}', '[]')}`)
  t.match(at, { position: { line: 3, column: 12 } }, 'the line is that of the file')
})

const readOrThrow = (text: string): unknown => {
  try {
    return readClusterConfig(text, FILE)
  } catch (error) {
    return error
  }
}

t.test('what kubeadm would refuse or read in two ways is told', async t => {
  const text = CONFIG.replace(
    '{}',
    '{extraArgs: [{name: audit-log-maxage, value: 030}, {name: audit-log-maxage, value: "7"}]}'
  )
  const config = readClusterConfig(text, FILE)
  t.same(config.extras.args, [{ name: 'audit-log-maxage', value: '7' }])
  t.same(config.args[0]?.value, '030', 'as it is written')
  t.match(config.findings, [
    { code: 'kubeadm-config-value', line: 1, message: /audit-log-maxage is 030 without quotes/ },
    { code: 'kubeadm-config-twice', line: 1 }
  ])
})

t.test('the ConfigMap in a file', async t => {
  const inner = CONFIG.replaceAll(/^/gm, '    ').trimEnd()
  const dump = `apiVersion: v1\nkind: ConfigMap\ndata:\n  ClusterConfiguration: |\n${inner}\n`
  t.equal(clusterConfigText(dump, FILE), CONFIG)
  t.equal(
    clusterConfigText(JSON.stringify({ kind: 'ConfigMap', data: { ClusterConfiguration: CONFIG } }), FILE),
    CONFIG
  )
  t.equal(clusterConfigText(CONFIG, FILE), CONFIG)
  t.equal(
    codeOf(() => clusterConfigText('kind: ConfigMap\ndata: {}\n', FILE)),
    'BAD_CLUSTER_CONFIG'
  )
})

t.test('versions of the configuration', async t => {
  for (const [minor, want] of [
    [21, 'v1beta2'],
    [22, 'v1beta3'],
    [30, 'v1beta3'],
    [31, 'v1beta4'],
    [40, 'v1beta4']
  ] as const)
    t.equal(configVersionFor({ major: 1, minor }), want)
  for (const version of ['v1beta2', 'v1beta3', 'v1beta4', 'v1'] as const) {
    const fragment = fragmentOf(SETTINGS, version)
    t.same(readClusterConfig(fragment, FILE).extras, SETTINGS, version)
    t.same(readClusterConfig(fragment, FILE).version, version)
  }
  t.equal(
    fragmentOf(NONE, 'v1beta4'),
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer: {}\n'
  )
  const merged = CONFIG.replace('v1beta4', 'v1').replace(
    '{}',
    '\n  extraArgs:\n  - name: audit-log-maxage\n    value: "7"\n    mergeMethod: prepend'
  )
  t.match(edited(merged, SETTINGS), /value: "30"\n {4}mergeMethod: prepend\n/, 'a key of the coming version stays')
})

const byPath = (volumes: readonly ExtraVolume[]): unknown[] =>
  volumes
    .map(({ name: _, ...rest }) => ({
      ...rest,
      hostPath: containerPath(rest.hostPath),
      mountPath: containerPath(rest.mountPath)
    }))
    .sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1))

const byName = (args: ApiServerExtras['args']): unknown[] => [...args].sort((a, b) => (a.name < b.name ? -1 : 1))

// everything but what editing is about
const otherData = ({ document, args }: ClusterConfig): unknown => {
  const { apiServer, ...rest } = document.data
  const { extraArgs: _, extraVolumes: __, ...inner } = isRecord(apiServer) ? apiServer : {}
  const others = args.filter(({ name }) => !name.startsWith('audit-'))
  return { rest, inner, others: others.map(({ written, value, isString }) => [written, value, isString]) }
}

const checkEdit = (text: string, wanted: ApiServerExtras): 'edited' | 'refused' => {
  let before: ClusterConfig
  let result: string
  try {
    before = readClusterConfig(text, FILE)
    result = editClusterConfig(before, wanted)
  } catch (error) {
    if (error instanceof AuditError && error.code === 'BAD_CLUSTER_CONFIG') return 'refused'
    throw error
  }
  const after = readClusterConfig(result, FILE)
  const fail = (what: string): never => {
    throw new Error(`${what}\n--- before\n${text}\n--- after\n${result}\n--- wanted\n${JSON.stringify(wanted)}`)
  }
  const same = (a: unknown, b: unknown, what: string): void => {
    if (JSON.stringify(a) !== JSON.stringify(b)) fail(`${what}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`)
  }
  same(byName(after.extras.args), byName(wanted.args), 'arguments')
  for (const volume of wanted.volumes) {
    const own = after.volumes.filter(each => each.mountPath === volume.mountPath)
    same(byPath(own.map(({ index: _, ...each }) => each)), byPath([volume]), 'a volume')
  }
  const names = after.volumes.map(({ name }) => name)
  same([...new Set(names)], names, 'names are unique')
  same(otherData(after), otherData(before), 'the rest')
  // what is neither wanted nor served audit alone stays as it was, in its order
  const stays = before.volumes.filter(({ mountPath }) => after.volumes.some(each => each.mountPath === mountPath))
  for (const volume of stays.filter(({ mountPath }) => !wanted.volumes.some(each => each.mountPath === mountPath))) {
    const { index: _, ...now } = after.volumes.find(each => each.name === volume.name) ?? { index: 0 }
    const { index: __, ...then } = volume
    same(now, then, 'another volume')
  }
  same(editClusterConfig(after, wanted), result, 'again')
  const without = readClusterConfig(editClusterConfig(after, NONE), FILE)
  same(without.extras.args, [], 'without')
  same(otherData(without), otherData(before), 'the rest without')
  return 'edited'
}

t.test('random configurations keep every promise', async t => {
  for (const [seed, isList] of [
    [20260301, true],
    [11, false]
  ] as const) {
    let count = 0
    fc.assert(
      fc.property(choices, numbers => {
        const dice = diceOf(numbers)
        const wanted = randomExtras(dice)
        const text = randomConfig(dice, isList)
        // kubeadm splits at the dashes and does not take a directive for a document
        if (!text.includes('%YAML') && checkEdit(text, wanted) === 'edited') count += 1
      }),
      { numRuns: RUNS, seed }
    )
    t.ok(count > RUNS / 2, `seed ${seed}: ${count} of ${RUNS} were edited, the others refused`)
  }
})

// RFC 6902, as far as the flags use it
const withFlags = (operations: unknown, target: unknown): void => {
  if (!Array.isArray(operations)) throw new Error('a JSON patch is a list')
  for (const operation of operations as unknown[]) {
    const { op, path, value } = recordAt({ operation }, 'operation')
    const steps = String(path).split('/').slice(1)
    if (op !== 'add' || steps.pop() !== '-') throw new Error(`only additions at an end: ${JSON.stringify(operation)}`)
    const list = steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), target)
    if (!Array.isArray(list)) throw new Error(`no list at ${String(path)}`)
    list.push(value)
  }
}

const MERGE_KEYS: Readonly<Record<string, string>> = { containers: 'name', volumes: 'name', volumeMounts: 'mountPath' }

// a strategic merge, as far as the volumes use it
const merged = (patch: Unknown, target: Unknown): Unknown =>
  Object.entries(patch).reduce<Unknown>((result, [key, value]) => {
    const by = MERGE_KEYS[key]
    const old = result[key]
    if (isRecord(value)) return { ...result, [key]: merged(value, isRecord(old) ? old : {}) }
    if (by === undefined || !Array.isArray(value)) return { ...result, [key]: value }
    const list: unknown[] = Array.isArray(old) ? [...(old as unknown[])] : []
    for (const item of value as unknown[]) {
      if (!isRecord(item)) throw new Error('an item to merge is a mapping')
      const at = list.findIndex(each => isRecord(each) && each[by] === item[by])
      const there = list[at]
      if (isRecord(there)) list[at] = merged(item, there)
      else list.push(item)
    }
    return { ...result, [key]: list }
  }, target)

const patchedBy = (files: readonly PatchFile[], target: Unknown): Unknown =>
  files.reduce<Unknown>((pod, { name, text }) => {
    const patch: unknown = valueOf(parseSource(text, name, 'kubernetes'))
    if (name.endsWith('+strategic.yaml') && isRecord(patch)) return merged(patch, pod)
    const result = structuredClone(pod)
    withFlags(patch, result)
    return result
  }, target)

const fresh = (): Unknown => recordAt({ pod: valueOf(parseSource(EXAMPLE_MANIFEST, 'fresh', 'kubernetes')) }, 'pod')

t.test('the patch files give kubeadm the settings', async t => {
  t.same(patchFiles(NONE), [])
  const extras = extrasOf(podOf(AUDITED))
  t.match(extras, { args: { length: 5 }, volumes: [{ name: 'audit-policy' }, { name: 'audit-log' }] })
  const files = patchFiles(extras)
  t.same(
    files.map(({ name }) => name),
    ['kube-apiserver-audit+json.yaml', 'kube-apiserver-audit+strategic.yaml']
  )
  for (const line of files.flatMap(({ text }) => text.split('\n'))) t.ok(line.length <= 80, line)
  const once = patchedBy(files, fresh())
  const stale = {
    ...extras,
    volumes: extras.volumes.map(each => ({ ...each, readOnly: !each.readOnly, pathType: '' }))
  }
  for (const [name, result, flags] of [
    ['alone', once, 5],
    ['where kubeadm-config has them too', patchedBy(files, once), 10],
    ['over others', patchedBy(files, patchedBy(patchFiles(stale), fresh())), 10]
  ] as const) {
    const pod = podOf(JSON.stringify(result))
    t.same(extrasOf(pod), extras, name)
    t.same(kubeletFaults(pod.source, result), [], name)
    t.equal(pod.command.flags.filter(flag => flag.name.startsWith('audit-')).length, flags)
  }
  t.same(
    patchFiles({ ...extras, volumes: [] }).map(({ name }) => name),
    ['kube-apiserver-audit+json.yaml']
  )
})

t.test("what random manifests show to their server, kubeadm's would show with these settings", async t => {
  let count = 0
  fc.assert(
    fc.property(choices, numbers => {
      const dice = diceOf(numbers)
      const settings = randomSettings(dice)
      let pod
      try {
        pod = podOf(patched(randomManifest(dice, dice.chance(60)), settings))
      } catch (error) {
        if (error instanceof AuditError) return
        throw error
      }
      if (notToBeHad(pod).some(({ severity }) => severity === 'error')) return
      const extras = extrasOf(pod)
      const made = podOf(JSON.stringify(patchedBy(patchFiles(extras), fresh())))
      for (const path of auditPaths(pod)) {
        // kubeadm's own mount is there with its manifest only
        if (path.startsWith('/etc/kubernetes/pki/')) continue
        const [was, is] = [pod, made].map(each => resolveMount(each.mounts, each.volumes, path)?.host)
        if (was !== is) throw new Error(`${path}: ${was} and ${is}\n${pod.source.text}`)
      }
      const config = readClusterConfig(edited(CONFIG, extras), FILE)
      const drift = driftOf(pod, config).filter(({ code }) => code === 'kubeadm-drift')
      if (drift.length > 0) throw new Error(`${drift[0]?.message}\n${pod.source.text}\n${config.source.text}`)
      count += 1
    }),
    { numRuns: RUNS, seed: 77 }
  )
  t.ok(count > RUNS / 3, `${count} of ${RUNS}`)
})

t.test('what kubeadm mounts by itself is no extra volume', async t => {
  const pod = podOf(
    patched(EXAMPLE_MANIFEST, { policyPath: hostPath('/etc/kubernetes/pki/policy.yaml'), flags: new Map() })
  )
  t.same(
    extrasOf(pod).volumes.map(({ name }) => name),
    ['audit-log']
  )
})

t.test('one volume at two places, subPath and volumes of other kinds', async t => {
  const mount = (text: string): string =>
    AUDITED.replace(/- mountPath: \/var\/log\/kubernetes\/audit\n {6}name: audit-log/, text)
  const twice = podOf(
    AUDITED.replace(
      '/etc/kubernetes/audit/policy.yaml\n      name: audit-policy',
      '/etc/kubernetes/audit/policy.yaml\n      name: audit-log'
    )
  )
  t.same(
    extrasOf(twice).volumes.map(({ name }) => name),
    ['audit-log', 'audit-log-2'],
    'kubeadm has one mount for each name'
  )
  const sub = podOf(mount('- mountPath: /var/log/kubernetes/audit\n      name: audit-log\n      subPath: of/this'))
  t.match(extrasOf(sub).volumes, [{}, { hostPath: '/var/log/kubernetes/audit/of/this', pathType: '' }])
  t.match(notToBeHad(sub), [{ code: 'kubeadm-volume', severity: 'warning', line: 95, message: /subPath of\/this/ }])
  const expanded = podOf(
    mount('- mountPath: /var/log/kubernetes/audit\n      name: audit-log\n      subPathExpr: $(POD)')
  )
  t.match(notToBeHad(expanded), [{ severity: 'error', message: /subPathExpr/ }])
  const other = podOf(
    AUDITED.replace(/- hostPath:\n {6}path: \/var\/log\/kubernetes\/audit\n {6}type: \w+/, '- emptyDir: {}')
  )
  t.match(notToBeHad(other), [{ severity: 'error', message: /none of the host's/ }])
  const unmounted = podOf(mount('- mountPath: /var/log/other\n      name: audit-log'))
  t.match(notToBeHad(unmounted), [
    { severity: 'error', message: /no mount shows \/var\/log\/kubernetes\/audit\/audit.log/ }
  ])
  t.same(notToBeHad(podOf(AUDITED)), [])
})

t.test('drift', async t => {
  const pod = podOf(AUDITED.replace('- --allow-privileged=true', '- --allow-privileged=true\n    - --profiling=false'))
  const none = driftOf(pod, readClusterConfig(CONFIG, FILE))
  t.equal(none.filter(({ code, severity }) => code === 'kubeadm-drift' && severity === 'warning').length, 7)
  t.match(none[0], { line: 18, column: 7, field: 'spec.containers[0].command[4]', remediation: /kubeadm save/ })
  t.match(none.at(-1), { code: 'kubeadm-drift-other', severity: 'info', message: /--profiling is neither/, line: 17 })
  const text = edited(CONFIG, extrasOf(pod))
  t.same(
    driftOf(pod, readClusterConfig(text, FILE)).map(({ code }) => code),
    ['kubeadm-drift-other']
  )
  const other = text
    .replace('value: "30"', 'value: "7"')
    .replace('  extraVolumes:', '  - name: audit-log-mode\n    value: batch\n  extraVolumes:')
    .replace('pathType: File', 'pathType: FileOrCreate')
  t.match(
    driftOf(pod, readClusterConfig(other, FILE)).map(({ message }) => message),
    [
      /--audit-log-maxage is 30 in the manifest and 7 in kubeadm-config/,
      /--audit-log-mode=batch is in kubeadm-config and not in the manifest/,
      /policy.yaml \(File, read-only\) is .*FileOrCreate/,
      /profiling/
    ]
  )
  const plain = driftOf(podOf(EXAMPLE_MANIFEST), readClusterConfig(text, FILE))
  t.equal(plain.length, 7, 'what kubeadm upgrade would bring')
  t.ok(plain.every(({ code, file }) => code === 'kubeadm-drift' && file === FILE))
})

const ANSWERS: Readonly<Record<string, ExecResult>> = {
  nothing: { code: null, stdout: '', stderr: 'spawn kubectl ENOENT' },
  refused: { code: 1, stdout: '', stderr: 'E1 noise\nThe connection to the server 10.0.0.1:6443 was refused\n' },
  slow: { code: null, stdout: '', stderr: '' },
  text: { code: 0, stdout: 'no JSON', stderr: '' },
  other: { code: 0, stdout: '{"kind":"ConfigMap"}', stderr: '' }
}

t.test('a cluster that gives no answer is no error', async t => {
  const fake = fakeHost()
  const access = { kubectl: 'kubectl', kubeconfig: '/k', timeout: 3000 }
  for (const [name, why] of [
    ['nothing', /no program kubectl/],
    ['refused', /^The connection to the server 10.0.0.1:6443 was refused$/],
    ['slow', /^no answer within 3 s$/],
    ['text', /no ConfigMap/],
    ['other', /no ClusterConfiguration/]
  ] as const) {
    fake.executeWith(() => ANSWERS[name] ?? { code: 0, stdout: '', stderr: '' })
    t.match(await readKubeadmConfig(fake.host, access), { why }, name)
  }
  t.same(fake.commands[0], [
    'kubectl',
    'get',
    '--raw',
    '/api/v1/namespaces/kube-system/configmaps/kubeadm-config',
    '--kubeconfig=/k',
    '--request-timeout=3s'
  ])
})

interface FakeObject {
  readonly kind: string
  readonly metadata: { readonly resourceVersion: string; readonly uid: string }
  readonly data: Readonly<Record<string, string>>
}

interface FakeCluster {
  object: FakeObject
  writes: number
  /** May answer a write in its place. */
  before: (given: FakeObject) => ExecResult | undefined
}

/** A cluster with one ConfigMap behind a fake kubectl. */
const clusterOf = (fake: FakeHost, text: string): FakeCluster => {
  const state: FakeCluster = {
    object: {
      kind: 'ConfigMap',
      metadata: { resourceVersion: '7', uid: 'u' },
      data: { Other: 'x', ClusterConfiguration: text }
    },
    writes: 0,
    before: () => undefined
  }
  fake.executeWith((_, args, input) => {
    if (args.includes('nodes')) return { code: 0, stdout: '{"items":[]}', stderr: '' }
    if (args[0] === 'get') return { code: 0, stdout: JSON.stringify(state.object), stderr: '' }
    const given = JSON.parse(input ?? '') as FakeObject // as: what a save writes
    state.writes += 1
    const instead = state.before(given)
    if (instead) return instead
    if (given.metadata.resourceVersion !== state.object.metadata.resourceVersion) return CONFLICT
    state.object = { ...given, metadata: { ...given.metadata, resourceVersion: '8' } }
    return { code: 0, stdout: '{}', stderr: '' }
  })
  return state
}

const CONFLICT: ExecResult = {
  code: 1,
  stdout: '',
  stderr: 'Error from server (Conflict): Operation cannot be fulfilled on configmaps "kubeadm-config"\n'
}

const argsOf = (texts: Readonly<Record<string, string>>, flags: readonly string[] = ['yes']): Args => ({
  text: name => texts[name],
  has: name => flags.includes(name),
  list: () => [],
  positionals: []
})

const node = (manifest: string): FakeHost =>
  fakeHost({ [MANIFEST]: manifest, [ADMIN_CONF]: 'x', '/var/log/': '' } as Record<string, string>)

const saved = async (
  fake: FakeHost,
  texts: Readonly<Record<string, string>> = {},
  flags?: readonly string[],
  more: Partial<Io> = {}
): Promise<{ code: number | string; exit: unknown; out: string }> => {
  let out = ''
  const io = {
    ...quietIo,
    ...more,
    out: (text: string | Uint8Array) => void (out += String(text)),
    err: (text: string) => void (out += text)
  }
  const logged = (): unknown =>
    JSON.parse((fake.text('/var/log/auditpatch.log') ?? '{}').trim().split('\n').at(-1) ?? '')
  try {
    const code = await saveOn(fake.host, argsOf(texts, flags), io)
    return { code, exit: logged(), out }
  } catch (error) {
    if (error instanceof AuditError) return { code: error.code, exit: logged(), out: out + error.message }
    throw error
  }
}

t.test('save', async t => {
  const fake = node(AUDITED)
  const state = clusterOf(fake, CONFIG)
  t.match(await saved(fake, {}, []), { code: 'NEEDS_CONFIRMATION' })
  t.equal(state.writes, 0)
  t.match(await saved(fake), { code: 0, exit: { command: 'kubeadm save', exit: 0, changed: true }, out: /read back/ })
  t.same(state.object.data, { Other: 'x', ClusterConfiguration: edited(CONFIG, extrasOf(podOf(AUDITED))) })
  t.same(state.object.metadata, { resourceVersion: '8', uid: 'u' }, 'the same object')
  t.match(await saved(fake), { code: 0, exit: { changed: false }, out: /nothing to do/ })
  t.equal(state.writes, 1, 'written once')
  t.match(await saved(fake, { 'log-maxage': '60' }), { code: 0, out: /\+ {4}value: "60"/ })
  fake.put(MANIFEST, EXAMPLE_MANIFEST)
  t.match(await saved(fake), { code: 0, out: /without auditing/ })
  t.equal(state.object.data.ClusterConfiguration, CONFIG.replace('apiServer: {}\n', ''))
})

t.test('save, and the answer is another', async t => {
  const rows: {
    name: string
    before: (state: FakeCluster) => FakeCluster['before']
    code: string | number
    exit: unknown
  }[] = [
    {
      name: 'changed in between',
      before: () => () => CONFLICT,
      code: 'CHANGED_SINCE_READ',
      exit: { exit: 3, changed: false }
    },
    {
      name: 'written, and told of a conflict because a proxy tried again',
      before: state => given => {
        state.object = given
        return CONFLICT
      },
      code: 0,
      exit: { exit: 0, changed: true }
    },
    {
      name: 'forbidden',
      before: () => () => ({ code: 1, stdout: '', stderr: 'Error from server (Forbidden): no\n' }),
      code: 'NO_CLUSTER',
      exit: { exit: 3, changed: false }
    },
    {
      name: 'the answer got lost, the write did not',
      before: state => given => {
        state.object = given
        return { code: null, stdout: '', stderr: '' }
      },
      code: 0,
      exit: { exit: 0, changed: true }
    },
    {
      name: 'something else wrote too',
      before: state => () => {
        state.object = { ...state.object, data: { ...state.object.data, ClusterConfiguration: `${CONFIG}# other\n` } }
        return { code: 0, stdout: '', stderr: '' }
      },
      code: 'NOT_ROLLED_BACK',
      exit: { exit: 5, changed: true }
    }
  ]
  for (const { name, before, code, exit } of rows) {
    const fake = node(AUDITED)
    const state = clusterOf(fake, CONFIG)
    state.before = before(state)
    t.match(await saved(fake), { code, exit }, name)
  }
})

t.test('save that is interrupted says what came of it', async t => {
  const killed: ExecResult = { code: null, stdout: '', stderr: '' }
  for (const { name, isWritten, want } of [
    {
      name: 'before it was written',
      isWritten: false,
      want: { code: 'INTERRUPTED', exit: { exit: 130, changed: false } }
    },
    { name: 'when it was written', isWritten: true, want: { code: 0, exit: { exit: 0, changed: true } } }
  ]) {
    const fake = node(AUDITED)
    const state = clusterOf(fake, CONFIG)
    let interrupts: number | undefined
    state.before = given => {
      interrupts = interrupts === undefined ? undefined : 1
      if (isWritten) state.object = given
      return killed
    }
    const countInterrupts = (): (() => number) => {
      interrupts = 0
      return () => interrupts ?? 0
    }
    t.match(await saved(fake, {}, undefined, { countInterrupts }), want, name)
  }
})

t.test('save is refused where it could do harm', async t => {
  const without = fakeHost({ [MANIFEST]: AUDITED })
  clusterOf(without, CONFIG)
  t.match(await saved(without), { code: 'NO_CLUSTER', out: /admin.conf/ })
  const upgrading = node(AUDITED)
  clusterOf(upgrading, CONFIG)
  upgrading.start({ argv: ['kubeadm', 'upgrade', 'apply', 'v1.36.1'] })
  t.match(await saved(upgrading), { code: 'UPGRADE_RUNNING' })
  const broken = node(AUDITED.replace('mountPath: /var/log/kubernetes/audit', 'mountPath: /elsewhere'))
  const state = clusterOf(broken, CONFIG)
  t.match(await saved(broken), { code: 'BAD_MANIFEST', out: /no mount shows/ })
  const old = node(AUDITED)
  clusterOf(old, CONFIG.replace('v1beta4', 'v1alpha3'))
  t.match(await saved(old), { code: 'BAD_CLUSTER_CONFIG' })
  t.equal(state.writes, 0)
})

t.test('what the webhook needs besides is saved too', async t => {
  const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: 'https://a.example', certificate-authority: ../ca/ca.crt}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`
  const manifest = patched(EXAMPLE_MANIFEST, { installWebhook: true, flags: new Map() })
    .replace('    volumeMounts:\n', '    volumeMounts:\n    - mountPath: /etc/kubernetes/ca\n      name: ca\n')
    .replace('  volumes:\n', '  volumes:\n  - hostPath:\n      path: /srv/ca\n    name: ca\n')
  const fake = node(manifest)
  fake.put('/etc/kubernetes/audit/webhook.yaml', kubeconfig)
  const state = clusterOf(fake, CONFIG)
  t.match(await saved(fake), { code: 0 })
  t.match(state.object.data.ClusterConfiguration, /- hostPath: \/srv\/ca\n {4}mountPath: \/etc\/kubernetes\/ca\n/)
  t.match(await saved(fake), { code: 0, exit: { changed: false } })
})

t.test('a conflict is told from other failures', async t => {
  const fake = fakeHost()
  fake.executeWith(() => CONFLICT)
  const access = { kubectl: '/k', kubeconfig: '/c', timeout: 5000 }
  t.same(await replaceKubeadmConfig(fake.host, access, { text: '', configMap: {} }, 'x'), { kind: 'conflict' })
})

const INPUT = {
  settings: { flags: new Map() },
  version: undefined,
  policy: undefined,
  fallbackPolicy: { name: 'template:baseline', text: POLICY_TEMPLATES.baseline.text },
  webhook: undefined
}

t.test('apply and remove say what kubeadm-config has', async t => {
  const audited = edited(CONFIG, extrasOf(podOf(AUDITED)))
  const rows = [
    { name: 'apply, none there', manifest: EXAMPLE_MANIFEST, config: CONFIG, want: /has no audit settings/ },
    { name: 'apply, the same there', manifest: EXAMPLE_MANIFEST, config: audited, want: undefined },
    {
      name: 'apply, others there',
      manifest: EXAMPLE_MANIFEST,
      config: audited.replace('"30"', '"7"'),
      want: /has other audit settings/
    },
    {
      name: 'apply, only a word of it',
      manifest: EXAMPLE_MANIFEST,
      config: `${CONFIG}# audit-log-path\n`,
      want: /has no/
    },
    { name: 'apply, unreadable', manifest: EXAMPLE_MANIFEST, config: 'kind: [', want: /cannot be read/ },
    { name: 'remove, there', manifest: AUDITED, config: audited, want: /bring auditing back/ },
    { name: 'remove, none there', manifest: AUDITED, config: CONFIG, want: undefined }
  ]
  for (const { name, manifest, config, want } of rows) {
    const fake = node(manifest)
    clusterOf(fake, config)
    const plan = name.startsWith('apply')
      ? planEnableOn(fake.host, MANIFEST, INPUT)
      : planDisableOn(fake.host, MANIFEST, false, hostPath('/b'))
    const findings = await clusterFindings(fake.host, plan)
    if (want === undefined) t.same(findings, [], name)
    else t.match(findings, [{ code: 'kubeadm-config', severity: 'warning', message: want }], name)
  }
})

// a kubectl that keeps the object in a file, and refuses another resourceVersion
const KUBECTL = (object: string): string => `#!/bin/sh
case "$1" in
get) exec cat '${object}' ;;
replace) cat > '${object}.new' && mv '${object}.new' '${object}' ;;
*) echo "error: unknown command" >&2; exit 1 ;;
esac
`

const rootOf = (t: Test, manifest: string): { root: string; at: string[]; object: string } => {
  const root = fs.realpathSync(
    t.testdir({ etc: { kubernetes: { manifests: { 'kube-apiserver.yaml': manifest } } }, var: { log: {} } })
  )
  const object = join(root, 'object.json')
  fs.writeFileSync(object, JSON.stringify({ kind: 'ConfigMap', metadata: {}, data: { ClusterConfiguration: CONFIG } }))
  fs.writeFileSync(join(root, 'kubectl'), KUBECTL(object), { mode: 0o755 })
  fs.writeFileSync(join(root, ADMIN_CONF), '')
  fs.writeFileSync(join(root, 'config.yaml'), CONFIG)
  return { root, at: ['--root', root, '--kubectl', join(root, 'kubectl')], object }
}

t.test('the commands', async t => {
  const { root, at, object } = rootOf(t, AUDITED)
  const below = ['--root', root]
  const file = ['--kubeadm-config', join(root, 'config.yaml')]
  const shown = await json(t, ['kubeadm', 'show', ...below])
  t.match(shown.value, { kind: 'KubeadmFragment', configVersion: 'v1beta4', extraArgs: { length: 5 }, findings: [] })
  const plain = await run(['kubeadm', 'show', ...below, '--kubernetes-version', '1.30'])
  t.equal(plain.out, fragmentOf(extrasOf(podOf(AUDITED)), 'v1beta3'))
  t.match(plain.err, /needs its own\n? *\/etc\/kubernetes\/audit\/policy.yaml/)
  t.match((await run(['kubeadm', 'show', ...below, '--config-version', 'v1beta3'])).out, /v1beta3/)
  t.match((await run(['kubeadm', 'show', ...below, '--log-maxage', '9'])).err, /what apply would make/)

  const drift = await json(t, ['kubeadm', 'drift', ...at])
  t.match([drift.code, drift.value], [0, { kind: 'KubeadmDrift', configVersion: 'v1beta4', findings: { length: 7 } }])
  t.equal((await run(['kubeadm', 'drift', '--exit-code', ...below, ...file])).code, 1)
  const save = await json(t, ['kubeadm', 'save', '--yes', ...at])
  t.match([save.code, save.value], [0, { kind: 'KubeadmSave', changed: true, configVersion: 'v1beta4' }])
  t.match(JSON.parse(fs.readFileSync(object, 'utf8')), { data: { ClusterConfiguration: /audit-policy-file/ } })
  t.match(await json(t, ['kubeadm', 'save', ...at]), { code: 0, value: { changed: false, unified: '' } })
  const agreed = await run(['kubeadm', 'drift', '--exit-code', ...at])
  t.match([agreed.code, agreed.out], [0, /no difference/])
  const piped = await run(['kubeadm', 'drift', ...below, '--kubeadm-config', '-'], {
    input: () => [fs.readFileSync(object)]
  })
  t.match([piped.code, piped.out], [0, /no difference/], 'a dump of the ConfigMap')
  t.match((await json(t, ['kubeadm', 'drift', ...below, '--kubectl', '/nowhere'])).value, {
    code: 'NO_CLUSTER',
    message: /no program \/nowhere/
  })
})

t.test('kubeadm patches', async t => {
  const { root, at } = rootOf(t, EXAMPLE_MANIFEST)
  const path = join(root, 'etc/kubernetes/patches/kube-apiserver-audit+json.yaml')
  const command = ['kubeadm', 'patches', '/etc/kubernetes/patches', ...at]
  const first = await json(t, command)
  t.match([first.code, first.value], [0, { kind: 'KubeadmPatches', changed: true, findings: [] }])
  t.equal(fs.readFileSync(path, 'utf8'), patchFiles(extrasOf(podOf(AUDITED)))[0]?.text)
  t.equal(fs.readFileSync(path.replace('json', 'strategic'), 'utf8'), patchFiles(extrasOf(podOf(AUDITED)))[1]?.text)
  t.match(await json(t, command), { code: 0, value: { changed: false, files: { length: 2 } } })
  const other = await run([...command, '--log-maxage', '9'])
  t.match([other.code, other.out], [2, /-\s+value: --audit-log-maxage=30\n\+\s+value: --audit-log-maxage=9/])
  t.match(fs.readFileSync(path, 'utf8'), /maxage=30/, 'not without being told to')
  t.equal((await run([...command, '--log-maxage', '9', '--yes'])).code, 0)
  t.match(fs.readFileSync(path, 'utf8'), /maxage=9/)
  t.equal(fs.readdirSync(join(path, '..')).length, 2, 'nothing else is left there')

  fs.writeFileSync(join(path, '..', 'kube-apiserver9+json.json'), '[{"value":"--audit-log-maxage=1"}]')
  t.equal((await run(['kubeadm', 'save', '--yes', '--log-maxage', '9', ...at])).code, 0)
  t.match((await json(t, [...command, '--log-maxage', '9'])).value.findings, [
    { code: 'kubeadm-both', severity: 'info' },
    { code: 'kubeadm-patch-too', severity: 'warning' }
  ])
  const refused = async (...argv: string[]): Promise<unknown> =>
    (await json(t, ['kubeadm', 'patches', ...argv])).value.code
  t.equal(await refused('/etc/kubernetes/manifests', ...at), 'BAD_PATH')
  t.equal(await refused('patches', ...at), 'USAGE')
  t.equal(await refused('/a/b', ...at), 'NOT_FOUND')
  t.equal(await refused('/object.json', ...at), 'WRONG_KIND')
  fs.symlinkSync('etc', join(root, 'link'))
  t.equal(await refused('/link', ...at), 'SYMLINK')
})

t.test('every kind of output was tried', async t => {
  everyKindWasTried(t, kind => kind.startsWith('Kubeadm'))
})
