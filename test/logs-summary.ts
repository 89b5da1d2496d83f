import fc from 'fast-check'
import fs from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { requestOfEvent } from '../src/audit/event-request.ts'
import { auditLog } from '../src/drills/log/events.ts'
import { impersonationOf } from '../src/drills/log/impersonation.ts'
import { beginLog } from '../src/drills/log/node.ts'
import { probingOf } from '../src/drills/log/probing.ts'
import { everydayTraffic } from '../src/drills/log/traffic.ts'
import { pickFor } from '../src/drills/pick.ts'
import { type Summary, summaryOf } from '../src/logs/summary.ts'
import { summaryCounter } from '../src/logs/summary-counter.ts'
import { factsByValue } from '../src/logs/summary-facts.ts'
import { mergeSummaries, type SummaryPart } from '../src/logs/summary-part.ts'
import { TABLES, type TableName } from '../src/logs/summary-tables.ts'
import { MOST_STRETCHES, momentText, timelineOf, timeReader } from '../src/logs/summary-time.ts'
import { decodePolicy } from '../src/policy/decode.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { logSummaryHtml } from '../src/render/log-summary-html.ts'
import { logSummaryLines } from '../src/render/log-summary.ts'
import { paintFor } from '../src/render/paint.ts'
import type { Screen } from '../src/render/screen.ts'
import { everyKindWasTried, json, run } from './fake-cli.ts'
import { logOf, type RawEvent, rawEvent, takeLog } from './fake-log.ts'

const RUNS = Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 150)
const CORPUS = fileURLToPath(new URL('../../shared/corpus', import.meta.url))

const { policy } = decodePolicy(POLICY_TEMPLATES.baseline.text, 'baseline', { major: 1, minor: 36 })
if (policy === null) throw new Error('the baseline is no policy')
const decide = (request: Parameters<typeof evaluate>[1]) => evaluate(policy, request)

const partOf = async (text: string, kept?: number): Promise<SummaryPart> => {
  const { take, result } = summaryCounter(kept === undefined ? { decide } : { decide, kept })
  await takeLog(text, take)
  return result()
}

const summaryOfEvents = async (...events: readonly RawEvent[]): Promise<Summary> =>
  summaryOf(await partOf(logOf(events)), { top: 100, rules: policy.rules })

/** A cluster's day with somebody who probes and somebody who acts in another's name. */
const madeLog = (seed: number): string => {
  const { scene, policy: own } = beginLog(pickFor('f01', seed), { hasReceived: true })
  const { prober, refused, granted, stubborn } = probingOf(scene)
  t.ok(prober.user.username)
  const { deed, decoys } = impersonationOf(scene)
  return auditLog(
    [...everydayTraffic(scene), ...refused, ...granted, ...stubborn, deed, ...Object.values(decoys)],
    own,
    scene.cluster.salt
  )
}

// counted again from the text alone, by the fields of the event and not by the code that is tested
const naive = (text: string) => {
  const lines = text.split('\n').filter(line => line !== '')
  const events = lines.map(line => ({ event: JSON.parse(line) as RawEvent, size: Buffer.byteLength(line) + 1 }))
  const answered = events.filter(
    ({ event: { stage, responseStatus } }) =>
      stage === 'ResponseComplete' || stage === 'Panic' || (stage === 'ResponseStarted' && responseStatus?.code === 401)
  )
  const code = (event: RawEvent): number => event.responseStatus?.code ?? 0
  const ref = (event: RawEvent, key: string): string => event.objectRef?.[key] ?? ''
  const isResource = (event: RawEvent): boolean => event.objectRef !== undefined
  const resource = (event: RawEvent): string =>
    ref(event, 'subresource') === '' ? ref(event, 'resource') : `${ref(event, 'resource')}/${ref(event, 'subresource')}`
  const what = (event: RawEvent): string =>
    isResource(event) ? resource(event) : decodeURIComponent(event.requestURI.replace(/\?.*/s, ''))
  const isDenied = (event: RawEvent): boolean =>
    code(event) === 403 || event.annotations?.['authorization.k8s.io/decision'] === 'forbid'
  const isOk = (event: RawEvent): boolean => code(event) === 101 || Math.floor(code(event) / 100) === 2
  const user = (event: RawEvent): string | null => event.user.username ?? null
  const group = (event: RawEvent): string => ref(event, 'apiGroup')
  const some = (is: (event: RawEvent) => boolean, columns: (event: RawEvent) => readonly unknown[]) => {
    const rows = new Map<string, { requests: number; bytes: number; denied: number; failed: number }>()
    for (const { event, size } of answered.filter(each => is(each.event))) {
      const key = JSON.stringify(columns(event))
      const row = rows.get(key) ?? { requests: 0, bytes: 0, denied: 0, failed: 0 }
      rows.set(key, row)
      row.requests += 1
      row.bytes += size
      row.denied += Number(isDenied(event))
      row.failed += Number(code(event) >= 500)
    }
    return rows
  }
  const always = (): boolean => true
  const isSecret = (event: RawEvent): boolean => resource(event) === 'secrets' && group(event) === ''
  return {
    events: events.length,
    requests: answered.length,
    bytes: events.reduce((sum, { size }) => sum + size, 0),
    first: events.map(({ event }) => event.stageTimestamp ?? '').sort()[0],
    last: events
      .map(({ event }) => event.stageTimestamp ?? '')
      .sort()
      .at(-1),
    rules: events.map(({ event, size }) => ({ rule: decide(requestOfEvent(event)!).rule, size })),
    tables: {
      users: some(always, event => [user(event)]),
      verbs: some(always, event => [event.verb]),
      resources: some(isResource, event => [resource(event), group(event)]),
      paths: some(
        event => !isResource(event),
        event => [what(event)]
      ),
      namespaces: some(
        event => ref(event, 'namespace') !== '',
        event => [ref(event, 'namespace')]
      ),
      userAgents: some(always, event => [event.userAgent ?? '']),
      sources: some(always, event => [event.sourceIPs?.at(-1) ?? '']),
      codes: some(always, event => [code(event)]),
      denied: some(isDenied, event => [
        ...[user(event), event.verb, what(event), group(event), ref(event, 'namespace')],
        event.annotations?.['authorization.k8s.io/decision'] ?? '',
        event.impersonatedUser?.username ?? ''
      ]),
      unauthenticated: some(
        event => code(event) === 401,
        event => [event.sourceIPs?.at(-1) ?? '', event.userAgent ?? '', event.verb, what(event), group(event)]
      ),
      failures: some(
        event => code(event) >= 500,
        event => [code(event), user(event), event.verb, what(event), group(event)]
      ),
      anonymous: some(
        event => user(event) === 'system:anonymous',
        event => [event.verb, what(event), group(event), ref(event, 'namespace'), code(event)]
      ),
      secretReaders: some(
        event => isSecret(event) && ['get', 'list', 'watch'].includes(event.verb) && isOk(event),
        event => [user(event)]
      ),
      impersonation: some(
        event => event.impersonatedUser !== undefined,
        event => [user(event), event.impersonatedUser?.username]
      ),
      changeVerbs: some(
        event =>
          ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(event.verb) &&
          isOk(event) &&
          isResource(event) &&
          !group(event).startsWith('auth') &&
          !['exec', 'attach', 'portforward', 'proxy'].includes(ref(event, 'subresource')) &&
          !event.requestURI.includes('dryRun='),
        event => [event.verb]
      )
    }
  }
}

const holdsAgainstNaive = async (t: Test, text: string): Promise<Summary> => {
  const wanted = naive(text)
  const summary = summaryOf(await partOf(text), { top: Infinity, rules: policy.rules })
  t.equal(summary.events, wanted.events)
  t.equal(summary.requests, wanted.requests)
  t.equal(summary.bytes, wanted.bytes)
  t.equal(summary.first ?? '', wanted.first)
  t.equal(summary.last ?? '', wanted.last)
  for (const [name, rows] of Object.entries(wanted.tables)) {
    const table = summary.tables[name as TableName] // as: one of them
    const found = table.rows.map(row => [
      JSON.stringify(TABLES[name as TableName].map(column => row[column])),
      { requests: row.requests, bytes: row.bytes, denied: row.denied, failed: row.failed }
    ])
    t.same(Object.fromEntries(found), Object.fromEntries(rows), name)
    t.ok(table.complete && table.others.requests === 0 && table.distinct === rows.size, `${name}: all rows`)
  }
  for (const index of [...policy.rules.keys(), null]) {
    const own = wanted.rules.filter(({ rule }) => rule === index)
    const { rules, unmatched } = summary.policy ?? { rules: [], unmatched: { events: 0, bytes: 0 } }
    const { events, bytes } = (index === null ? unmatched : rules[index]) ?? { events: -1, bytes: -1 }
    t.same({ events, bytes }, { events: own.length, bytes: own.reduce((sum, { size }) => sum + size, 0) })
  }
  const sum = (of: 'events' | 'requests' | 'bytes'): number =>
    summary.timeline.stretches.reduce((total, stretch) => total + stretch[of], 0)
  t.same([sum('events'), sum('requests'), sum('bytes')], [wanted.events, wanted.requests, wanted.bytes])
  return summary
}

t.test('the counts are those of a count by hand', async t => {
  await t.test('of a made-up log', async t => {
    for (const seed of [1, 2]) {
      const summary = await holdsAgainstNaive(t, madeLog(seed))
      t.ok(summary.totals.denied > 10 && summary.totals.impersonated > 1, 'the story is in it')
      t.ok(summary.findings.some(({ code }) => code === 'many-different-refusals'))
    }
  })
  await t.test('of the log of a real node', { skip: corpusMissing() }, async t => {
    const text = gunzipSync(fs.readFileSync(join(CORPUS, 'real-node-1.36.audit.log.gz'))).toString()
    const summary = await holdsAgainstNaive(t, text)
    t.equal(summary.requests, 1474)
    t.same(
      summary.findings.map(({ code }) => code),
      ['secret-bodies-recorded']
    )
  })
  await t.test('of other logs', { skip: corpusMissing() }, async t => {
    const rows = fs.readFileSync(join(CORPUS, 'index.tsv'), 'utf8').split('\n')
    const names = rows.map(row => row.split('\t')).filter(([, kind]) => kind === 'auditlog')
    let requests = 0
    for (const [, , name = ''] of names) {
      const text = fs.readFileSync(join(CORPUS, name), 'utf8')
      const part = await partOf(text)
      requests += part.totals.requests
    }
    t.ok(requests > 20, `${requests} requests in ${names.length} logs`)
  })
})

const pieces = (text: string, count: number): string[] => {
  const lines = text.match(/[^\n]*\n/g) ?? []
  const size = Math.ceil(lines.length / count)
  return Array.from({ length: count }, (_, index) => lines.slice(index * size, (index + 1) * size).join(''))
}

t.test('parts that are merged are the whole, also after they were cloned', async t => {
  const text = madeLog(3)
  const whole = summaryOf(await partOf(text), { top: 10, rules: policy.rules })
  for (const count of [1, 2, 7]) {
    const parts: SummaryPart[] = []
    for (const piece of pieces(text, count)) parts.push(structuredClone(await partOf(piece)))
    const merged = summaryOf(mergeSummaries(parts), { top: 10, rules: policy.rules })
    t.same(merged, whole, `${count} parts`)
    const first = parts.reduce((sum, part) => mergeSummaries([sum, part]), mergeSummaries([]))
    t.same(summaryOf(first, { top: 10, rules: policy.rules }), whole, `${count} parts, one after the other`)
  }
})

t.test('a request is counted once', async t => {
  const { requests, events, totals, stages } = await summaryOfEvents(
    rawEvent({ stage: 'RequestReceived' }),
    rawEvent({ stage: 'ResponseStarted', verb: 'watch', requestURI: '/api/v1/pods?watch=true' }),
    rawEvent({ verb: 'watch', requestURI: '/api/v1/pods?watch=true' }),
    rawEvent({ stage: 'ResponseStarted', code: 401, user: {} }),
    rawEvent({ stage: 'Panic', code: 500 })
  )
  t.same([requests, events], [3, 5])
  t.match(totals, { unauthenticated: 1, panics: 1, failed: 1 })
  t.equal(stages.length, 4)
})

t.test('an event whose stage is dropped is not parsed', async t => {
  const asked: string[] = []
  const { take } = summaryCounter({
    facts: event => {
      asked.push(event.stage)
      return factsByValue(event)
    }
  })
  await takeLog(logOf([rawEvent({ stage: 'RequestReceived' }), rawEvent()]), take)
  t.same(asked, ['ResponseComplete'])
})

t.test('what is out of the ordinary', async t => {
  const secrets = '/api/v1/namespaces/prod/secrets'
  const { tables, totals } = await summaryOfEvents(
    rawEvent({
      requestURI: '/api/v1/namespaces/prod/pods/web/exec?command=sh&command=-c&command=ls+%2Fetc&container=app',
      code: 101,
      sourceIPs: ['6.6.6.6', '10.0.0.9']
    }),
    rawEvent({ requestURI: '/api/v1/namespaces/prod/pods/web/portforward?ports=8080', verb: 'create', code: 101 }),
    rawEvent({ requestURI: `${secrets}/db` }),
    rawEvent({ requestURI: secrets, verb: 'list' }),
    rawEvent({ requestURI: `${secrets}/db`, code: 403 }),
    rawEvent({ requestURI: `${secrets}/none`, code: 404 }),
    rawEvent({ requestURI: '/api/v1/namespaces/prod/configmaps', verb: 'create', code: 201 }),
    rawEvent({ requestURI: '/api/v1/namespaces/prod/configmaps?dryRun=All', verb: 'create', code: 201 }),
    rawEvent({ requestURI: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', verb: 'create', code: 201 }),
    rawEvent({ requestURI: '/healthz', verb: 'post' }),
    rawEvent({ impersonatedUser: { username: 'root' } })
  )
  const rows = (name: TableName) => tables[name].rows.map(row => TABLES[name].map(column => row[column]))
  t.same(rows('sessions'), [
    ['alice', 'exec', 'prod', 'web', 'app', 'sh -c "ls /etc"', 101, '10.0.0.9'],
    ['alice', 'portforward', 'prod', 'web', '', 'port 8080', 101, '10.0.0.1']
  ])
  t.same(rows('secretReads'), [
    ['alice', 'get', 'prod', 'db'],
    ['alice', 'list', 'prod', '']
  ])
  t.same(rows('denied'), [['alice', 'get', 'secrets', '', 'prod', 'allow', '']], 'refused after authorization')
  t.same(rows('changes'), [['alice', 'create', 'configmaps', '']], 'no review, no dry run, no path')
  t.same(rows('impersonation'), [['alice', 'root']])
  t.match(totals, { sessions: 2, secretReads: 2, denied: 1, changes: 1, impersonated: 1 })
})

t.test('findings, few and true', async t => {
  const anonymous = { username: 'system:anonymous', groups: ['system:unauthenticated'] }
  const info = '/api/v1/namespaces/kube-public/configmaps/cluster-info'
  const codes = async (...events: readonly RawEvent[]): Promise<string[]> =>
    (await summaryOfEvents(...events)).findings.map(({ code }) => code)
  t.same(await codes(rawEvent(), rawEvent({ user: anonymous, requestURI: '/version' })), [])
  t.same(await codes(rawEvent({ user: anonymous, requestURI: info })), [], 'kubeadm join asks for it')
  t.same(await codes(rawEvent({ user: anonymous, code: 403 })), [])
  t.same(await codes(rawEvent({ user: anonymous })), ['anonymous-reached-resources'])
  const exec = (namespace: string, code: number): RawEvent =>
    rawEvent({ requestURI: `/api/v1/namespaces/${namespace}/pods/etcd/exec?command=sh`, code })
  t.same(await codes(exec('kube-system', 101)), ['exec-in-kube-system'])
  t.same(await codes(exec('kube-system', 403), exec('prod', 101)), [])
  const all = { requestURI: '/api/v1/secrets', verb: 'list' }
  t.same(await codes(rawEvent(all)), ['secrets-listed-everywhere'])
  t.same(await codes(rawEvent({ ...all, user: { username: 'system:kube-controller-manager', groups: [] } })), [])
  t.same(await codes(rawEvent({ stage: 'Panic', code: 500 })), ['handler-panicked'])
  t.same(await codes(rawEvent({ stage: 'RequestReceived' })), ['no-answers-recorded'])
  const secret = { requestURI: '/api/v1/namespaces/prod/secrets/db', level: 'RequestResponse' }
  const object = { kind: 'Secret', data: {} }
  t.same(await codes(rawEvent({ ...secret, responseObject: object })), ['secret-bodies-recorded'])
  t.same(
    await codes(rawEvent({ ...secret, responseObject: { kind: 'Status' }, code: 404 })),
    [],
    'a refusal holds none'
  )
  t.same(await codes(rawEvent({ ...secret, verb: 'delete', responseObject: { kind: 'Status' } })), [])
  t.same(await codes(rawEvent({ ...secret, level: 'Metadata' })), [])
  t.same(await codes(rawEvent({ ...secret, verb: 'update', level: 'Request', requestObject: object, code: 403 })), [
    'secret-bodies-recorded'
  ])
  const readers = Array.from({ length: 10 }, (_, index) =>
    rawEvent({ requestURI: '/api/v1/namespaces/prod/secrets/db', user: { username: `u${index}`, groups: [] } })
  )
  t.same(await codes(...readers), ['many-secret-readers'])
  t.same(await codes(...readers.slice(1)), [])
})

t.test('hundreds of thousands of users and addresses fill no memory', async t => {
  const { take, result } = summaryCounter()
  const [event] = await eventsOf(rawEvent())
  if (!event) throw new Error('an event')
  const value = rawEvent()
  const users = 300_000
  const before = heldMemory()
  for (let index = 0; index < users; index += 1) {
    const user = index % 50 === 49 ? 'busy' : `user-${index}`
    const tenth = Math.floor(index / 10)
    const request = { ...event.request, user, path: `/${'x'.repeat(200)}/${tenth}`, resourceRequest: index % 2 === 0 }
    const source = `10.${tenth % 251}.${(tenth >> 8) % 251}.${(tenth >> 16) % 251}`
    const facts = { ...value, userAgent: `agent-${tenth}`, sourceIPs: [source] }
    take({ ...event, request, value: () => ({ ...facts }) })
  }
  const grown = (heldMemory() - before) / 2 ** 20
  t.ok(grown < 20, `${grown.toFixed(1)} MiB more`)
  const part = result()
  t.ok(JSON.stringify(part).length < 8_000_000)
  for (const [name, { rows }] of Object.entries(part.tables)) t.ok(rows.length <= 1000, name)
  const { tables, requests, timeline } = summaryOf(part, { top: 10 })
  t.equal(requests, users)
  const [first] = tables.users.rows
  t.equal(first?.user, 'busy', 'who comes again and again is found')
  t.ok((first?.requests ?? 0) + tables.users.missed >= users / 50, 'and what may be missing is said')
  t.notOk(tables.users.complete)
  const shown = tables.users.rows.reduce((sum, row) => sum + row.requests, 0)
  t.equal(shown + tables.users.others.requests, users, 'those that are not kept are counted as others')
  t.equal(timeline.stretches.length, 1)
})

t.test('rows that are kept are right to within what is said', async t => {
  const property = fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 4 }),
      async (names, count) => {
        const text = logOf(names.map(name => rawEvent({ user: { username: `u${name}`, groups: [] } })))
        const parts: SummaryPart[] = []
        for (const piece of pieces(text, count)) parts.push(await partOf(piece, 5))
        const { rows, others, missed } = mergeSummaries(parts).tables.users
        const real = (key: string): number => names.filter(name => `u${name}` === key).length
        const kept = new Set(rows.map(([key]) => key))
        return (
          rows.every(([key, row]) => row.requests <= real(key) && row.requests + row.missed >= real(key)) &&
          names.every(name => kept.has(`u${name}`) || real(`u${name}`) <= missed) &&
          rows.reduce((sum, [, row]) => sum + row.requests, others.requests) === names.length
        )
      }
    ),
    { numRuns: RUNS, seed: 5 }
  )
  await t.resolves(property)
})

t.test('time, in few stretches however long it is', async t => {
  const read = timeReader()
  for (const text of ['2026-11-22T00:04:29.799858Z', '2026-11-22T00:04:30.000001Z', '1969-12-31T23:59:59.999999Z'])
    t.equal(momentText(read(text)), text)
  t.equal(momentText(read('2026-11-22T01:04:29+01:00')), '2026-11-22T00:04:29.000000Z')
  for (const text of ['', 'soon', '2026-13-22T00:04:29.799858Z', '2026-11-22T00:04:29.79985xZ', '1', '0'.repeat(27)])
    t.equal(read(text), null, text)
  const one = { events: 1, requests: 1, bytes: 10, denied: 0, failed: 0 }
  for (const [step, most] of [
    [1, 1],
    [60, 60],
    [3600, 7200],
    [86_400 * 365, 86_400 * 3640]
  ] as const) {
    const timeline = timelineOf()
    for (let index = 0; index < 5000; index += 1) timeline.add((index * step - 100_000) * 1e6, one)
    const part = timeline.part()
    t.ok(part.stretches.length <= MOST_STRETCHES, `${part.stretches.length} of ${part.step} s`)
    t.ok(part.step >= most)
    t.equal(
      part.stretches.reduce((sum, [, stretch]) => sum + stretch.bytes, 0),
      50_000
    )
  }
})

t.test('how long it took', async t => {
  const took = (milliseconds: number): RawEvent =>
    rawEvent({ stageTimestamp: `2026-11-22T10:00:${(milliseconds / 1000).toFixed(6).padStart(9, '0')}Z` })
  const { latencies } = await summaryOfEvents(
    ...Array.from({ length: 100 }, (_, index) => took(index + 1)),
    rawEvent({ verb: 'watch', requestURI: '/api/v1/pods?watch=true', stageTimestamp: '2026-11-22T10:00:50.000000Z' })
  )
  t.equal(latencies.length, 1, 'no watch')
  const [{ p50 = 0, p90 = 0, p99 = 0, max = 0 } = {}] = latencies
  for (const [found, wanted] of [
    [p50, 50],
    [p90, 90],
    [p99, 99]
  ] as const)
    t.ok(Math.abs(found / wanted - 1) < 0.06, `${found} for ${wanted}`)
  t.equal(max, 100)
})

const eventsOf = async (...events: readonly RawEvent[]) => {
  const found: Parameters<Parameters<typeof takeLog>[1]>[0][] = []
  await takeLog(logOf(events), event => {
    event.value()
    found.push(event)
  })
  return found
}

const screenOf = (width: number, isCut = true): Screen => ({ paint: paintFor(false), width, isCut })

t.test('the report', async t => {
  const hostile = '\u001b[2Jx\ny\u202e'
  const events = [
    rawEvent({
      user: { username: hostile, groups: [] },
      userAgent: hostile,
      requestURI: '/api/v1/namespaces/prod/pods/web/exec?command=%1b%5b2J%0a',
      code: 101
    }),
    rawEvent({ requestURI: `/x/${'y'.repeat(500)}`, code: 503, user: { username: 'z'.repeat(900), groups: [] } }),
    rawEvent({ stage: 'ResponseStarted', code: 401, user: {} }),
    rawEvent({ code: 403, user: { username: 'system:anonymous', groups: [] } })
  ]
  const summary = await summaryOfEvents(...events)
  for (const width of [40, 80, 120]) {
    const lines = logSummaryLines(summary, { name: 'a\u001b.log', policy: 'p', badLines: 2 }, screenOf(width))
    // eslint-disable-next-line no-control-regex
    t.notMatch(lines.join('\n'), /[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
    t.ok(
      lines.every(line => !line.includes('\n')),
      'a line is one'
    )
    const wide = lines.filter(line => line.length > width)
    if (width >= 80) t.same(wide, [], `at ${width} columns`)
  }
  const lines = logSummaryLines(summary, { name: 'audit.log', badLines: 0 }, screenOf(80))
  t.match(lines.join('\n'), /z\.\.\./)
  const whole = logSummaryLines(summary, { name: 'audit.log', badLines: 0 }, screenOf(80, false)).join('\n')
  t.notMatch(whole, /\.\.\./, 'what is read by a program is not cut')
  t.match(whole, /z{200}[^]*y{200}|y{200}[^]*z{200}/)
  const titles = ['Anonymous', 'Sessions', 'Refused', 'Not authenticated', 'Failed', 'verbs']
  const places = titles.map(title => lines.findIndex(line => line.startsWith(title)))
  t.same(
    [...places].sort((a, b) => a - b),
    places,
    'the grave things first'
  )
  t.notOk(places.includes(-1))
})

t.test('events of any shape are counted, and shown', async t => {
  const keys = Object.keys(rawEvent()) as (keyof RawEvent)[]
  const inner = ['username', 'code', 'authorization.k8s.io/decision', 'groups']
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom(...inner), fc.jsonValue()),
    fc.constantFrom('2026-11-22T10:00:00.000000Z', '9999-12-31T23:59:59.999999Z', '/api/v1/secrets?', 401, 'Panic')
  )
  const event = fc
    .tuple(fc.dictionary(fc.constantFrom(...keys, 'impersonatedUser'), anything), fc.subarray(keys, { maxLength: 3 }))
    .map(([changes, left]) => {
      const kept = Object.entries({ ...rawEvent(), ...changes }).filter(([key]) => !left.some(each => each === key))
      return Object.fromEntries(kept)
    })
  const property = fc.asyncProperty(fc.array(event, { maxLength: 5 }), async events => {
    const part = structuredClone(await partOf(logOf(events)))
    const summary = summaryOf(mergeSummaries([part, part]), { top: 5, rules: policy.rules })
    const about = { name: 'audit.log', policy: 'p', badLines: 0 }
    const sum = summary.tables.users.rows.reduce((total, row) => total + row.requests, 0)
    return (
      sum + summary.tables.users.others.requests === summary.requests &&
      logSummaryLines(summary, about, screenOf(80)).every(line => line.length <= 80) &&
      logSummaryHtml(summary, about).length > 0
    )
  })
  await t.resolves(fc.assert(property, { numRuns: RUNS, seed: 9 }))
})

t.test('the command', async t => {
  const directory = t.testdir({
    'audit.log': madeLog(4),
    'bad.log': `${logOf([rawEvent()])}no event\n`,
    'none.log': 'no event\n'
  })
  const at = (name: string): string => join(directory, name)
  const { value, code } = await json(t, ['log', 'summary', at('audit.log'), '--policy', 'template:baseline'])
  t.equal(code, 0)
  t.match(value, { kind: 'LogSummary', badLines: 0, policy: { file: 'template:baseline' } })
  const few = await json(t, ['log', 'summary', at('audit.log'), '--top', '1'])
  t.equal((few.value.tables as Summary['tables']).users.rows.length, 1)
  const human = await run(['log', 'summary', at('audit.log')])
  t.match(human.out, /requests/)
  t.equal(human.code, 0)
  const bad = await json(t, ['log', 'summary', at('bad.log')])
  t.match(bad.value, { badLines: 1, findings: [{ code: 'bad-log-line' }] })
  t.match((await run(['log', 'summary', at('bad.log')])).out, /1 line could not be read/)
  const page = await json(t, ['log', 'summary', at('audit.log'), '--html', at('page.html')])
  t.equal(page.value.html, at('page.html'))
  t.match(fs.readFileSync(at('page.html'), 'utf8'), /^<!doctype html>/)
  t.match((await run(['log', 'summary', at('audit.log'), '--html', '-'])).out, /^<!doctype html>/)
  const stdin = await run(['log', 'summary', '-'], { input: () => [Buffer.from(logOf([rawEvent()]))] })
  t.match(stdin.out, /standard input: 1 event, 1 request/)
  for (const [argv, exit] of [
    [['log', 'summary'], 2],
    [['log', 'summary', at('audit.log'), '--html', at('audit.log')], 2],
    [['log', 'summary', at('audit.log'), '--html', '-', '-o', 'json'], 2],
    [['log', 'summary', at('audit.log'), '--top', '0'], 2],
    [['log', 'summary', '-', '--policy', '-'], 2],
    [['log', 'summary', at('nothing.log')], 3],
    [['log', 'summary', at('none.log')], 3]
  ] as const)
    t.equal((await run(argv)).code, exit, argv.slice(2).join(' '))
  everyKindWasTried(t, kind => kind === 'LogSummary')
})

// what is in use, without what is to be thrown away
function heldMemory(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

function corpusMissing(): string | false {
  if (fs.existsSync(CORPUS)) return false
  return `NEEDS ${CORPUS}: real logs were not counted`
}
