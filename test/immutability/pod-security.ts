import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { NEWEST } from '../../src/audit/version.ts'
import { defaultedPod } from '../../src/immutability/pod-security/defaulted-pod.ts'
import type { PodData } from '../../src/immutability/pod-security/judged-pod.ts'
import { podSecurity } from '../../src/immutability/pod-security/pod-security.ts'
import { isRecord, type Unknown } from '../../src/text/guard.ts'
import { type Dice, diceFrom } from '../oracle/dice.ts'
import { podDifference } from '../oracle/pod-security/difference.ts'
import { POD_VECTORS, readPodVectors } from '../oracle/pod-security/pod-vectors.ts'
import { versionOf } from '../oracle/pod-security/server.ts'
import { tallyOf, untried } from '../oracle/pod-security/tally.ts'

// what Kubernetes' own evaluator said; made by `npm run conformance -- --write`
const vectors = readPodVectors(join(dirname(fileURLToPath(import.meta.url)), '../..', POD_VECTORS))
const verdicts = vectors.flatMap(({ pod, minors, verdicts }) =>
  verdicts.map((verdict, index) => ({ pod, minor: minors[index] ?? -1, verdict }))
)

t.test('the vectors have every form of every check, allowing and forbidding, and pods of every level', async t => {
  t.equal(verdicts.length, vectors.flatMap(({ minors }) => minors).length)
  t.ok(verdicts.length > 1200, `${verdicts.length} verdicts`)
  const tallies = tallyOf(verdicts.map(({ minor, verdict }) => [minor, verdict]))
  for (const { form, allowed, forbidden } of tallies) t.comment(`${form}: allowed ${allowed}, forbade ${forbidden}`)
  t.same(untried(tallies), [])
  const newest = verdicts.filter(({ minor }) => minor === NEWEST.minor).map(({ verdict }) => verdict)
  const [restricted, baseline] = [
    newest.filter(each => each.restricted.allowed),
    newest.filter(each => each.baseline.allowed)
  ]
  t.ok(restricted.length >= 25, `${restricted.length} pods are restricted`)
  t.ok(baseline.length - restricted.length >= 25, `${baseline.length} pods keep to the baseline`)
  t.ok(newest.length - baseline.length >= 100, `${newest.length} pods in all`)
})

t.test("pods are judged as Kubernetes' own evaluator judges them, word by word", async t => {
  const differences = verdicts.flatMap(({ pod, minor, verdict }) => {
    const difference = podDifference(pod, minor, verdict)
    return difference === undefined ? [] : [`1.${minor}: ${difference}\n${JSON.stringify(pod)}`]
  })
  t.equal(differences.length, 0, `${verdicts.length} verdicts`)
  for (const each of differences.slice(0, 5)) t.fail(ascii(each))
})

// tap loses a failure whose message has U+2028 in it
const ascii = (text: string): string => text.replace(/[^ -~\n]/g, each => `\\u${each.charCodeAt(0).toString(16)}`)

const SAFE = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' }
}
const podOf = (context: Unknown, spec: Unknown = {}): PodData => ({
  metadata: {},
  spec: { containers: [{ name: 'web', securityContext: { ...SAFE, ...context } }], ...spec }
})
const inWords = (pod: PodData, minor?: number): string => {
  const { level, violations } = podSecurity(pod, minor === undefined ? undefined : versionOf(minor))
  return [level, ...violations.map(each => `${each.level} ${each.id}`)].join(', ')
}

t.test('what a release brought, and who is exempt', async t => {
  const sysctl = (name: string): PodData => podOf({}, { securityContext: { sysctls: [{ name }] } })
  const bare = { allowPrivilegeEscalation: true, capabilities: {}, seccompProfile: null }
  const rows: readonly { name: string; pod: PodData; minor?: number; want: string }[] = [
    { name: 'restricted by default', pod: podOf({}), want: 'restricted' },
    { name: 'an empty pod', pod: { metadata: {}, spec: {} }, want: 'restricted' },
    {
      name: 'no securityContext',
      pod: podOf({ ...bare, runAsNonRoot: null }),
      minor: 7,
      want: 'baseline, restricted runAsNonRoot'
    },
    {
      name: 'no securityContext, later',
      pod: podOf({ ...bare, runAsNonRoot: null }),
      want:
        'baseline, restricted allowPrivilegeEscalation, restricted capabilities_restricted, restricted runAsNonRoot, ' +
        'restricted seccompProfile_restricted'
    },
    { name: 'Windows', pod: podOf(bare, { os: { name: 'windows' } }), want: 'restricted' },
    {
      name: 'Windows before it was exempt',
      pod: podOf(bare, { os: { name: 'windows' } }),
      minor: 24,
      want: 'baseline, restricted allowPrivilegeEscalation, restricted capabilities_restricted, restricted seccompProfile_restricted'
    },
    {
      // validation refuses it before anyone asks for its level
      name: 'a check that overrides another may allow more',
      pod: podOf({ capabilities: { add: ['SYS_ADMIN'] } }, { os: { name: 'windows' } }),
      want: 'restricted, baseline capabilities_baseline'
    },
    {
      name: 'root in a user namespace',
      pod: podOf({ runAsUser: 0, runAsNonRoot: false }, { hostUsers: false }),
      minor: 35,
      want: 'restricted'
    },
    {
      name: 'root in a user namespace, earlier',
      pod: podOf({ runAsUser: 0 }, { hostUsers: false }),
      minor: 34,
      want: 'baseline, restricted runAsUser'
    },
    {
      name: 'the whole of /proc in a user namespace',
      pod: podOf({ procMount: 'Unmasked' }, { hostUsers: false }),
      want: 'baseline, restricted procMount_restricted'
    },
    {
      name: 'hostPath is reported once at each level',
      pod: podOf({}, { volumes: [{ name: 'a', hostPath: { path: '/' } }] }),
      want: 'privileged, baseline hostPathVolumes, restricted restrictedVolumes'
    },
    {
      name: 'what baseline forbids, restricted does too',
      pod: podOf({}, { hostPID: true }),
      want: 'privileged, baseline hostNamespaces, restricted hostNamespaces'
    },
    { name: 'a sysctl of 1.32', pod: sysctl('net.ipv4.tcp_rmem'), minor: 32, want: 'restricted' },
    {
      name: 'a sysctl of 1.32, earlier',
      pod: sysctl('net.ipv4.tcp_rmem'),
      minor: 31,
      want: 'privileged, baseline sysctls, restricted sysctls'
    }
  ]
  for (const { name, pod, minor, want } of rows) t.equal(inWords(pod, minor), want, name)
})

t.test('the defaults that the API server sets are judged when they are asked for', async t => {
  const ports = [{ containerPort: 80 }, { containerPort: 81, hostPort: 9 }, { containerPort: 82, hostPort: 0 }]
  const onHost = { metadata: {}, spec: { hostNetwork: true, containers: [{ name: 'a', ports }] } }
  const portsOf = (pod: PodData): string | undefined =>
    podSecurity(pod).violations.find(({ id }) => id === 'hostPorts')?.detail
  t.equal(portsOf(onHost), 'container "a" uses hostPort 9')
  t.equal(portsOf(defaultedPod(onHost)), 'container "a" uses hostPorts 80, 82, 9')
  t.equal(
    portsOf(defaultedPod({ ...onHost, spec: { ...onHost.spec, hostNetwork: false } })),
    'container "a" uses hostPort 9'
  )
  const volumes = podOf({}, { volumes: [{ name: 'a' }, { name: 'b', emptyDir: null }, null, { secret: {} }] })
  t.equal(inWords(volumes), 'baseline, restricted restrictedVolumes')
  t.equal(inWords(defaultedPod(volumes)), 'restricted')
  const hostPath = podOf({}, { volumes: [{ name: 'a', hostPath: {} }] })
  t.equal(inWords(defaultedPod(hostPath)), inWords(hostPath))
  t.equal(defaultedPod(podOf({}, { volumes: 'none', hostNetwork: true, initContainers: 7 })).spec.volumes, 'none')
})

type Holder = Record<string | number, unknown>
type Place = readonly [holder: Holder, key: string | number]

// every value of a pod, with what holds it
const placesIn = (value: unknown): Place[] => {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Holder // as: a list is read by its numbers
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return keys.flatMap((key): Place[] => [[holder, key], ...placesIn(holder[key])])
}

const WRONG: readonly unknown[] = ['text', '0', 'true', true, false, 7.5, 1, [], ['a'], {}, { type: 'Unconfined' }]
const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'list' : isRecord(value) ? 'mapping' : typeof value === 'number' ? 'number' : typeof value

t.test('a value of a wrong type is as good as none', async t => {
  const dice = diceFrom(5)
  let changed = 0
  for (const { pod } of vectors) {
    const wrong = structuredClone(pod) as { metadata: Unknown; spec: Unknown }
    const absent = structuredClone(wrong)
    const [places, others] = [
      [wrong.metadata, wrong.spec].flatMap(placesIn),
      [absent.metadata, absent.spec].flatMap(placesIn)
    ]
    const typed = [...places.keys()].filter(at => valueOf(places[at]) !== null)
    if (typed.length === 0) continue
    const at = dice.one(typed)
    const [place, other] = [places[at], others[at]]
    if (!place || !other) continue
    const value = dice.one(WRONG.filter(each => kindOf(each) !== kindOf(valueOf(place)) || each === 7.5))
    place[0][place[1]] = value
    if (Array.isArray(other[0])) other[0].splice(Number(other[1]), 1)
    else delete other[0][other[1]]
    const [judged, wanted] = [wrong, absent].map(each => JSON.stringify(podSecurity(each)))
    if (judged !== wanted)
      t.fail(ascii(`${place[1]}: ${JSON.stringify(value)} is judged ${judged}, without it ${wanted}`))
    changed += JSON.stringify(podSecurity(pod)) === wanted ? 0 : 1
  }
  t.ok(changed >= 50, `${changed} of them had mattered`)
})

const valueOf = (place: Place | undefined): unknown => place?.[0][place[1]]

// any data, with the keys that are asked for
const garbage = (dice: Dice, depth: number): unknown => {
  const inner = (): unknown => garbage(dice, depth - 1)
  if (depth === 0 || dice.chance(20)) return dice.one(SCRAPS)
  if (dice.chance(40)) return [inner(), inner()]
  return Object.fromEntries([...dice.several(KEYS, 1, 5).map(key => [key, inner()]), ['__proto__', inner()]])
}
const SCRAPS = [null, '', 'a', 0, -0, 0.5, NaN, 1e300, 10n, true, false, new Date(0), Symbol('a')]
const KEYS = [
  ...[
    'containers',
    'initContainers',
    'volumes',
    'securityContext',
    'name',
    'ports',
    'hostPort',
    'annotations',
    'lifecycle'
  ],
  ...[
    'capabilities',
    'add',
    'drop',
    'seccompProfile',
    'type',
    'seLinuxOptions',
    'sysctls',
    'hostNetwork',
    'preStop',
    'os'
  ]
]

t.test('nothing makes it throw', async t => {
  const dice = diceFrom(11)
  for (let run = 0; run < 400; run++) {
    const [metadata, spec] = [garbage(dice, 6), garbage(dice, 6)]
    if (!isRecord(metadata) || !isRecord(spec)) continue
    podSecurity({ metadata, spec })
    podSecurity(defaultedPod({ metadata, spec }), versionOf(run % 40))
  }
  t.pass('it did not')
})
