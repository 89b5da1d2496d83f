import { absentFact, type PathFacts } from '../../src/facts/path-fact.ts'
import type { Patch } from '../../src/manifest/patch.ts'
import { unpatchManifest } from '../../src/manifest/unpatch.ts'
import { hostPath } from '../../src/paths.ts'
import { planDisable } from '../../src/plan/disable.ts'
import { type EnableInput, planEnable, type Wish, wishOf } from '../../src/plan/enable.ts'
import type { Plan } from '../../src/plan/change.ts'
import type { ManifestChange } from '../../src/manifest/change.ts'
import { locatePod, type Pod } from '../../src/pod/pod.ts'
import { POLICY_TEMPLATES } from '../../src/policy/templates.generated.ts'
import { planJson } from '../../src/render/json.ts'
import { paintFor } from '../../src/render/paint.ts'
import { planLines } from '../../src/render/plan.ts'
import { decodeText, parseSource } from '../../src/text/source.ts'
import { checkPromises, isAccepted, readPlain } from '../fixtures/manifest/promises.ts'
import { randomSettings } from '../fixtures/manifest/random-manifest.ts'
import { type Dice, must, type Verdict } from './kind.ts'
import { mustBeListed } from './listed-changes.ts'
import { mustBeSeemly, mustTellPlace } from './printed.ts'
import type { Probe } from './probe.ts'

const FILE = 'kube-apiserver.yaml'
/** The plain reader compares each line with every other. */
const LONG = 50_000
const OWNER = { mode: 0o600, uid: 0, gid: 0 }
const POLICY = { name: 'policy.yaml', text: POLICY_TEMPLATES.baseline.text }
const WEBHOOK = {
  name: 'webhook.yaml',
  text: 'apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: "https://127.0.0.1:9765/x", certificate-authority-data: YQ==}\ncontexts:\n- name: c\n  context: {cluster: a}\ncurrent-context: c\n'
}

interface Asked extends EnableInput {
  /** What lies on the host. */
  readonly facts: (wish: Wish) => PathFacts
}

const factsOf = (wish: Wish): PathFacts => {
  const webhook = wish.wanted.paths.find(({ role }) => role === 'webhook')
  if (!webhook) return new Map()
  const bytes = Buffer.from(WEBHOOK.text)
  return new Map([
    [webhook.host, { ...absentFact(webhook.host), kind: 'file', mode: 0o600, size: bytes.length, bytes }]
  ])
}

/** Plans to enable, again, and to disable for a manifest, and holds what becomes of it against what was promised. */
export const checkManifest = (input: Buffer, dice: Dice, probe: Probe): Verdict => {
  const read = probe.ask('decoding', () => decodeText(input, FILE))
  if ('refused' in read) return mustTellPlace(read.refused, '')
  const text = read.value
  const isThere = dice.chance(85)
  const asked: Asked = {
    settings: randomSettings(dice),
    version: dice.chance(20) ? { major: 1, minor: dice.one([19, 24, 30, 31, 36]) } : undefined,
    policy: dice.chance(30) ? POLICY : undefined,
    fallbackPolicy: POLICY,
    webhook: dice.chance(30) ? WEBHOOK : undefined,
    facts: wish => (isThere ? factsOf(wish) : new Map())
  }
  const planned = probe.ask('planning', () => planOf(text, asked))
  checkRemoval(text, probe)
  if ('refused' in planned) {
    // a fault of the policy that is there has its place in that one
    const isOther = planned.refused.path?.startsWith('/') === true && !planned.refused.path.endsWith(FILE)
    return mustTellPlace(planned.refused, isOther ? '' : text)
  }
  const { plan, wish } = planned.value
  const after = textAfter(plan, text)
  must(Buffer.from(after).toString() === after, 'half of a surrogate pair is left')
  mustBeListed(readPlain(text), readPlain(after), indexOf(wish), ofManifest(plan))
  mustBeWhole(text, after, plan)
  const again = probe.demand('planning again', () => planOf(after, asked))
  must(ofManifest(again.plan).length === 0, () => `planned again: ${JSON.stringify(ofManifest(again.plan))}`)
  must(textAfter(again.plan, after) === after, 'planned again, the text is another')
  mustBeSeemly(probe.demand('rendering', () => planLines(plan, paintFor(false), 100)).join('\n'))
  probe.demand('JSON', () => JSON.stringify(planJson(plan)))
  // what is tagged or anchored already may stand in the way of removal
  if (dice.chance(50) && text.length < LONG && !/(^|[-:,[{\s])[!&]/.test(text))
    checkPromises(text, asked.settings, dice.chance(30))
  else mustComeBack(text, wish, plan)
  return 'accepted'
}

const planOf = (text: string, asked: Asked): { wish: Wish; plan: Plan } => {
  const wish = wishOf(FILE, text, asked)
  const manifest = {
    path: hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml'),
    bytes: Buffer.from(text),
    text,
    owner: OWNER
  }
  return { wish, plan: planEnable(manifest, wish, asked, asked.facts(wish)) }
}

const textAfter = ({ files }: Plan, before: string): string => {
  const file = files.find(({ role }) => role === 'manifest')
  return file?.after ? Buffer.from(file.after.bytes).toString('utf8') : before
}

const ofManifest = ({ changes, manifest }: Plan): readonly ManifestChange[] =>
  changes.filter(({ file }) => file === manifest) as ManifestChange[] // those of the manifest are of its kinds

const indexOf = ({ pod }: Wish): number => Number(pod.containerPath.at(-1))

/** Of a plan that only adds every line stays, byte for byte, but for those where a list or a null is filled. */
const mustBeWhole = (before: string, after: string, plan: Plan): void => {
  if (!ofManifest(plan).every(change => change.before === null)) return
  // where both kinds of line breaks stand, what is put in front of one may bring the other
  const now = after.split(/\r?\n/)
  const isFlow = /[[{]/.test(before)
  let next = 0
  const lines = before.split(/\r?\n/)
  for (const [row, line] of lines.entries()) {
    // where lists and mappings are in flow style, or not there, a line is filled
    if (/[[\]{}~]|null|^[\s,]*$/i.test(line)) continue
    // the last item of a list in brackets gets a comma and more, and then its comment
    const bare = line.replace(/([^\s,])[\s,]+(#.*)?$/, '$1')
    const isLine = (each: string): boolean => each === line || (isFlow && each.startsWith(bare))
    let at = next
    while (at < now.length && !isLine(now[at] ?? '')) at += 1
    must(at < now.length, () => `the line ${row + 1} is lost or changed: ${JSON.stringify(line.slice(0, 200))}`)
    next = at + 1
  }
}

const checkRemoval = (text: string, probe: Probe): void => {
  const removed = probe.ask('removal', (): { pod: Pod; patch: Patch } => {
    const pod = locatePod(parseSource(text, FILE, 'kubernetes'))
    return { pod, patch: unpatchManifest(pod) }
  })
  if ('refused' in removed) return void mustTellPlace(removed.refused, text)
  const { pod: before, patch } = removed.value
  mustBeListed(readPlain(text), readPlain(patch.text), Number(before.containerPath.at(-1)), patch.changes)
  // a container that was known by its audit flags alone is not known without them
  if (before.command.flags.every(({ name }) => name.startsWith('audit-'))) return
  const pod = locatePod(patch.source)
  must(
    ![...pod.annotations.keys()].some(key => /^auditpatch\/(policy|webhook)-sha256$/.test(key)),
    'a note of ours is left'
  )
  const plan = probe.ask('planning removal', () => {
    const pod = locatePod(parseSource(text, FILE, 'kubernetes'))
    const manifest = { path: hostPath(`/${FILE}`), bytes: Buffer.from(text), text, owner: OWNER }
    return planDisable(manifest, pod, [], new Map())
  })
  if ('value' in plan) mustBeSeemly(planLines(plan.value, paintFor(false), 80).join('\n'))
}

/** What is switched on and off again is as it was, byte for byte, where nothing was on before and lists were only added to. */
const mustComeBack = (text: string, wish: Wish, plan: Plan): void => {
  const isFresh =
    !wish.pod.command.flags.some(({ name }) => name.startsWith('audit-')) &&
    ![...wish.pod.annotations.keys()].some(key => key.startsWith('auditpatch/'))
  if (!isFresh || !ofManifest(plan).every(change => change.before === null) || !isAccepted(readPlain(text))) return
  const after = unpatchManifest(locatePod(parseSource(textAfter(plan, text), FILE, 'kubernetes')))
  must(after.text === text, () => `removal gives other bytes:\n${after.text.slice(0, 2000)}`)
}
