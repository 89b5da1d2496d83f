import fs from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import type { AuditFlagName } from '../src/audit/flags.ts'
import type { AuditSettings } from '../src/audit/wanted.ts'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import { unpatchManifest } from '../src/manifest/unpatch.ts'
import { formatKeepNote, parseKeepNote } from '../src/manifest/keep-note.ts'
import { containerPath, hostPath } from '../src/paths.ts'
import { CASES } from './fixtures/manifest/cases.ts'
import { corpusOf } from './fixtures/manifest/corpus.ts'
import { choices, diceOf } from './fixtures/manifest/dice.ts'
import { mutationsOf } from './fixtures/manifest/mutations.ts'
import { checkPromises, patched, podOf } from './fixtures/manifest/promises.ts'
import { randomManifest, randomSettings } from './fixtures/manifest/random-manifest.ts'

const RUNS = Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 80)
const SEEDS = [20260101, 7]
const fixture = (name: string): string =>
  fs.readFileSync(new URL(`./fixtures/manifest/${name}.yaml`, import.meta.url), 'utf8')

t.test('golden pairs', async t => {
  for (const { name, settings } of CASES) {
    const text = fixture(`${name}.in`)
    const want = fixture(`${name}.want`)
    t.equal(patched(text, settings), want, name)
    t.equal(patched(want, settings), want, `${name}, again`)
    t.doesNotThrow(() => checkPromises(text, settings), `${name}, promises`)
  }
})

t.test('golden pairs with other line ends', async t => {
  const dos = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n')
  for (const { name, settings } of CASES) {
    const [text, want] = [fixture(`${name}.in`), fixture(`${name}.want`)]
    if (name === 'mixed-eol') continue
    t.equal(patched(dos(text), settings), dos(want), `${name} with CRLF`)
    if (name === 'bom') continue
    t.equal(patched(`\uFEFF${text}`, settings), `\uFEFF${want}`, `${name} with a byte order mark`)
  }
})

t.test('removal gives the old bytes back', async t => {
  const fresh = CASES.filter(({ name }) => !/--audit[-_]/.test(fixture(`${name}.in`).replaceAll(/#.*/g, '')))
  t.ok(fresh.length > 25)
  for (const { name, settings } of fresh) {
    const text = fixture(`${name}.in`)
    const there = patched(text, settings)
    t.equal(unpatchManifest(podOf(there)).text, text, name)
    const elsewhere = patched(there, { ...settings, logPath: hostPath('/data/other/events.log') })
    t.equal(unpatchManifest(podOf(elsewhere)).text, text, `${name}, after the log moved`)
  }
})

t.test('a volume whose path is not absolute serves nothing', t => {
  const plain = { flags: new Map() }
  const whole = patched(EXAMPLE_MANIFEST, plain)
  const relative = whole.replace(/path: \/var\/log\/kubernetes\/audit$/m, 'path: audit')
  t.not(relative, whole)
  t.match(patched(relative, plain), /path: \/var\/log\/kubernetes\/audit$/m)
  t.doesNotThrow(() => checkPromises(relative, plain))
  t.end()
})

t.test('the note of what removal leaves', async t => {
  const rows = [
    { name: 'nothing', in: '', want: '' },
    { name: 'all', in: 'mount:/a,volume:b,ours:/c,volumes,volumeMounts=~,annotations=', want: undefined },
    { name: 'a comma in a path', in: 'mount:/a%2Cb%25', want: undefined },
    { name: 'foreign words', in: 'x,mount:/a,volumes=[evil],=', want: 'mount:/a' }
  ]
  for (const { name, in: text, want } of rows) t.equal(formatKeepNote(parseKeepNote(text)), want ?? text, name)
  t.ok(parseKeepNote('mount:/a%2Cb').mounts.has('/a,b'))
})

t.test('random manifests keep every promise', async t => {
  for (const seed of SEEDS) {
    let count = 0
    fc.assert(
      fc.property(choices, numbers => {
        const dice = diceOf(numbers)
        const settings = randomSettings(dice)
        const withNote = dice.chance(30)
        const text = randomManifest(dice, dice.chance(60))
        if (checkPromises(text, settings, withNote).kind === 'patched') count += 1
      }),
      { numRuns: RUNS, seed }
    )
    t.ok(count > RUNS / 2, `seed ${seed}: ${count} of ${RUNS} patched, the others refused`)
  }
})

const settings = (some: Partial<AuditSettings>, flags: [AuditFlagName, string][] = []): AuditSettings => ({
  ...some,
  flags: new Map(flags)
})

const CORPUS_SETTINGS: readonly AuditSettings[] = [
  settings({}),
  settings({ logPath: hostPath('/data/audit/audit.log'), policyPath: hostPath('/srv/policy.yaml') }),
  settings({ installWebhook: true, logPath: '-' }, [['audit-webhook-mode', 'batch']]),
  settings({ containerLogPath: containerPath('/logs/audit.log'), containerPolicyPath: containerPath('/p/policy.yaml') })
]

t.test('real manifests keep every promise, and so do mutations of them', async t => {
  const files = corpusOf(['apiserver', 'apiserver-templated', 'negative'])
  if (files.length === 0) {
    t.comment('SKIPPED: no directory ../shared/corpus')
    return
  }
  const isLong = RUNS > 150
  const counts = { patched: 0, refused: 0, mutations: 0 }
  for (const [index, { file, text }] of files.entries()) {
    // each file with the default settings and one of the others, and with one or two of its mutations; in a long run with all
    const isTurn = (number: number, of: number): boolean => isLong || index % of === number % of
    for (const [number, some] of CORPUS_SETTINGS.entries()) {
      if (number > 0 && !isTurn(number, 3)) continue
      let kind: string | undefined
      t.doesNotThrow(() => (kind = checkPromises(text, some).kind), file)
      if (kind === 'patched' || kind === 'refused') counts[kind] += 1
    }
    for (const [number, mutation] of mutationsOf(text).entries()) {
      if (!isTurn(number, 8)) continue
      counts.mutations += 1
      t.doesNotThrow(() => checkPromises(mutation.text, settings({})), `${file}, ${mutation.name}`)
    }
  }
  t.comment(
    `${files.length} real manifests: ${counts.patched} times patched, ${counts.refused} refused; ${counts.mutations} mutations`
  )
})
