import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { decodePolicy } from '../src/policy/decode.ts'
import type { Policy } from '../src/policy/policy.ts'
import { type FuzzLine, fuzzLines } from './logs/fuzz-lines.ts'
import { json, run } from './fake-cli.ts'
import { logOf, rawEvent, type RawEvent } from './fake-log.ts'
import { logLines } from './logs/generate-log.ts'
import { plainLines, readPlainLine } from './logs/plain-reading.ts'
import { type PlainReplay, replayPlain } from './logs/plain-replay.ts'

const IS_LONG = process.env['AUDITPATCH_LONG'] !== undefined
const ORDINARY = IS_LONG ? 60_000 : 1500
const HARD = IS_LONG ? 20_000 : 300

const POLICIES = [
  join(import.meta.dirname, 'bench/log-policy.yaml'),
  ...readdirSync(join(import.meta.dirname, '../templates/policies')).map(name =>
    join(import.meta.dirname, '../templates/policies', name)
  )
]

interface Told {
  readonly events: number
  readonly bytes: number
  readonly keptEvents: number
  readonly keptBytes: number
}

/** What a replay says of one policy. */
interface Replay extends Told {
  readonly rules: readonly (Told & { readonly index: number; readonly line: number; readonly level: string })[]
  readonly unmatched: Pick<Told, 'events' | 'bytes'>
  readonly kept: Pick<Told, 'events' | 'bytes'>
  readonly levels: { readonly raised: number }
  readonly estimated: { readonly bytes: number }
  readonly perDay: Readonly<Record<string, Told>>
  readonly badLines: number
}

const policyOf = (file: string): Policy => {
  const { policy } = decodePolicy(readFileSync(file, 'utf8'), file, { major: 1, minor: 36 })
  if (policy === null) throw new Error(`${file}: no policy`)
  return policy
}

/** Holds what is counted against the plain way; what is estimated of bodies that the log lacks is on top. */
const holds = (t: Test, told: Replay, plain: PlainReplay, bad: number, name: string): void => {
  const pick = ({ events, bytes }: Pick<Told, 'events' | 'bytes'>) => ({ events, bytes })
  t.same(pick(told), pick(plain), `${name}: events and bytes`)
  t.equal(told.badLines, bad, `${name}: bad lines`)
  t.same(told.unmatched, plain.unmatched, `${name}: unmatched`)
  const counted = ({ index, line, level, events, bytes, keptEvents }: Omit<Replay['rules'][number], 'keptBytes'>) =>
    [index, line, level, events, bytes, keptEvents].join()
  t.same(told.rules.map(counted), plain.rules.map(counted), `${name}: by rule`)
  const added = told.rules.map(({ keptBytes }, index) => keptBytes - (plain.rules[index]?.keptBytes ?? 0))
  const isRaised = added.filter((_, index) => (plain.rules[index]?.raised ?? 0) === 0)
  t.ok(isRaised.every(each => each === 0) && added.every(each => each >= 0), `${name}: kept bytes by rule`, { added })
  t.same(told.kept, { ...plain.kept, bytes: plain.kept.bytes + told.estimated.bytes }, `${name}: kept`)
  t.equal(
    added.reduce((sum, each) => sum + each, 0),
    told.estimated.bytes,
    `${name}: what is on top is what is said to be estimated`
  )
  t.equal(
    told.levels.raised,
    plain.rules.reduce((sum, { raised }) => sum + raised, 0),
    `${name}: raised`
  )
  const days = Object.entries(told.perDay).map(([day, { events, bytes, keptEvents }]) => [
    day,
    events,
    bytes,
    keptEvents
  ])
  const plainDays = Object.entries(plain.perDay).map(([day, own]) => [day, own.events, own.bytes, own.kept.events])
  t.same(days, plainDays.filter(([day]) => day !== '').sort(), `${name}: by day`)
}

const take = <T>(count: number, from: Iterator<T>): T[] =>
  Array.from({ length: count }, () => {
    const { value, done } = from.next()
    if (done === true) throw new Error('the generator ended')
    return value
  })

/** Holds the replays of policies over a log against the plain way. */
const replaysTheSame = async (t: Test, log: Buffer, policies: readonly string[]): Promise<void> => {
  const file = join(t.testdir(), 'audit.log')
  writeFileSync(file, log)
  const lines = [...plainLines(log)].map(readPlainLine)
  const bad = lines.reduce((sum, each) => sum + each.bad, 0)
  const events = lines.flatMap(each => each.events)
  for (const policy of policies) {
    const plain = replayPlain(policyOf(policy), events)
    for (const threads of ['1', '2']) {
      const { code, out } = await run(['log', 'replay', '--policy', policy, '--threads', threads, '-o', 'json', file])
      t.equal(code, 0, `${policy}, ${threads} threads`)
      holds(t, JSON.parse(out) as Replay, plain, bad, policy) // as: its schema is held by others
    }
  }
}

const ordinary = take(ORDINARY, logLines(20)).map(line => Buffer.from(line))

t.test('of an ordinary log replay counts what the plain way counts', async t => {
  await replaysTheSame(t, Buffer.concat(ordinary), POLICIES)
})

t.test('and of one with hard lines', async t => {
  // what is damaged within is not told from what is whole, and no server writes an event of level None
  const isFit = ({ bytes, isStrict }: FuzzLine): boolean =>
    !isStrict && readPlainLine(bytes).events.every(({ level }) => level !== 'None')
  const hard = take(HARD, fuzzLines(21))
    .filter(isFit)
    .map(({ bytes }) => bytes)
  // managed fields are found as the API server writes them: without white space, and nowhere else than in its objects
  const isForAny = (file: string): boolean => {
    const { rules, omitManagedFields } = policyOf(file)
    return !omitManagedFields && !rules.some(rule => rule.omitManagedFields === true)
  }
  const log = Buffer.concat([...ordinary.slice(0, 300), ...hard, ...ordinary.slice(300, 400)])
  await replaysTheSame(t, log, POLICIES.filter(isForAny))
})

const policyText = (...rules: readonly string[]): string =>
  `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rules.map(rule => `- ${rule}\n`).join('')}`

const ALL = policyText('level: RequestResponse')
const FEW = policyText('{level: None, verbs: [get]}', '{level: Metadata, users: [nobody]}', 'level: Metadata')

const CONFIGMAPS = '/api/v1/namespaces/prod/configmaps'
const created = (more: Parameters<typeof rawEvent>[0] = {}): RawEvent =>
  rawEvent({ verb: 'create', requestURI: CONFIGMAPS, ...more })
const later = { stageTimestamp: '2026-11-22T22:00:00.000000Z' }

// two get and one create within twelve hours
const LOG = logOf([
  rawEvent(),
  created(),
  rawEvent({ ...later, user: { username: 'system:serviceaccount:a-long-namespace:a-long-name-of-an-account' } })
])

const sizeOf = (text: string): number => Buffer.byteLength(text)
const LONGER = 'RequestResponse'.length - 'Metadata'.length
const MIB = 1024 * 1024

const filesIn = (t: Test, files: Readonly<Record<string, string>>) => {
  const dir = t.testdir({
    'all.yaml': ALL,
    'nothing.yaml': policyText('level: None'),
    'few.yaml': FEW,
    'audit.log': LOG,
    ...files
  })
  return (name: string): string => join(dir, name)
}

const replaying = (policy: string, ...more: readonly string[]): string[] => [
  'log',
  'replay',
  '--policy',
  policy,
  ...more
]

t.test('JSON keeps its schema', async t => {
  const at = filesIn(t, { 'bad.log': `bad\n${LOG}{"level":`, 'one.log': logOf([created({ level: 'Request' })]) })
  const one = await json(t, replaying(at('few.yaml'), at('audit.log')))
  t.match(one.value, {
    kind: 'Replay',
    policy: at('few.yaml'),
    events: 3,
    rules: [
      { index: 0, line: 4, level: 'None', events: 2, keptEvents: 0, keptBytes: 0 },
      { index: 1, line: 5, level: 'Metadata', events: 0 },
      { index: 2, line: 6, level: 'Metadata', events: 1, keptEvents: 1 }
    ],
    kept: { events: 1 },
    levels: { same: 1, lowered: 0, raised: 0 },
    first: '2026-11-22T10:00:00.004000Z',
    last: '2026-11-22T22:00:00.000000Z',
    perHour: { '2026-11-22T10': { events: 2, keptEvents: 1 }, '2026-11-22T22': { events: 1, keptEvents: 0 } },
    neverMatched: [1],
    badLines: 0,
    findings: []
  })
  t.notOk('against' in one.value || 'differences' in one.value)
  const two = await json(t, replaying(at('few.yaml'), '--against', at('all.yaml'), at('audit.log')))
  // what is said of the second policy is on top
  const { against, differences, findings, ...first } = two.value
  const { findings: ofOne, ...onlyOne } = one.value
  t.same(first, onlyOne, 'the first of two policies is told of as if it were alone')
  t.match(findings, ofOne)
  t.match(against, { policy: at('all.yaml'), kept: { events: 3 }, levels: { raised: 3 } })
  t.same(differences, {
    onlyPolicy: { events: 0, bytes: 0 },
    // each has the longer name of its level
    onlyAgainst: { events: 2, bytes: sizeOf(LOG) - sizeOf(logOf([created()])) + 2 * LONGER }
  })
  const bad = await json(t, replaying(at('few.yaml'), at('bad.log')))
  t.match(bad.value, {
    events: 3,
    badLines: 2,
    findings: [
      { code: 'bad-log-line', severity: 'warning', file: at('bad.log'), line: 1 },
      { code: 'log-line-cut', severity: 'info', line: 5 }
    ]
  })
  const alone = await json(t, replaying(at('few.yaml'), at('one.log')))
  t.match(alone.value, { bytesPerDay: null, retentionDays: null, diskBytes: 1100 * MIB }, 'no time passes')
  t.equal(alone.value['first'], alone.value['last'])
})

t.test('how far back a log reaches, and what it takes', async t => {
  const dayLater = { stageTimestamp: '2026-11-23T10:00:00.004000Z' }
  const rest = MIB - sizeOf(logOf([created({ userAgent: '' }), created(dayLater)]))
  // a MiB in a day
  const log = logOf([created({ userAgent: 'x'.repeat(rest) }), created(dayLater)])
  const at = filesIn(t, { 'day.log': log, 'short.log': logOf([created(), created()]) })
  // MiB, and days; null is no limit
  const rows: readonly {
    maxage: number
    maxbackup: number
    maxsize: number
    days: number | null
    disk: number | null
  }[] = [
    { maxage: 0, maxbackup: 0, maxsize: 0, days: null, disk: null },
    { maxage: 0, maxbackup: 0, maxsize: 1, days: null, disk: null },
    { maxage: 0, maxbackup: 3, maxsize: 0, days: null, disk: null },
    { maxage: 0, maxbackup: 3, maxsize: 1, days: 4, disk: 4 },
    { maxage: 5, maxbackup: 0, maxsize: 0, days: null, disk: null },
    // the file that is written is not removed for its age
    { maxage: 5, maxbackup: 0, maxsize: 1, days: 5, disk: 6 },
    { maxage: 5, maxbackup: 3, maxsize: 0, days: null, disk: null },
    { maxage: 5, maxbackup: 3, maxsize: 1, days: 4, disk: 4 },
    { maxage: 2, maxbackup: 3, maxsize: 1, days: 2, disk: 3 }
  ]
  for (const { maxage, maxbackup, maxsize, days, disk } of rows) {
    const flags = [`--log-maxage=${maxage}`, `--log-maxbackup=${maxbackup}`, `--log-maxsize=${maxsize}`]
    const { value } = await json(t, replaying(at('few.yaml'), ...flags, at('day.log')))
    const { bytesPerDay, retentionDays, diskBytes, rotation } = value
    t.same(rotation, { maxage, maxbackup, maxsize })
    t.equal(bytesPerDay, MIB)
    t.equal(retentionDays, days, `${flags.join(' ')}: days`)
    t.equal(diskBytes, disk === null ? null : disk * MIB, `${flags.join(' ')}: disk`)
    const short = await json(t, replaying(at('few.yaml'), ...flags, at('short.log')))
    t.match(short.value, {
      bytesPerDay: null,
      retentionDays: null,
      diskBytes: maxsize > 0 && maxbackup > 0 ? (maxbackup + 1) * maxsize * MIB : null
    })
  }
  const nothing = await json(t, replaying(at('nothing.yaml'), '--log-maxage=0', at('day.log')))
  t.match(nothing.value, { kept: { events: 0 }, bytesPerDay: 0, retentionDays: null, diskBytes: 0 })
  const old = replaying(at('few.yaml'), '--kubernetes-version=1.35', '--log-maxsize=0', at('day.log'))
  t.match((await json(t, old)).value, { rotation: { maxsize: 100 } }, 'before 1.36 a size of 0 was 100 MiB')
})

t.test('bodies that the log lacks are estimated from like events', async t => {
  const known = [
    // ,"requestObject":{"a":1} has 24 bytes and ,"responseObject":{"b":"22"} has 28
    created({ level: 'RequestResponse', requestObject: { a: 1 }, responseObject: { b: '22' } }),
    // 26 and 30: in the mean 25 and 29
    created({ level: 'RequestResponse', requestObject: { a: 123 }, responseObject: { b: '4444' } })
  ]
  const half = created({ level: 'Request', requestObject: { a: 12 } })
  const rows: readonly { name: string; events: readonly RawEvent[]; level: string; raised: number; want: unknown }[] = [
    { name: 'both', events: [created()], level: 'RequestResponse', raised: 1, want: [1, 54, 0] },
    { name: 'what was sent', events: [created()], level: 'Request', raised: 1, want: [1, 25, 0] },
    { name: 'the answer', events: [half], level: 'RequestResponse', raised: 1, want: [1, 29, 0] },
    { name: 'three', events: [created(), created(), half], level: 'RequestResponse', raised: 3, want: [3, 137, 0] },
    {
      name: 'no like event',
      events: [created({ requestURI: '/api/v1/namespaces/prod/pods' }), created({ verb: 'delete' })],
      level: 'RequestResponse',
      raised: 2,
      want: [0, 0, 2]
    },
    {
      name: 'a stage without bodies',
      events: [created({ stage: 'RequestReceived' }), created({ stage: 'ResponseStarted' })],
      level: 'RequestResponse',
      raised: 2,
      want: [0, 0, 0]
    },
    {
      name: 'nothing is sent to read',
      events: ['get', 'list', 'watch'].map(verb => rawEvent({ verb, requestURI: CONFIGMAPS })),
      level: 'Request',
      raised: 3,
      want: [0, 0, 0]
    },
    {
      name: 'the answer of a watch is not recorded',
      events: [rawEvent({ verb: 'watch', requestURI: CONFIGMAPS }), rawEvent({ verb: 'list', requestURI: CONFIGMAPS })],
      level: 'RequestResponse',
      raised: 2,
      want: [0, 0, 1]
    },
    {
      name: 'a path has no bodies',
      events: [rawEvent({ requestURI: '/version' })],
      level: 'Request',
      raised: 1,
      want: [0, 0, 0]
    }
  ]
  for (const { name, events, level, raised, want } of rows) {
    const log = logOf([...known, ...events])
    const at = filesIn(t, { 'known.log': log, 'level.yaml': policyText(`level: ${level}`) })
    const { value } = await json(t, replaying(at('level.yaml'), at('known.log')))
    const { levels, estimated, kept } = value as unknown as Replay & { levels: unknown } // as: its schema is held above
    t.match(levels, { raised }, `${name}: raised`)
    t.same(Object.values(estimated), want, `${name}: estimated`)
    // as it was recorded, with the names of levels, without what is not kept
    const recorded = logOf([...known, ...events].map(event => ({ ...event, level, ...droppedAt(level) })))
    t.equal(kept.bytes, sizeOf(recorded) + estimated.bytes, `${name}: bytes`)
  }
})

const droppedAt = (level: string): Partial<RawEvent> => (level === 'Request' ? { responseObject: undefined } : {})

const ONE = `The log: 3 events, 1.25 KiB from 2026-11-22 10:00:00 to 2026-11-22 22:00:00 UTC
(12 h)

                      few.yaml
events kept           1 (33.3 %)
bytes kept            421 B (32.9 %)
a day                 842 B
busiest hour          421 B, 11-22 10:00
the log reaches back  30 days, its maxage
disk needed           100 MiB
(100 MiB a file, 10 rotated files, 30 days: --log-maxsize, --log-maxbackup,
--log-maxage)

rule      line  level     events  bytes  kept  kept bytes
rules[0]     4  None           2  857 B     -           -
rules[1]     5  Metadata       0    0 B     -           -
rules[2]     6  Metadata       1  421 B     1       421 B
matched by no event of this log: rules[1]

loudest users kept  events  bytes  share
alice                    1  421 B  100 %

loudest resources kept  events  bytes  share
configmaps                   1  421 B  100 %

What the log cannot show
- requests that its own policy did not record: a policy that keeps more may keep
  more than this

warning: the line is no JSON: it begins with "bad" (byte 1278); it is not
  counted
  bad.log:4 [bad-log-line]
`

const TWO = `The log: 3 events, 1.25 KiB from 2026-11-22 10:00:00 to 2026-11-22 22:00:00 UTC
(12 h)

                        all.yaml             few.yaml
events kept             3 (100 %)            1 (33.3 %)
bytes kept              1.27 KiB (101.6 %)   421 B (32.9 %)
a day                   2.54 KiB             842 B
busiest hour            851 B, 11-22 10:00   421 B, 11-22 10:00
the log reaches back    30 days, its maxage  30 days, its maxage
disk needed             100 MiB              100 MiB
kept by this one alone  2, 871 B             0, 0 B
(100 MiB a file, 10 rotated files, 30 days: --log-maxsize, --log-maxbackup,
--log-maxage)

all.yaml
rule      line  level            events     bytes  kept  kept bytes
rules[0]     4  RequestResponse       3  1.25 KiB     3    1.27 KiB

few.yaml
rule      line  level     events  bytes  kept  kept bytes
rules[0]     4  None           2  857 B     -           -
rules[1]     5  Metadata       0    0 B     -           -
rules[2]     6  Metadata       1  421 B     1       421 B
matched by no event of this log: rules[1]

loudest users kept by all.yaml                             events  bytes   share
alice                                                           2  851 B  65.5 %
...viceaccount:a-long-namespace:a-long-name-of-an-account       1  448 B  34.5 %

loudest resources kept by all.yaml  events  bytes   share
pods                                     2  871 B  67.1 %
configmaps                               1  428 B  32.9 %

What the log cannot show
- requests that its own policy did not record: a policy that keeps more may keep
  more than this
- all.yaml: 3 events are recorded below the level that the policy gives them
- all.yaml: for the bodies of 3 events there is no like event: they come on top
  of these figures
`

// what lint has to say of a policy is tried elsewhere
const LINT = /\n*(?:warning|note): (?:a|\d+) warnings? about this policy[^]*?policy lint \S+$/gm

t.test('on a screen of 80 columns', async t => {
  const name = 'a-policy-with-a-name-that-is-longer-than-what-there-is-room-for-beside-another-one.yaml'
  const at = filesIn(t, { [name]: FEW, 'bad.log': `${LOG}bad\n` })
  const shown = async (...argv: readonly string[]): Promise<string> => {
    const { code, out } = await run(argv, { width: 80, isOutTerminal: true, env: { NO_COLOR: '1' } })
    t.equal(code, 0)
    const wide = out
      .replace(LINT, '')
      .split('\n')
      .filter(line => line.length > 80 && !/^ *(?:auditpatch policy lint )?\/|bad.log/.test(line))
    t.same(wide, [], `${argv.join(' ')}: no line is wider`)
    return out.replaceAll(/\S*\/(?=[\w.-]+\.(yaml|log))/g, '').replace(LINT, '')
  }
  const before = process.cwd()
  t.teardown(() => process.chdir(before))
  process.chdir(at('.'))
  t.equal(await shown(...replaying('few.yaml', 'bad.log')), ONE)
  t.equal(await shown(...replaying('all.yaml', '--against', 'few.yaml', 'audit.log')), TWO)
  await shown(...replaying(at(name), '--against', at('all.yaml'), at('audit.log')))
  const { out } = await run(replaying(at('all.yaml'), '--against', at(name), at('audit.log')), { width: 80 })
  t.match(out, /^system:serviceaccount:a-long-namespace:a-long-name-of-an-account /m, 'a program gets it whole')
  t.equal(out.match(/\.\.\./g), null)
  await shown(...replaying(at(name), '--log-maxage=0', '--log-maxsize=0', '--log-maxbackup=0', at('audit.log')))
})

t.test('what is refused', async t => {
  const at = filesIn(t, { 'none.log': 'x\n{}\n', 'empty.log': '' })
  const log = at('audit.log')
  const rows: readonly { argv: readonly string[]; code: number; says: RegExp; error?: string }[] = [
    { argv: ['log', 'replay', log], code: 2, says: /--policy: the policy to replay the log with is wanted/ },
    { argv: replaying(at('all.yaml')), code: 2, says: /1 wanted, 0 found/ },
    { argv: replaying('-', '-'), code: 2, says: /standard input \(-\) can be read only once/ },
    {
      argv: replaying('a.yaml', '--policy', 'b.yaml', log),
      code: 2,
      says: /--policy: one is wanted, found "a.yaml" and "b.yaml"; is --against b.yaml meant\?/
    },
    { argv: replaying('-', '--against', '-', log), code: 2, says: /standard input \(-\) can be read only once/ },
    { argv: replaying(at('all.yaml'), at('none.log')), code: 3, says: /none\.log:1:1: .* holds no audit event/ },
    {
      argv: replaying(at('all.yaml'), at('missing.log')),
      code: 3,
      says: /missing\.log cannot be read|missing\.log.* not there/
    },
    { argv: replaying(at('missing.yaml'), log), code: 3, says: /missing\.yaml cannot be read/ },
    { argv: replaying(log, log), code: 3, says: /audit\.log:\d+:\d+: .*\nnext: correct the policy/ },
    { argv: replaying(at('all.yaml'), '--against', log, log), code: 3, says: /audit\.log:\d+:\d+: / }
  ]
  for (const { argv, code, says } of rows) {
    const { code: own, out, err } = await run(argv)
    t.equal(own, code, `${argv.join(' ')}: exit code`)
    t.match(err, says)
    t.equal(out, '')
    t.match(await json(t, argv), { code, value: { kind: 'Error' } })
  }
  t.match((await json(t, replaying(at('all.yaml'), at('none.log')))).value, {
    code: 'BAD_EVENT',
    findings: [
      { code: 'bad-log-line', line: 1 },
      { code: 'bad-log-line', line: 2 }
    ]
  })
  t.match((await json(t, replaying(at('all.yaml'), at('empty.log')))).value, { events: 0, kept: { events: 0 } })
  const piped = await json(t, replaying('-', log), { input: () => [Buffer.from(FEW)] })
  t.match(piped.value, { policy: 'standard input', events: 3 }, 'a policy from a pipe')
})
