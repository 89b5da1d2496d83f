import fs from 'node:fs'
import t, { type Test } from 'tap'
import { AuditError } from '../src/errors.ts'
import { checkManifests } from '../src/immutability/check.ts'
import { type PatchedFile, patchManifests } from '../src/immutability/patch.ts'
import { NOTHING_KNOWN, type PatchOptions } from '../src/immutability/patch-options.ts'
import { splitDocuments } from '../src/text/documents.ts'
import { plainCheck } from './immutability/plain-check.ts'
import { unpromised } from './immutability/plain-patch.ts'
import { type Any, containersOf, podsOf, readDocuments } from './immutability/plain-pods.ts'
import { randomWorkload } from './immutability/random-workload.ts'
import { realWorkloads } from './immutability/real-workloads.ts'
// one process for the room: each start costs a second
import './immutability/known-images.ts'
import './immutability/plain-reading.ts'
import './immutability/pod-security.ts'
import './immutability/written-paths.ts'

const isLong = process.env.AUDITPATCH_LONG === '1'
const fixtures = new URL('./fixtures/immutability/', import.meta.url)
const fixture = (name: string): string => fs.readFileSync(new URL(`${name}.yaml`, fixtures), 'utf8')

/** What a patch did that no patch may do: changes besides those it promises, changes again, things that it said it mends. */
const broken = (text: string, { after, findings }: PatchedFile): string[] => {
  const again = patchManifests(after, 'again.yaml', NOTHING_KNOWN)
  return [
    ...unpromised(text, after),
    ...(again.after === after && again.changes.length === 0 ? [] : ['the patch of the patched text changes it']),
    ...findings.filter(each => each.fixable).map(({ code, field }) => `${code} is left at ${field}`)
  ]
}

const patched = (text: string): PatchedFile => patchManifests(text, 'web.yaml', NOTHING_KNOWN)

t.test('golden pairs', t => {
  const names = fs.readdirSync(fixtures).flatMap(file => /^(.*)\.in\.yaml$/.exec(file)?.[1] ?? [])
  t.ok(names.length >= 15, `${names.length} pairs`)
  for (const name of names) {
    const text = fixture(`${name}.in`)
    const made = patched(text)
    t.equal(made.after, fixture(`${name}.want`), name)
    t.same(broken(text, made), [], `${name}: what it may not do`)
    t.equal(made.changes.length > 0, name !== 'immutable', `${name}: its changes are told`)
  }
  t.end()
})

t.test('golden pairs with other line ends, a byte order mark, and without a final line break', t => {
  for (const name of ['nginx-deployment', 'two-containers', 'partly-right', 'several-documents', 'list', 'json-pod']) {
    const [text, want] = [fixture(`${name}.in`), fixture(`${name}.want`)]
    const dos = (some: string): string => some.replaceAll('\n', '\r\n')
    t.equal(patched(dos(text)).after, dos(want), `${name} with CRLF`)
    t.equal(patched(`\uFEFF${text}`).after, `\uFEFF${want}`, `${name} with a byte order mark`)
    const bare = (some: string): string => some.replace(/\n$/, '')
    t.equal(patched(bare(text)).after, bare(want), `${name} without a final line break`)
  }
  t.end()
})

// the plain check does not judge these
const UNCOMPARED = /^(package-manager|changing-hook|unwritable-path|no-workload|windows-pod|allowed .*(command|args)) /

const asKeys = (findings: readonly { code: string; severity: string; field?: string }[]): string[] =>
  findings
    .map(({ code, severity, field }) => `${code} ${severity} ${field ?? ''}`)
    .filter(key => !UNCOMPARED.test(`${key} `))
    .sort()

const checked = (text: string): string[] => asKeys(checkManifests(text, 'web.yaml').findings)

/** Holds the check and the patch of a text against the plain ones; true where the patch changed it. */
const compare = (t: Test, text: string, name: string): 'patched' | 'sound' | 'refused' => {
  const [ours, plain] = [checked(text), asKeys(plainCheck(text))]
  if (JSON.stringify(ours) !== JSON.stringify(plain)) t.same(ours, plain, `${name}: the findings of the plain check`)
  try {
    const made = patched(text)
    const faults = broken(text, made)
    if (faults.length > 0) t.same(faults, [], `${name}: what a patch may not do`)
    return made.changes.length > 0 ? 'patched' : 'sound'
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    if (!['ALIAS', 'BAD_MANIFEST'].includes(error.code)) t.fail(`${name}: ${error.code} ${error.message}`)
    return 'refused'
  }
}

t.test('random workloads: the findings of the plain check, and patches that keep their promises', t => {
  const runs = isLong ? 5000 : 80
  const counts = { patched: 0, sound: 0, refused: 0 }
  for (let seed = 0; seed < runs; seed += 1) counts[compare(t, randomWorkload(seed), `seed ${seed}`)] += 1
  t.ok(counts.patched > runs / 2, `${counts.patched} of ${runs} patched`)
  t.ok(counts.refused < runs / 4, `${counts.refused} of ${runs} refused for their anchors`)
  t.end()
})

t.test('real workloads: the findings of the plain check, and patches that keep their promises', t => {
  const files = realWorkloads(t)
  if (files.length === 0) {
    t.pass('nothing to try', { skip: 'no real workloads' })
    return t.end()
  }
  const counts = { patched: 0, sound: 0, refused: 0 }
  for (const { file, text } of files) counts[compare(t, text, file)] += 1
  t.ok(counts.patched > files.length / 2, `${counts.patched} of ${files.length} patched`)
  t.end()
})

const DIGEST = `@sha256:${'0'.repeat(64)}`
const UNKNOWN = `example.com/app${DIGEST}`

// meets every requirement, and writes nothing that is known
const SOUND = {
  name: 'app',
  image: UNKNOWN,
  securityContext: {
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] }
  }
}

/** A pod with one container, or with those of `spec`, as text. */
const pod = (container: object = {}, spec: object = {}, metadata: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', ...metadata },
    spec: { containers: [{ name: 'app', image: UNKNOWN, ...container }], ...spec }
  })

const template = (kind: string, outer: object, inner: object): string =>
  JSON.stringify({
    kind,
    metadata: { name: 'web', annotations: outer },
    spec: { template: { metadata: { annotations: inner }, spec: { hostPID: true, containers: [SOUND] } } }
  })

const codesOf = (text: string): string[] =>
  checkManifests(text, 'web.yaml').findings.map(({ code, field }) => `${code} ${field?.replace(/.*[.]/, '') ?? ''}`)

const MUTABLE = 'auditpatch/mutable'

t.test('exceptions', t => {
  const side = { ...SOUND, name: 'side', image: 'side' }
  const first = { ...SOUND, image: 'app', imagePullPolicy: 'Always' }
  const both = (annotations: object): string => pod({}, { containers: [first, side] }, { annotations })
  const app = ['image-latest image', 'image-latest image', 'image-pull-policy imagePullPolicy']
  const rows: { name: string; in: string; want: string[] }[] = [
    { name: 'none', in: both({}), want: app },
    {
      name: 'of all of the pod',
      in: both({ [MUTABLE]: 'image-latest: a test: really' }),
      want: ['allowed image', 'allowed image', 'image-pull-policy imagePullPolicy']
    },
    {
      name: 'of one container',
      in: both({ [`side.${MUTABLE}`]: 'image-latest, image-pull-policy: a test' }),
      want: ['image-latest image', 'allowed image', 'image-pull-policy imagePullPolicy']
    },
    {
      name: 'several, by semicolons and lines, with blank ones between',
      in: both({ [MUTABLE]: 'image-latest: a test ; ;\n\nimage-pull-policy :it too\n' }),
      want: ['allowed image', 'allowed image', 'allowed imagePullPolicy']
    },
    {
      name: 'without a reason',
      in: both({ [MUTABLE]: 'image-latest; image-pull-policy: ' }),
      want: [
        'image-latest image',
        'image-latest image',
        ...[1, 2].map(() => `exception-without-reason ${MUTABLE}`),
        app[2] ?? ''
      ]
    },
    {
      name: 'of what nothing is called, beside one that is',
      in: both({ [MUTABLE]: 'Image-latest, image-latest: a test' }),
      want: [`unknown-exception ${MUTABLE}`, 'allowed image', 'allowed image', 'image-pull-policy imagePullPolicy']
    },
    {
      name: 'of a container that is not there',
      in: both({ [`sid.${MUTABLE}`]: 'image-latest: a test' }),
      want: ['image-latest image', 'image-latest image', 'unknown-exception auditpatch/mutable', app[2] ?? '']
    },
    { name: 'no text', in: both({ [MUTABLE]: { 'image-latest': 'x' } }), want: app },
    { name: 'another annotation', in: both({ 'audit/mutable': 'image-latest: x' }), want: app },
    {
      name: 'on the workload',
      in: template('Deployment', { [MUTABLE]: 'host-pid: x' }, {}),
      want: ['allowed hostPID']
    },
    { name: 'on its pods', in: template('Deployment', {}, { [MUTABLE]: 'host-pid: x' }), want: ['allowed hostPID'] },
    {
      name: 'of the pod for a container',
      in: template('Job', {}, { [`app.${MUTABLE}`]: 'host-pid: x' }),
      want: ['host-pid hostPID']
    },
    {
      name: 'of an init container',
      in: pod(
        {},
        { initContainers: [{ ...SOUND, name: 'init', image: 'a' }], containers: [SOUND] },
        { annotations: { [`init.${MUTABLE}`]: 'image-latest: x' } }
      ),
      want: ['allowed image']
    },
    {
      name: 'of a misplaced field of a container',
      in: pod(
        {},
        {
          containers: [
            { ...SOUND, runAsUser: 1 },
            { ...SOUND, name: 'b', runAsUser: 1 }
          ]
        },
        { annotations: { [`b.${MUTABLE}`]: 'misplaced-field: x' } }
      ),
      want: ['misplaced-field runAsUser', 'allowed runAsUser']
    }
  ]
  for (const row of rows) {
    t.same(codesOf(row.in).sort(), [...row.want].sort(), row.name)
    t.same(checked(row.in), asKeys(plainCheck(row.in)), `${row.name}: as the plain check says`)
  }
  const [allowed] = checkManifests(template('Pod2', {}, { [MUTABLE]: 'host-pid: it: watches' }), 'a').findings
  t.match(allowed, { severity: 'info', message: /hostPID is true; allowed \(host-pid\): it: watches$/ })
  const misspelt = checkManifests(both({ [MUTABLE]: 'image-latst: x' }), 'a').findings
  t.match(
    misspelt.find(each => each.code === 'unknown-exception'),
    { message: /"image-latst"; image-latest is meant\?/, line: 1 }
  )
  const text = pod({}, {}, { annotations: { [MUTABLE]: 'read-only-root-filesystem, privilege-escalation: it is old' } })
  t.same(patched(text).changes, [], 'what is allowed is not mended')
  t.end()
})

/** The containers of a patched text, by name. */
const after = (text: string, options: Partial<PatchOptions> = {}): Record<string, Any> => {
  const made = patchManifests(text, 'web.yaml', { ...NOTHING_KNOWN, ...options })
  const faults = unpromised(text, made.after)
  if (faults.length > 0) throw new Error(faults.join('; '))
  const pods = readDocuments(made.after).flatMap(({ data }) => podsOf(data))
  return Object.fromEntries(pods.flatMap(containersOf).map(({ container }) => [container.name, container]))
}

const LEAVES = /.*; immutable patch leaves it: /
const leftOf = (text: string, code: string, options: PatchOptions = NOTHING_KNOWN): string | undefined => {
  const { findings } = checkManifests(patchManifests(text, 'web.yaml', options).after, 'web.yaml')
  const found = findings.find(each => each.code === code)
  return found?.remediation?.replace(LEAVES, '')
}

t.test('what is left, and why', t => {
  const exec = (...command: string[]): object => ({ exec: { command } })
  const hostPath = (path: string): object => ({ volumes: [{ name: 'v', hostPath: { path } }] })
  const mount = { volumeMounts: [{ name: 'v', mountPath: '/m' }] }
  const privileged = { securityContext: { privileged: true } }
  const add = (name: string): object => ({ securityContext: { capabilities: { add: [name] } } })
  const READ_ONLY = 'read-only-root-filesystem'
  const rows: { name: string; in: string; code: string; want: RegExp | undefined; todo?: string }[] = [
    {
      name: 'a probe',
      in: pod({ livenessProbe: exec('touch', '/x') }),
      code: READ_ONLY,
      want: /^its livenessProbe changes files, which would fail/
    },
    {
      name: 'a hook',
      in: pod({ lifecycle: { postStart: exec('sh', '-c', 'date > /etc/x') } }),
      code: READ_ONLY,
      want: /^its lifecycle.postStart changes files/
    },
    { name: 'a probe that looks', in: pod({ livenessProbe: exec('cat', '/x') }), code: READ_ONLY, want: undefined },
    {
      name: 'a probe that writes a volume',
      in: pod({ livenessProbe: exec('touch', '/m/x'), ...mount }, { volumes: [{ name: 'v', emptyDir: {} }] }),
      code: READ_ONLY,
      want: undefined
    },
    {
      name: 'a probe that writes a device',
      in: pod({ livenessProbe: exec('sh', '-c', 'true > /dev/null') }),
      code: READ_ONLY,
      want: undefined
    },
    {
      name: 'a package manager',
      in: pod({ command: ['sh', '-c', 'apt-get update && apt-get install -y curl'] }),
      code: READ_ONLY,
      want: /^it fetches code when it starts \(apt-get install/
    },
    {
      name: 'a file of the image',
      in: pod({ args: ['sh', '-c', 'echo a > /etc/app/x'] }),
      code: READ_ONLY,
      want: /^it writes \/etc\/app\/x, and an empty \/etc\/app may hide/
    },
    {
      name: 'privileged, in the namespace of the node',
      in: pod(privileged, { hostPID: true }),
      code: 'privileged',
      want: /^it works on the node \(hostPID is true\)/
    },
    {
      name: 'privileged, with a device',
      in: pod({ ...privileged, ...mount }, hostPath('/dev/sda')),
      code: 'privileged',
      want: /^it works on the node \(it mounts \/dev\/sda of the node\)/
    },
    { name: 'privileged, for nothing that is seen', in: pod(privileged), code: 'privileged', want: undefined },
    {
      name: 'privileged, and no escalation then',
      in: pod(privileged, { hostNetwork: true }),
      code: 'privilege-escalation',
      want: /^the API server takes no false beside privileged: true$/
    },
    {
      name: 'privileged no more, then no escalation',
      in: pod(privileged),
      code: 'privilege-escalation',
      want: undefined
    },
    {
      name: 'CAP_SYS_ADMIN',
      in: pod(add('CAP_SYS_ADMIN')),
      code: 'privilege-escalation',
      want: /^the API server takes no false beside CAP_SYS_ADMIN$/
    },
    {
      name: 'SYS_ADMIN, which the API server does not look for',
      in: pod(add('SYS_ADMIN')),
      code: 'privilege-escalation',
      want: undefined
    },
    {
      name: 'CAP_SYS_ADMIN dropped',
      in: pod({ securityContext: { capabilities: { drop: ['CAP_SYS_ADMIN'] } } }),
      code: 'privilege-escalation',
      want: undefined
    },
    { name: 'no image', in: pod({ image: '' }), code: 'run-as-non-root', want: /^as whom the image runs is not known/ },
    {
      name: 'an unknown image',
      in: pod(),
      code: 'run-as-non-root',
      want: /^as whom example.com\/app.* runs is not known: its user may be root$/
    },
    {
      name: 'a base image',
      in: pod({ image: 'python:3' }),
      code: 'run-as-non-root',
      want: /^python:3 starts as root/
    },
    {
      name: 'a root image',
      in: pod({ image: 'nginx:1' }),
      code: 'run-as-non-root',
      want: /^nginx:1 starts as root; it is made to run as 101 too/
    },
    {
      name: 'root by choice',
      in: pod({ image: 'memcached:1', securityContext: { runAsUser: 0 } }),
      code: 'run-as-non-root',
      want: /^somebody chose root/
    },
    {
      name: 'an image with a number',
      in: pod({ image: 'nginxinc/nginx-unprivileged:1' }),
      code: 'run-as-non-root',
      want: undefined
    },
    {
      name: 'a root image keeps capabilities',
      in: pod({ image: 'nginx:1' }),
      code: 'drop-all-capabilities',
      want: /^it may run as root, and then needs CHOWN, NET_BIND_SERVICE, SETGID, SETUID$/
    },
    {
      name: 'an unknown image keeps capabilities',
      in: pod(),
      code: 'drop-all-capabilities',
      want: /^it may run as root, and which capabilities it then needs is not known$/
    },
    {
      name: 'a user of its own needs none',
      in: pod({ securityContext: { runAsUser: 5 } }),
      code: 'drop-all-capabilities',
      want: undefined
    },
    {
      name: 'vault as root',
      in: pod({ image: 'hashicorp/vault:1.17' }),
      code: READ_ONLY,
      want: /^its entry point gives the program capabilities, unless SKIP_SETCAP is set$/
    },
    {
      name: 'a directory of the node',
      in: pod(mount, hostPath('/data')),
      code: 'host-path',
      want: /^whether it writes there is not known$/
    },
    ...['/etc/localtime', '/etc/ssl/certs', '/etc/kubernetes/pki/etcd', '/lib/modules'].map(path => ({
      name: `${path} of the node`,
      in: pod(mount, hostPath(path)),
      code: 'host-path',
      want: undefined
    })),
    ...['/etc', '/etc/sslx', '/etc/kubernetes'].map(path => ({
      name: `${path} of the node`,
      in: pod(mount, hostPath(path)),
      code: 'host-path',
      want: /not known/
    })),
    {
      name: '/lib/modules, privileged',
      in: pod({ ...privileged, ...mount }, { hostPID: true, ...hostPath('/lib/modules') }),
      code: 'host-path',
      want: /not known/
    },
    {
      name: 'an ephemeral container',
      in: pod(SOUND, { ephemeralContainers: [{ name: 'debug', image: 'memcached:1' }] }),
      code: READ_ONLY,
      want: /^no manifest declares ephemeral containers$/
    }
  ]
  for (const { name, in: text, code, want, todo } of rows) {
    const reason = leftOf(text, code)
    const isSo = want === undefined ? reason === undefined : want.test(reason ?? '')
    t.ok(isSo, `${name}: ${code} ${reason ?? 'is mended'}`, todo === undefined ? {} : { todo })
    t.same(codesOf(text).filter(each => each.startsWith(code)).length, 1, `${name}: it was found before`)
  }
  t.same(after(pod(privileged, { hostPID: true })).app.securityContext, {
    privileged: true,
    readOnlyRootFilesystem: true
  })
  const USER_7 = [{ container: undefined, uid: 7 }]
  t.equal(leftOf(pod(), 'run-as-non-root', { ...NOTHING_KNOWN, runAsUser: USER_7 }), undefined, 'the user is given')
  const chosen = after(pod({}, { securityContext: { runAsUser: 0 } }), { runAsUser: USER_7 }).app.securityContext
  t.match(
    chosen,
    { runAsUser: 7, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
    "a given user is put over the pod's root"
  )
  const given = after(pod({ securityContext: { runAsUser: 3 } }), { runAsUser: USER_7 }).app.securityContext
  t.equal(given.runAsUser, 3, 'who runs as somebody keeps it')
  t.end()
})

t.test('read-only mounts of the node', t => {
  const volumes = [
    { name: 'tz', hostPath: { path: '/etc/localtime' } },
    { name: 'data', hostPath: { path: '/data' } }
  ]
  const volumeMounts = [
    { name: 'tz', mountPath: '/etc/localtime' },
    { name: 'data', mountPath: '/data' },
    { name: 'tz', mountPath: '/tz', readOnly: false }
  ]
  const { app } = after(pod({ ...SOUND, volumeMounts }, { volumes }))
  t.same(app.volumeMounts, [
    { ...volumeMounts[0], readOnly: true },
    volumeMounts[1],
    { ...volumeMounts[2], readOnly: true }
  ])
  t.end()
})

t.test('what a known image needs besides', t => {
  const owner = { securityContext: { runAsUser: 999 } }
  const data = { mountPath: '/var/lib/postgresql/data', name: 'data' }
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  const PGDATA = { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' }
  const SKIP = ['SKIP_CHOWN', 'SKIP_SETCAP'].map(name => ({ name, value: 'true' }))
  const image = 'postgres:16'
  const rows: { name: string; in: string; env: unknown }[] = [
    { name: 'a new volume', in: pod({ image, ...owner }), env: [PGDATA] },
    {
      name: 'other variables',
      in: pod({ image, ...owner, env: [{ name: 'A', value: 'b' }] }),
      env: [{ name: 'A', value: 'b' }, PGDATA]
    },
    {
      name: 'its own choice',
      in: pod({ image, ...owner, env: [{ name: 'PGDATA', value: '/x' }] }),
      env: [{ name: 'PGDATA', value: '/x' }]
    },
    {
      name: 'data that is there must not move',
      in: pod({ image, ...owner, volumeMounts: [data] }, { volumes }),
      env: undefined
    },
    { name: 'root moves nothing', in: pod({ image }), env: undefined },
    { name: 'switches of an entry point', in: pod({ image: 'hashicorp/vault:1.17', ...owner }), env: SKIP },
    { name: 'switches that are there', in: pod({ image: 'hashicorp/vault:1.17', ...owner, env: SKIP }), env: SKIP }
  ]
  for (const { name, in: text, env } of rows) t.same(after(text).app.env, env, name)
  const dns = after(pod({ image: 'registry.k8s.io/coredns/coredns:v1.11.1' })).app.securityContext
  t.same(dns.capabilities, { add: ['NET_BIND_SERVICE'], drop: ['ALL'] }, 'a capability that the program file carries')
  t.equal(dns.runAsUser, 65532)
  t.end()
})

t.test('writable paths', t => {
  const volumes = [
    { name: 'e', emptyDir: {} },
    { name: 'c', configMap: { name: 'c' } },
    { name: 'n', nfs: { server: 's', path: '/', readOnly: true } }
  ]
  const at = (...mounts: [volume: string, mountPath: string, readOnly?: boolean][]): object => ({
    volumeMounts: mounts.map(([name, mountPath, readOnly]) => ({ name, mountPath, ...(readOnly ? { readOnly } : {}) }))
  })
  const nginx = { image: `nginx:1${DIGEST}` }
  const say = (path: string, container?: string): Partial<PatchOptions> => ({ writable: [{ container, path }] })
  const saw = (
    path: string,
    kind: 'file' | 'directory' = 'file',
    isOwnDirectory = false,
    container?: string
  ): Partial<PatchOptions> => ({
    written: [{ container, pod: undefined, isByHand: false, write: { path, kind, isOwnDirectory, because: 'seen' } }]
  })
  const rows: { name: string; in: object; options?: Partial<PatchOptions>; want: string[]; left?: RegExp }[] = [
    { name: 'an unknown image', in: {}, want: ['/tmp'] },
    { name: 'a base image', in: { image: 'python:3' }, want: ['/tmp'] },
    { name: 'said', in: {}, options: say('/data'), want: ['/data'] },
    { name: 'said of it', in: {}, options: say('/data', 'app'), want: ['/data'] },
    { name: 'said of another', in: {}, options: say('/data', 'side'), want: ['/tmp'] },
    { name: 'said of what a volume has', in: at(['e', '/data']), options: say('/data/x'), want: [] },
    { name: 'said of what holds a volume', in: at(['e', '/data/x']), options: say('/data'), want: ['/data'] },
    {
      name: 'said beside a known image',
      in: nginx,
      options: say('/data'),
      want: ['/data', '/var/cache/nginx', '/var/run']
    },
    { name: 'seen', in: {}, options: saw('/data/x/file'), want: ['/data/x'] },
    { name: 'seen, a directory', in: {}, options: saw('/data/x', 'directory'), want: ['/data/x'] },
    { name: 'seen in another', in: {}, options: saw('/data/x', 'file', false, 'side'), want: ['/tmp'] },
    { name: 'seen below /tmp', in: {}, options: saw('/tmp/a/b'), want: ['/tmp'] },
    { name: 'seen among devices', in: {}, options: saw('/dev/shm/x'), want: [] },
    { name: 'seen, and said of it', in: {}, options: { ...saw('/etc/app/x'), ...say('/etc/app') }, want: ['/etc/app'] },
    { name: 'seen in /etc', in: {}, options: saw('/etc/app/x'), want: [], left: /an empty \/etc\/app may hide/ },
    {
      name: 'seen to be made in /etc',
      in: {},
      options: {
        written: [
          ...(saw('/etc/app', 'directory', true).written ?? []),
          ...(saw('/etc/app/x', 'file', true).written ?? [])
        ]
      },
      want: ['/etc/app']
    },
    { name: 'an image', in: nginx, want: ['/var/cache/nginx', '/var/run'] },
    { name: 'an image, /run is a volume', in: { ...nginx, ...at(['e', '/run']) }, want: ['/var/cache/nginx'] },
    { name: 'an image, /var is a volume', in: { ...nginx, ...at(['e', '/var']) }, want: [] },
    {
      name: 'an image, a part has a volume',
      in: { ...nginx, ...at(['e', '/var/cache/nginx/proxy']) },
      want: ['/var/cache/nginx', '/var/run']
    },
    { name: 'an image, said the other name', in: nginx, options: say('/run'), want: ['/run', '/var/cache/nginx'] },
    {
      name: 'an image, a ConfigMap is there',
      in: { ...nginx, ...at(['c', '/var/cache']) },
      want: [],
      left: /it writes \/var\/cache\/nginx, where a read-only volume is mounted/
    },
    {
      name: 'an image, a read-only mount is there',
      in: { ...nginx, ...at(['e', '/run', true]) },
      want: [],
      left: /it writes \/var\/run, where a read-only volume/
    },
    {
      name: 'an image, a read-only volume is there',
      in: { ...nginx, ...at(['n', '/var/cache/nginx']) },
      want: [],
      left: /it writes \/var\/cache\/nginx, where/
    },
    { name: 'a command', in: { command: ['sh', '-c', 'date > /data/x/now'] }, want: ['/data/x', '/tmp'] },
    {
      name: 'a command in its directory',
      in: { workingDir: '/data/x', command: ['sh', '-c', 'date > now'] },
      want: ['/data/x', '/tmp']
    },
    { name: 'a command below /tmp', in: { command: ['sh', '-c', 'date > /tmp/x/now'] }, want: ['/tmp'] },
    {
      name: 'a command that writes a volume',
      in: { ...at(['e', '/data']), command: ['touch', '/data/x'] },
      want: ['/tmp']
    },
    { name: 'read-only already', in: { ...SOUND, ...nginx }, want: ['/var/cache/nginx', '/var/run'] },
    { name: 'read-only already, unknown', in: SOUND, want: [] },
    { name: 'read-only already, said', in: SOUND, options: say('/data'), want: ['/data'] }
  ]
  for (const { name, in: container, options, want, left } of rows) {
    const text = pod(container, { volumes })
    const had = readDocuments(text)[0]?.data.spec.containers[0].volumeMounts?.length ?? 0
    const { app } = after(text, options)
    const mounts: Any[] = (app.volumeMounts ?? []).slice(had)
    t.same(mounts.map(each => each.mountPath).sort(), want, name)
    t.equal(app.securityContext.readOnlyRootFilesystem === true, left === undefined, `${name}: read-only or not`)
    if (left && !options) t.match(leftOf(text, 'read-only-root-filesystem'), left, name)
  }
  t.match(checkManifests(pod({ ...SOUND, ...nginx }), 'a').findings, [
    { code: 'unwritable-path', severity: 'warning', message: /cannot write \/var\/cache\/nginx, \/var\/run/ }
  ])
  t.end()
})

t.test('what was seen in a pod is said of its workload alone', t => {
  const write = { path: '/data/x', kind: 'file', isOwnDirectory: false, because: 'seen' } as const
  const of = (
    kind: string,
    name: string,
    namespace: string | undefined,
    seen: [namespace: string, name: string]
  ): boolean => {
    const spec = { containers: [{ name: 'app', image: UNKNOWN }] }
    const text = JSON.stringify({
      kind,
      metadata: { name, namespace },
      spec: kind === 'Pod' ? spec : { template: { spec } }
    })
    const written = [{ container: 'app', pod: { namespace: seen[0], name: seen[1] }, isByHand: true, write }]
    return after(text, { written }).app.volumeMounts[0].mountPath === '/data'
  }
  t.ok(of('Deployment', 'web', 'shop', ['shop', 'web-6d4b75cb6d-hx7vz']))
  t.ok(of('Deployment', 'web', undefined, ['shop', 'web-6d4b75cb6d-hx7vz']), 'any namespace')
  t.ok(of('Pod', 'web', 'shop', ['shop', 'web']))
  t.notOk(of('Deployment', 'web', 'shop', ['test', 'web-6d4b75cb6d-hx7vz']), 'another namespace')
  t.notOk(of('Deployment', 'web', 'shop', ['shop', 'website-6d4b75cb6d-hx7vz']), 'another name')
  t.notOk(of('Pod', 'web', 'shop', ['shop', 'web-1']), 'another pod')
  t.end()
})

t.test('names of volumes', t => {
  const longest = `/${'a'.repeat(70)}`
  const rows: { name: string; spec: object; paths: string[]; want: Record<string, string[]> }[] = [
    { name: 'of a path', spec: {}, paths: ['/srv/My Cache_2/'], want: { app: ['srv-my-cache-2'] } },
    { name: 'of nothing', spec: {}, paths: ['/.', '/\u00e4'], want: { app: ['writable', 'writable-2'] } },
    { name: 'the same twice', spec: {}, paths: ['/a/b', '/a-b'], want: { app: ['a-b', 'a-b-2'] } },
    {
      name: 'too long',
      spec: {},
      paths: [longest, `${longest}b`],
      want: { app: ['a'.repeat(63), `${'a'.repeat(61)}-2`] }
    },
    { name: 'no hyphen at the end', spec: {}, paths: [`/${'a'.repeat(62)}/b`], want: { app: ['a'.repeat(62)] } },
    {
      name: 'a volume has it',
      spec: { volumes: [{ name: 'a', emptyDir: {} }] },
      paths: ['/a'],
      want: { app: ['a-2'] }
    },
    {
      name: 'several containers',
      spec: {
        initContainers: [{ name: 'init', image: UNKNOWN }],
        containers: [
          { name: 'app', image: UNKNOWN },
          { name: 'b', image: UNKNOWN }
        ]
      },
      paths: ['/a'],
      want: { app: ['app-a'], b: ['b-a'], init: ['init-a'] }
    },
    {
      name: 'a mount without a volume has it',
      spec: { containers: [{ name: 'app', image: UNKNOWN, volumeMounts: [{ name: 'a', mountPath: '/m' }] }] },
      paths: ['/a'],
      want: { app: ['a', 'a-2'] }
    }
  ]
  for (const { name, spec, paths, want } of rows) {
    const made = after(pod({}, spec), { writable: paths.map(path => ({ container: undefined, path })) })
    const names = Object.entries(made).map(([key, { volumeMounts }]) => [
      key,
      volumeMounts.map((each: Any) => each.name)
    ])
    t.same(Object.fromEntries(names), want, name)
  }
  t.end()
})

t.test('reminders', t => {
  const rows: { name: string; in: string; options?: Partial<PatchOptions>; want: string[] }[] = [
    { name: 'unknown image', in: pod(), want: ['no-size-limit', 'unknown-writes'] },
    { name: 'said', in: pod(), options: { writable: [{ container: undefined, path: '/a' }] }, want: [] },
    { name: 'nothing changed', in: pod(SOUND), want: [] },
    { name: 'left writable', in: pod({ command: ['apk', 'add', 'curl'] }), want: [] },
    { name: 'data', in: pod({ image: 'prom/prometheus:v2.53.0' }), want: ['lost-with-pod'] },
    {
      name: 'a note, and a cache',
      in: pod({ image: 'nginx:1' }),
      want: ['image-note', 'memory-medium', 'no-size-limit']
    },
    { name: 'a note alone', in: pod({ image: 'haproxy:3' }), want: ['image-note'] },
    { name: 'an image that writes nothing', in: pod({ image: 'memcached:1' }), want: [] },
    {
      name: 'an unknown image that is made read-only with a volume at /tmp',
      in: pod({ volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] }, { volumes: [{ name: 'tmp', emptyDir: {} }] }),
      want: ['unknown-writes']
    }
  ]
  for (const { name, in: text, options, want } of rows) {
    const { findings } = patchManifests(text, 'web.yaml', { ...NOTHING_KNOWN, ...options })
    const codes = findings
      .map(({ code }) => code)
      .filter(code => /^(unknown-writes|lost-|no-size|image-note|memory-)/.test(code))
    t.same(codes.sort(), want, name)
    for (const { line, field } of findings) t.ok(line !== undefined && field !== undefined, `${name}: each has a place`)
  }
  const kept = patched(pod({ image: 'prom/prometheus:v2.53.0' }, { volumes: [{ name: 'a', emptyDir: {} }] })).findings
  const lost = kept.find(({ code }) => code === 'lost-with-pod')
  t.match(lost, { field: 'spec.volumes[1]', message: /^\/prometheus/ }, 'the place of the new volume')
  t.end()
})

t.test('a pod for Windows, ephemeral containers, a file without pods', t => {
  const windows = pod(
    { image: 'x', securityContext: { privileged: true } },
    { os: { name: 'windows' } },
    { annotations: { [MUTABLE]: 'x' } }
  )
  t.same(codesOf(windows), ['windows-pod spec'])
  t.same(patched(windows).changes, [])
  const linux = pod({ image: 'x' }, { os: { name: 'linux' } })
  t.ok(codesOf(linux).length > 3)
  const debug = pod(SOUND, { ephemeralContainers: [{ name: 'debug', image: `memcached${DIGEST}` }] })
  t.same(patched(debug).changes, [])
  t.same(codesOf(debug).length, 4, 'it is judged, and left')
  for (const text of ['', '# nothing\n', 'kind: Service\n', '- a\n', 'kind: CustomResourceDefinition\n: :\n  {{\n']) {
    t.match(checkManifests(text, 'a').findings, [{ code: 'no-workload', severity: 'info' }], JSON.stringify(text))
    t.match(patched(text), { after: text, changes: [] })
  }
  t.end()
})

t.test('the documents of a text', t => {
  const rows: { name: string; in: string; want: [line: number, text: string][] }[] = [
    { name: 'nothing', in: '', want: [[1, '']] },
    { name: 'one', in: 'a: 1\n', want: [[1, 'a: 1\n']] },
    {
      name: 'two',
      in: 'a: 1\n---\nb: 1',
      want: [
        [1, 'a: 1\n'],
        [2, '---\nb: 1']
      ]
    },
    {
      name: 'CRLF',
      in: '---\r\na: 1\r\n---\r\nb: 1\r\n',
      want: [
        [1, '---\r\na: 1\r\n'],
        [3, '---\r\nb: 1\r\n']
      ]
    },
    {
      name: 'a byte order mark',
      in: '\uFEFF---\na: 1\n---\nb: 1\n',
      want: [
        [1, '\uFEFF---\na: 1\n'],
        [3, '---\nb: 1\n']
      ]
    },
    {
      name: 'a comment behind',
      in: '--- # one\na: 1\n---\t# two\nb: 1\n',
      want: [
        [1, '--- # one\na: 1\n'],
        [3, '---\t# two\nb: 1\n']
      ]
    },
    { name: 'comments in front', in: '# x\n\n  # y\n---\na: 1\n', want: [[1, '# x\n\n  # y\n---\na: 1\n']] },
    {
      name: 'a directive',
      in: '%YAML 1.2\n---\na: 1\n---\nb: 1\n',
      want: [
        [1, '%YAML 1.2\n---\na: 1\n'],
        [4, '---\nb: 1\n']
      ]
    },
    {
      name: 'a line at the end',
      in: 'a: 1\n---\n',
      want: [
        [1, 'a: 1\n'],
        [2, '---\n']
      ]
    },
    {
      name: 'a line at the end, cut short',
      in: 'a: 1\n---',
      want: [
        [1, 'a: 1\n'],
        [2, '---']
      ]
    },
    { name: 'none: more than a line', in: 'a: |\n  ---\n----\n---x\n', want: [[1, 'a: |\n  ---\n----\n---x\n']] },
    {
      name: 'empty ones',
      in: '---\n---\n---\na: 1\n',
      want: [
        [1, '---\n'],
        [2, '---\n'],
        [3, '---\na: 1\n']
      ]
    }
  ]
  for (const row of rows) {
    const documents = splitDocuments(row.in)
    t.same(
      documents.map(({ line, text }) => [line, text]),
      row.want,
      row.name
    )
  }
  for (let seed = 0; seed < 100; seed += 1) {
    const text = randomWorkload(seed)
    const documents = splitDocuments(text)
    const joined = documents.map(each => each.text).join('')
    if (joined !== text) t.equal(joined, text, `seed ${seed}: one behind the other they are the text`)
    const lines = documents.map(
      (_, index) =>
        documents
          .slice(0, index)
          .map(each => each.text)
          .join('')
          .split('\n').length
    )
    const told = documents.map(({ line }) => line)
    if (JSON.stringify(told) !== JSON.stringify(lines)) t.same(told, lines, `seed ${seed}: the lines they begin on`)
  }
  const late = `# one\n---\nkind: Service\n--- # two\n\n${'kind: Pod\nspec:\n  hostPID: true\n'}`
  t.match(checkManifests(late, 'a').findings, [{ code: 'host-pid', line: 8, column: 3, field: 'spec.hostPID' }])
  const bad = checkManifests('kind: Service\n---\n\nkind: Pod\n  spec: x\n', 'a').findings
  t.match(
    bad,
    [{ code: 'manifest-broken-yaml', severity: 'error', line: 4 }],
    'a fault is told by the line of the file'
  )
  t.end()
})

t.test('templates', t => {
  const image = (text: string): string => `kind: Pod\nspec:\n  containers:\n  - name: app\n    image: ${text}\n`
  for (const text of ['"{{ .Values.image }}"', "'a:{{ tag }}'", '"${IMAGE}"', 'a # {{ tag }}']) {
    const made = patched(image(text))
    t.ok(made.after.startsWith(image(text)), `${text} is taken as it is`)
    t.ok(made.changes.length > 0)
  }
  for (const text of ['{{ .Values.image }}', '"a"\n    {{- toYaml . }}', '{% if x %}']) {
    t.throws(() => patched(image(text)), { code: /^(TEMPLATE|BROKEN_YAML)$/ }, `${text} is refused`)
    const [finding, ...more] = checkManifests(image(text), 'a').findings
    t.match(finding, { code: /^manifest-(template|broken-yaml)$/, severity: 'error' })
    t.same(more, [])
  }
  t.end()
})

t.test('what the API server would refuse is not made', t => {
  const left = (container: object, spec: object = {}): (string | undefined)[] => [
    leftOf(pod(container, spec), 'privileged'),
    leftOf(pod(container, spec), 'read-only-root-filesystem')
  ]
  const shown = { name: 'a', mountPath: '/a', mountPropagation: 'Bidirectional' }
  t.match(
    left(
      { securityContext: { privileged: true }, volumeMounts: [shown] },
      { volumes: [{ name: 'a', emptyDir: {} }] }
    )[0],
    /^it works on the node \(it shows its mounts to the node, Bidirectional\)/
  )
  t.match(left({ command: ['touch', '/foo:bar/x'] })[1], /^it writes "\/foo:bar", which no mountPath may be/)
  const device = { volumeDevices: [{ name: 'b', devicePath: '/tmp' }] }
  t.notOk(after(pod(device)).app.volumeMounts, 'no mount over a device')
  const wrong: readonly [field: object, message: RegExp][] = [
    [{ volumeMounts: { name: 'conf' } }, /volumeMounts is no list/],
    [{ securityContext: 5 }, /securityContext is no mapping/]
  ]
  for (const [field, message] of wrong)
    t.throws(() => patched(pod(field)), { code: 'BAD_MANIFEST', message, path: /./, position: { line: Number } })
  t.end()
})

t.test('documents as kubectl takes them', t => {
  const own = '--- {kind: Pod, spec: {containers: [{name: a, image: "nginx:1"}]}}\n'
  t.equal(checkManifests(own, 'a').workloads.length, 1, 'one on the line of its separator')
  const many = `${own.slice(4)}${own.repeat(300)}`
  t.equal(checkManifests(`${'\n'.repeat(100_000)}${own}`, 'a').workloads[0]?.line, 100_001, 'behind blank lines')
  const { documents, changes } = patchManifests(many, 'a', NOTHING_KNOWN)
  t.equal(documents.length, 301)
  t.equal(changes.length, 301 * 6)
  t.end()
})
