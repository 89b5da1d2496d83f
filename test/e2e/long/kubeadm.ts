import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import { readClusterConfig } from '../../../src/kubeadm/cluster-config.ts'
import { DRIFT, driftOf } from '../../../src/kubeadm/drift.ts'
import { editClusterConfig } from '../../../src/kubeadm/edit-cluster-config.ts'
import { extrasOf } from '../../../src/kubeadm/extras.ts'
import { BASE_FLAGS, isOwnVolume } from '../../../src/kubeadm/own-parts.ts'
import { patchFiles } from '../../../src/kubeadm/patch-file.ts'
import { locatePod, type Pod } from '../../../src/pod/pod.ts'
import { parseSource } from '../../../src/text/source.ts'
import type { Unknown } from '../../../src/text/guard.ts'
import { diceFrom } from '../../oracle/dice.ts'
import { configsOf, headOf, type Config, type ConfigVersion } from '../../oracle/kubeadm/configs.ts'
import { FOREIGN_VOLUMES, randomConfig } from '../../oracle/kubeadm/random-config.ts'
import { startKubeadm, type Generated, type Kubeadm } from '../../oracle/kubeadm/kubeadm.ts'
import {
  auditFlagsOf,
  auditPlacesOf,
  comparable,
  dataOf,
  flagNamesOf,
  refusalsOf,
  volumesOf
} from '../../oracle/kubeadm/pods.ts'
import { HAND_MADE, WISHES, withAudit } from '../../oracle/kubeadm/wishes.ts'
import { kubeadmBinary, type KubeadmMinor } from '../fake-kubectl-build.ts'

t.setTimeout(1_800_000)

// kubeadm reads v1beta4 from 1.31 on, and v1beta3 to this day
const KUBEADMS: readonly { readonly minor: KubeadmMinor; readonly version: ConfigVersion }[] = [
  { minor: 29, version: 'v1beta3' },
  { minor: 36, version: 'v1beta3' },
  { minor: 36, version: 'v1beta4' }
]

const podIn = (text: string): Pod => locatePod(parseSource(text, 'kube-apiserver.yaml', 'kubernetes'))
const configIn = (text: string) => readClusterConfig(text, 'kubeadm-config')
const driftsOf = (manifest: string, config: string): string[] =>
  driftOf(podIn(manifest), configIn(config))
    .filter(({ code }) => code === DRIFT)
    .map(({ severity, message }) => `${severity}: ${message}`)

/** A manifest without audit settings: nothing is saved, and what was saved is taken out again. */
const holdsNothing = async (t: Test, kubeadm: Kubeadm, text: string, fresh: string): Promise<void> => {
  t.same(auditFlagsOf(dataOf(fresh)), {}, 'kubeadm itself asks for no audit')
  t.same(patchFiles(extrasOf(podIn(fresh))), [], 'nothing to patch')
  t.equal(editClusterConfig(configIn(text), extrasOf(podIn(fresh))), text, 'nothing to save')
  t.same(driftOf(podIn(fresh), configIn(text)), [], 'no drift at all')
  const saved = editClusterConfig(configIn(text), extrasOf(podIn(withAudit(fresh, { flags: new Map() }))))
  t.not(saved, text)
  t.not(driftsOf(fresh, saved).length, 0, 'kubeadm would bring auditing back')
  const removed = editClusterConfig(configIn(saved), extrasOf(podIn(fresh)))
  t.same(comparable((await kubeadm.podOf(removed)).pod), comparable(dataOf(fresh)), 'taken out')
}

const among = (values: Record<string, string>, wanted: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name in wanted))

/** What kubeadm generates, by each of the two ways to keep a manifest's audit settings, and by both. */
const keep = async (t: Test, kubeadm: Kubeadm, { text, before }: Config, manifest: string): Promise<Unknown[]> => {
  const extras = extrasOf(podIn(manifest))
  const saved = editClusterConfig(configIn(text), extras)
  const patches = patchFiles(extras)
  const ways = {
    saved: (await kubeadm.podOf(saved)).pod,
    'saved and patched': (await kubeadm.podOf(saved, patches)).pod,
    patched: (await kubeadm.podOf(text, patches)).pod
  }
  const running = dataOf(manifest)
  const wanted = { flags: auditFlagsOf(running), places: auditPlacesOf(running), refusals: [], drifts: [] as string[] }
  t.not(Object.keys(wanted.flags).length, 0, 'the manifest has audit settings')
  for (const [way, pod] of Object.entries(ways)) {
    // a patch only adds: settings that kubeadm-config has besides stay
    const isAll = before === undefined || way !== 'patched'
    const [flags, places] = [auditFlagsOf, auditPlacesOf].map(of => (isAll ? of(pod) : among(of(pod), of(running))))
    const drifts = isAll ? driftsOf(stringify(pod), saved) : []
    t.same({ flags, places, refusals: refusalsOf(pod), drifts }, wanted, way)
  }
  t.not(driftsOf(manifest, text).length, 0, 'drift before')
  t.same(driftsOf(manifest, saved), [], 'no drift after')
  t.equal(editClusterConfig(configIn(saved), extras), saved, 'saved once')
  return before === undefined ? Object.values(ways) : [ways.saved, ways['saved and patched']]
}

/** The tables of what kubeadm does by itself, against what it does. */
const knowsOwnParts = async (t: Test, kubeadm: Kubeadm, start: string): Promise<void> => {
  const pods = []
  for (const part of OWN_PARTS) pods.push((await kubeadm.podOf(start + part)).pod)
  // no release that is here has it
  const known = [...BASE_FLAGS].filter(name => name !== 'insecure-port')
  t.same([...new Set(pods.flatMap(flagNamesOf))].sort(), known.sort(), 'flags')
  const volumes = pods.flatMap(volumesOf)
  t.ok(volumes.some(({ name }) => name === 'etcd-certs-0') && volumes.some(({ hostPath }) => hostPath === '/srv/pki'))
  const optional = (await kubeadm.optionalPaths()).map(path => ({
    name: path.slice(1).replaceAll('/', '-'),
    hostPath: path,
    mountPath: path
  }))
  t.ok(optional.length > 3)
  for (const { name, hostPath, mountPath } of [...volumes, ...optional])
    t.ok(isOwnVolume(name, hostPath, mountPath), `${name} of ${hostPath}`)
}

const OWN_PARTS = [
  '',
  'certificatesDir: /srv/pki\n',
  `etcd: {external: {endpoints: ['https://192.0.2.5:2379'], caFile: /srv/etcd/ca.crt, certFile: /srv/etcd/c.crt, keyFile: /srv/etcd/c.key}}\n`
] as const

/** Whatever a configuration looks like: after saving kubeadm takes it, generates what is wanted, and keeps the rest. */
const keepsRest = async (t: Test, kubeadm: Kubeadm, version: ConfigVersion): Promise<void> => {
  const fresh = (await kubeadm.podOf(headOf(version, 'v1.36.0'))).manifest
  const manifests = [
    fresh,
    ...WISHES.map(wish => withAudit(fresh, wish.settings)),
    ...HAND_MADE.map(each => each.edit(fresh))
  ]
  for (let seed = 1; seed <= RANDOM; seed++) {
    const dice = diceFrom(seed)
    const text = randomConfig(dice, version)
    const manifest = dice.one(manifests)
    const before = await kubeadm.podOf(text)
    const saved = editClusterConfig(configIn(text), extrasOf(podIn(manifest)))
    const after = await kubeadm.podOf(saved)
    const seen = {
      flags: auditFlagsOf(after.pod),
      places: auditPlacesOf(after.pod),
      args: otherArgs(after),
      lost: foreignVolumes(before).filter(name => !foreignVolumes(after).includes(name)),
      drifts: driftsOf(manifest, saved)
    }
    const running = dataOf(manifest)
    const wanted = {
      flags: auditFlagsOf(running),
      places: auditPlacesOf(running),
      args: otherArgs(before),
      lost: [],
      drifts: []
    }
    t.same(seen, wanted, `seed ${seed}`, { text, saved })
  }
}

const RANDOM = 200

const otherArgs = ({ extraArgs }: Generated): unknown =>
  (extraArgs ?? []).filter(({ Name }) => !/^audit[-_]/.test(Name))

const foreignVolumes = ({ pod }: Generated): string[] =>
  volumesOf(pod)
    .map(({ name, hostPath }) => `${name} ${hostPath}`)
    .filter(name => FOREIGN_VOLUMES.includes(name))

for (const { minor, version } of KUBEADMS) {
  const program = await kubeadmBinary(minor)
  const skip = program === null && 'NEEDS GO'
  t.test(`kubeadm 1.${minor}, ${version}`, { skip }, async t => {
    const kubeadm = startKubeadm(program ?? '')
    t.teardown(() => kubeadm.close())
    await t.test("kubeadm's own parts", t => knowsOwnParts(t, kubeadm, headOf(version, `v1.${minor}.0`)))
    // the configurations are of a release that the other kubeadm does not know
    if (minor === 36) await t.test('as people write them', t => keepsRest(t, kubeadm, version))
    for (const config of await configsOf(kubeadm, version, `v1.${minor}.0`)) {
      const fresh = (await kubeadm.podOf(config.before ?? config.text)).manifest
      if (config.before === undefined)
        await t.test(`${config.name}: no audit`, t => holdsNothing(t, kubeadm, config.text, fresh))
      for (const { name, settings } of WISHES) {
        await t.test(`${config.name}: ${name}`, async t => {
          const manifest = withAudit(fresh, settings)
          const pods = await keep(t, kubeadm, config, manifest)
          const running = comparable(dataOf(manifest))
          t.same(
            pods.map(comparable),
            pods.map(() => running),
            "the manifest's pod in all"
          )
        })
      }
      for (const { name, edit } of HAND_MADE)
        await t.test(`${config.name}: ${name}`, t => keep(t, kubeadm, config, edit(fresh)))
    }
  })
}
