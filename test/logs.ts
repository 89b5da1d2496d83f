import { constants, gunzipSync, gzipSync } from 'node:zlib'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { logNamesOf } from '../src/cli/log/log-names.ts'
import { localNames } from '../src/host/local-files.ts'
import { type LogFile, logBytes, logFileOf, streamedBytes } from '../src/host/log-bytes.ts'
import { heaviest } from '../src/logs/heaviest.ts'
import type { LogReading } from '../src/logs/log-reading.ts'
import { type ReadOptions, readLog } from '../src/logs/read-log.ts'
import { inRotatedOrder } from '../src/logs/rotated-set.ts'
import { eventReader } from '../src/logs/event-reader.ts'
import { taskReader } from '../src/pool/counter.ts'

interface Given {
  readonly id: number
  readonly more?: object
}

/** An event as kube-apiserver writes it. */
const event = ({ id, more = {} }: Given): string =>
  JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `00000000-0000-0000-0000-${String(id).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/default/pods/p${id}`,
    verb: 'get',
    user: { username: 'ann', groups: ['system:authenticated'] },
    sourceIPs: ['10.0.0.1'],
    userAgent: 'kubectl/v1.36',
    objectRef: { resource: 'pods', namespace: 'default', name: `p${id}`, apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-11-22T00:04:29.786524Z',
    stageTimestamp: '2026-11-22T00:04:29.799858Z',
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    ...more
  })

const events = Array.from({ length: 40 }, (_, id) =>
  event({ id, ...(id % 7 === 0 ? { more: { spare: '{"[é\\' } } : {}) })
)

interface Read {
  readonly names: readonly string[]
  readonly lines: readonly string[]
  readonly reading: LogReading
}

const read = async (
  text: string | Buffer,
  options: ReadOptions & { piece?: number; isStrict?: boolean } = {}
): Promise<Read> => {
  const bytes = Buffer.from(text)
  const names: string[] = []
  const lines: string[] = []
  let at = options.part ? Math.max(0, options.part.from - 1) : 0
  const give = (into: Buffer, to: number): number => {
    const count = bytes.copy(
      into,
      to,
      at,
      Math.min(bytes.length, at + (options.piece ?? Infinity), at + into.length - to)
    )
    at += count
    return count
  }
  const reading = await readLog(
    { read: give },
    eventReader(
      each => {
        names.push(each.request.name)
        lines.push(Buffer.from(each.line()).toString())
      },
      { isStrict: options.isStrict ?? false }
    ),
    options
  )
  return { names, lines, reading }
}

const NAMES = events.map((_, id) => `p${id}`)
const parsed = (lines: readonly string[]): unknown[] => lines.map(line => JSON.parse(line) as unknown)
const values = parsed(events)
const list = (items: readonly string[]): string =>
  `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{"a":[{"b":1}]},"items":[${items.join(',')}]}`

const FORMS: Readonly<Record<string, string>> = {
  lines: events.map(line => `${line}\n`).join(''),
  'lines with CRLF, blank ones and no end': `\n${events.join('\r\n\r\n')}`,
  'a byte order mark': `\ufeff${events.join('\n')}\n`,
  'an EventList on each line': `${list(events.slice(0, 15))}\n${list(events.slice(15, 16))}\n${list(events.slice(16))}\n`,
  'one EventList over many lines': JSON.stringify(JSON.parse(list(events)), null, 2),
  'EventLists one behind the other, printed': [list(events.slice(0, 9)), list(events.slice(9))]
    .map(each => JSON.stringify(JSON.parse(each), null, 4))
    .join('\n'),
  'an array on one line': `[${events.join(',')}]`,
  'an array over many lines': JSON.stringify(values, null, 2),
  'arrays on lines': `[${events.slice(0, 9).join(', ')}]\n[${events.slice(9).join(',')}]\n`,
  'objects as jq prints them': values.map(value => `${JSON.stringify(value, null, 2)}\n`).join(''),
  'objects with nothing between': values.map(value => JSON.stringify(value, null, '\t')).join('')
}

t.test('every form gives the same events', async t => {
  for (const [form, text] of Object.entries(FORMS)) {
    for (const piece of [1, 7, 1000, Infinity]) {
      for (const isStrict of [false, true]) {
        const { names, lines, reading } = await read(text, { piece, isStrict })
        t.strictSame(names, NAMES, `${form}, ${piece} bytes at a time`)
        t.strictSame(parsed(lines), values, `${form}: the events' own bytes`)
        t.notOk(
          lines.some(line => /[\n\r]/.test(line)),
          'each on one line'
        )
        t.equal(reading.badLines, 0)
      }
    }
  }
})

t.test("an event's own bytes are kept as they stand", async t => {
  const odd = event({ id: 1, more: { spare: 1 } }).replace('"spare":1', '"spare":12345678901234567890123')
  for (const text of [odd, `[\n  ${odd}\n]`, list([odd])]) t.strictSame((await read(text)).lines, [odd])
})

t.test('parts of a log give its events once, wherever it is cut', async t => {
  const lines = [event({ id: 0 }), '', 'no event', event({ id: 1 }), event({ id: 2 })]
  const text = lines.map(line => `${line}\n`).join('')
  const whole = await read(text)
  t.equal(whole.reading.badLines, 1)
  for (let cut = 1; cut < text.length; cut++) {
    const one = await read(text, { part: { from: 0, until: cut } })
    const other = await read(text, { part: { from: cut, until: Infinity } })
    if (JSON.stringify([...one.names, ...other.names]) !== JSON.stringify(whole.names)) t.fail(`cut at ${cut}`)
    if (one.reading.lines + other.reading.lines !== lines.length) t.fail(`cut at ${cut}: lines`)
    const bad = [
      ...one.reading.bad,
      ...other.reading.bad.map(each => ({ ...each, line: each.line + one.reading.lines }))
    ]
    if (JSON.stringify(bad) !== JSON.stringify(whole.reading.bad)) t.fail(`cut at ${cut}: ${JSON.stringify(bad)}`)
  }
  t.equal(whole.reading.lines, lines.length)
})

t.test('a line that is cut anywhere is told of, and the next one is read', async t => {
  const [line = ''] = events
  for (let cut = 1; cut < line.length; cut++) {
    const { names, reading } = await read(`${line.slice(0, cut)}\n${event({ id: 7 })}\n`)
    if (names.join() !== 'p7' || reading.badLines !== 1) t.fail(`cut at ${cut}: ${names.join()} ${reading.badLines}`)
    const last = await read(`${event({ id: 7 })}\n${line.slice(0, cut)}`)
    if (last.names.join() !== 'p7' || !last.reading.isCut) t.fail(`cut at ${cut} at the end`)
  }
  const { reading } = await read(`${line.slice(0, 300)}`)
  t.match(reading, { badLines: 1, isCut: true, bad: [{ line: 1, byte: 0, why: /cut off/ }] })
})

t.test('what is bad is told with its place, and loses nothing else', async t => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['binary \0\u0001', /no JSON/],
    ['{"a":1}', /no audit event/],
    ['null', /no audit event/],
    [event({ id: 1, more: { stage: 'Later' } }), /no audit event/],
    [event({ id: 1, more: { level: 3 } }), /no audit event/],
    ['2026-11-22T00:04:29.786524Z AUDIT: id="1" stage="ResponseComplete"', /legacy/],
    [`${'['.repeat(2_000_000)}`, /cut off|deep/]
  ]
  for (const [line, why] of bad) {
    const { names, reading } = await read(`${event({ id: 1 })}\n${line}\n${event({ id: 2 })}\n`)
    t.strictSame(names, ['p1', 'p2'], line.slice(0, 40))
    t.match(reading, { badLines: 1, isCut: false, bad: [{ line: 2, byte: event({ id: 1 }).length + 1, why }] })
  }
  const printed = JSON.stringify(JSON.parse(event({ id: 3 })), null, 2)
  const { names } = await read(`${printed.slice(0, 200)}\n${printed}\n${printed}\n`)
  t.strictSame(names, ['p3', 'p3'], 'a printed event that is cut swallows no other')
})

t.test('lines before the first event do not tell how events stand', async t => {
  const cut = event({ id: 1 }).slice(0, 200)
  const before = [
    'some words',
    cut,
    '"x"',
    '\0\0',
    `words\n${cut}\n[INFO] more`,
    `${cut}\nwords`,
    `${cut}\n`,
    'x\n'.repeat(10)
  ]
  const forms = ['lines', 'objects as jq prints them', 'one EventList over many lines', 'an EventList on each line']
  for (const [index, words] of before.entries())
    for (const form of forms) {
      const text = `${words}\n${FORMS[form] ?? ''}`
      const { names, reading } = await read(text, { piece: index % 2 === 0 ? 100 : Infinity })
      t.strictSame(names, NAMES, `${form} behind ${words}`)
      t.ok(reading.badLines >= 1)
    }
  const { names, reading } = await read(`${'x\n'.repeat(5000)}${FORMS.lines ?? ''}`)
  t.strictSame([names, reading.badLines], [NAMES, 5000])
})

t.test('lists in lists without end are no way to keep the reader busy', async t => {
  for (const deep of [5000, 20_000, 150_000])
    for (const isStrict of [false, true]) {
      const nested = `${'{"items":['.repeat(deep)}${event({ id: 1 })}${']}'.repeat(deep)}`
      const { names, reading } = await read(`${event({ id: 0 })}\n${nested}\n${event({ id: 2 })}\n`, { isStrict })
      t.strictSame([names, reading.badLines], [['p0', 'p2'], 1], `${deep} on a line`)
      const alone = await read(nested)
      t.strictSame(alone.names, [])
      t.ok(alone.reading.badLines >= 1)
    }
  const few = await read(`${'{"items":['.repeat(10)}${event({ id: 1 })}${']}'.repeat(10)}`)
  t.strictSame(few.names, ['p1'])
})

t.test('printed events that do not end neither keep the reader busy nor lose others', async t => {
  const printed = `${JSON.stringify(JSON.parse(event({ id: 1 })), null, 2)}\n`
  const open = `${printed.slice(0, -3)}\n`
  // to look for the end of each through all the others takes minutes
  const many = await read(printed + `${open}${printed}`.repeat(10_000))
  t.strictSame([many.names.length, many.reading.badLines], [10_001, 10_000])
  const lines = printed.split('\n').length - 1
  t.match(many.reading.bad[1], { line: 3 * lines, why: /cut off/ })
  // more than is held of a log at once
  const count = Math.ceil((70 * 1024 * 1024) / printed.length)
  const { names, reading } = await read(open + printed.repeat(count))
  t.strictSame([names.length, reading.badLines], [count, 1])
})

t.test('a body cannot be taken for the event', async t => {
  const forged = {
    requestReceivedTimestamp: '2020-01-01T00:00:00.000000Z',
    stageTimestamp: '2020-01-01T00:00:00.000000Z',
    sourceIPs: ['1.1.1.1'],
    verb: 'delete',
    user: { username: 'eve' },
    stage: 'Panic'
  }
  const line = event({ id: 1, more: { annotations: undefined } })
  const reordered = line.replace('"auditID"', `"requestObject":${JSON.stringify(forged)},"auditID"`)
  const inside = line.replace('"requestReceived', `"requestObject":${JSON.stringify(forged)},"requestReceived`)
  for (const text of [reordered, inside]) {
    await readLog(
      { read: givenOnce(text) },
      eventReader(
        ({ request, stage, time, bodies }) => {
          t.match(
            { request, stage, time },
            { request: { user: 'ann', verb: 'get' }, stage: 'ResponseComplete', time: /^2026/ }
          )
          t.equal(bodies().request, `,"requestObject":${JSON.stringify(forged)}`.length)
        },
        { isStrict: false }
      )
    )
  }
})

t.test('managed fields are those that the API server leaves out', async t => {
  const own = '"managedFields":[{"manager":"a","fieldsV1":{"f:managedFields":{"b":["]\\""]}}}]'
  const item = `{"metadata":{"name":"x",${own}},"spec":{}}`
  const size = own.length + 1
  const rows: readonly (readonly [name: string, body: string, want: number])[] = [
    ['an object', `{"kind":"Pod","metadata":{"name":"x",${own}},"spec":{}}`, size],
    ['nothing else beside them', `{"metadata":{${own}}}`, own.length],
    ['first', `{"metadata":{${own},"name":"x"}}`, size],
    ['a list', `{"metadata":{},"items":[${item},1,${item},{}]}`, 2 * size],
    ['a table', `{"rows":[{"cells":[${item}],"object":${item}},{"object":null}]}`, size],
    ['a template', `{"spec":{"template":${item}},"metadata":{"name":"y"}}`, 0],
    ['a field of its own', `{${own},"data":{${own}},"metadata":{"labels":{${own}}}}`, 0],
    ['a text', `{"metadata":{"annotations":{"a":${JSON.stringify(item)}}}}`, 0],
    ['items further down', `{"data":{"items":[${item}]},"list":[${item}]}`, 0],
    ['an array', `[${item}]`, 0],
    ['blanks', `{ "metadata" : { "name":"x" , "managedFields" : [ 1 ] } }`, '"managedFields" : [ 1 ]'.length + 1],
    ['escapes', `{"m\\u0065tadata":{"a":1,"managed\\u0046ields":[1]}}`, '"managed\\u0046ields":[1]'.length + 1]
  ]
  const sizesOf = async (body: string, key: string, verb: string): Promise<readonly number[]> => {
    const usual = event({ id: 1 }).replace('"verb":"get"', `"verb":"${verb}"`)
    const text = usual.replace(',"requestReceived', () => `,"${key}":${body},"requestReceived`)
    const found: number[] = []
    for (const isStrict of [false, true])
      await readLog(
        { read: givenOnce(text) },
        eventReader(
          each => found.push(each.managedFields().request, each.managedFields().response, each.bodies().request),
          { isStrict }
        )
      )
    return found
  }
  for (const [name, body, want] of rows) {
    const all = ',"requestObject":'.length + body.length
    t.strictSame(await sizesOf(body, 'requestObject', 'update'), [want, 0, all, want, 0, all], name)
    t.strictSame(await sizesOf(body, 'responseObject', 'patch'), [0, want, 0, 0, want, 0], name)
    t.strictSame(
      await sizesOf(body, 'requestObject', 'patch'),
      [0, 0, all, 0, 0, all],
      `${name}, of a patch as it was sent`
    )
    const escaped = [want, 0, all + 5, want, 0, all + 5]
    t.strictSame(await sizesOf(body, 'requestObje\\u0063t', 'update'), escaped, `${name}, and its key has an escape`)
  }
})

const givenOnce = (text: string): ((into: Buffer, at: number) => number) => {
  let rest = Buffer.from(text)
  return (into, at) => {
    const count = rest.copy(into, at)
    rest = rest.subarray(count)
    return count
  }
}

t.test('lines longer than a buffer', async t => {
  const long = event({ id: 1, more: { requestObject: { data: 'x'.repeat(5_000_000) } } })
  const { names, lines } = await read(`${event({ id: 0 })}\n${long}\n${event({ id: 2 })}\n`, { piece: 65_536 })
  t.strictSame(names, ['p0', 'p1', 'p2'])
  t.equal(lines[1], long)
})

t.test('files, compressed or not, and pipes', async t => {
  const dir = t.testdir()
  const text = FORMS.lines ?? ''
  const at = (name: string): string => join(dir, name)
  writeFileSync(at('audit.log'), text)
  writeFileSync(at('audit.log.gz'), gzipSync(text))
  writeFileSync(at('cut.gz'), gzipSync(text).subarray(0, -40))
  writeFileSync(at('twice.gz'), Buffer.concat([gzipSync(text), gzipSync(text)]))
  writeFileSync(at('empty'), '')
  const count = async (file: LogFile): Promise<readonly [number, LogReading]> => {
    let found = 0
    const counter = { take: () => (found += 1), counts: () => null }
    const { reading } = await taskReader(() => counter, { isStrict: false })({ file })
    return [found, reading]
  }
  t.match(await count(logFileOf(at('audit.log'))), [40, { badLines: 0 }])
  t.match(await count(logFileOf(at('audit.log.gz'))), [40, { badLines: 0 }])
  t.match(await count(logFileOf(at('twice.gz'))), [80, { badLines: 0 }])
  t.match(await count(logFileOf(at('empty'))), [0, { badLines: 0, isCut: false }])
  const [, cut] = await count(logFileOf(at('cut.gz')))
  t.match(cut, { fault: /compressed data is damaged or cut off/ })
  t.throws(() => logFileOf(at('none')), { code: 'NOT_FOUND' })
  t.throws(() => logFileOf(dir), { code: 'CANNOT_READ' })

  for (const bytes of [Buffer.from(text), gzipSync(text)]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / 100) }, (_, n) =>
      bytes.subarray(n * 100, n * 100 + 100)
    )
    let found = 0
    await readLog(
      streamedBytes(pieces),
      eventReader(() => (found += 1), { isStrict: false })
    )
    t.equal(found, 40)
  }
  const input = logBytes(logFileOf(at('audit.log')), Buffer.byteLength(text) - 1)
  t.equal(await input.read(Buffer.alloc(10), 0), 1)
  t.equal(await input.read(Buffer.alloc(10), 0), 0)
  input.close()
})

t.test('of compressed logs that are damaged all is read that stands before the damage', async t => {
  const dir = t.testdir()
  const text = Array.from({ length: 900 }, (_, id) => `${event({ id })}\n`).join('')
  const whole = gzipSync(text)
  const half = Math.floor(whole.length / 2)
  const [garbage, zeros] = [(size: number) => Buffer.alloc(size, 'garbage'), (size: number) => Buffer.alloc(size)]
  const rows: readonly (readonly [name: string, bytes: Buffer, events: number, fault: RegExp | undefined])[] = [
    ['garbage', Buffer.concat([whole, garbage(1)]), 900, /cut off \(unexpected end of file/],
    ['more garbage', Buffer.concat([whole, garbage(20)]), 900, /damaged/],
    ['much garbage', Buffer.concat([whole, garbage(600_000)]), 900, /damaged/],
    ['garbage behind two', Buffer.concat([whole, whole, garbage(20)]), 1800, /damaged/],
    ...[1, 511, 16_384, 100_000].map(
      size => [`${size} zeros`, Buffer.concat([whole, zeros(size)]), 900, undefined] as const
    ),
    ['an end without its checksum', whole.subarray(0, -8), 900, /unexpected end of file/],
    ['another checksum', Buffer.concat([whole.subarray(0, -8), zeros(8)]), 900, /incorrect data check/]
  ]
  const readAll = async (file: LogFile, input?: () => Iterable<Uint8Array>) => {
    let found = 0
    const counter = { take: () => (found += 1), counts: () => null }
    const reader = taskReader(() => counter, { isStrict: false, ...(input ? { input } : {}) })
    return { ...(await reader({ file })).reading, found }
  }
  for (const [name, bytes, events, fault] of rows) {
    writeFileSync(join(dir, 'a.gz'), bytes)
    const { found, badLines, ...reading } = await readAll(logFileOf(join(dir, 'a.gz')))
    t.strictSame([found, badLines], [events, 0], name)
    t.match({ fault: reading.fault }, { fault })
    const piped = await readAll({ path: '-', size: null, isCompressed: false }, () => [bytes])
    t.match({ fault: piped.fault }, { fault }, `${name}, from a pipe`)
    t.ok(piped.found > events - 100, `${piped.found} of ${events} events`)
  }
  for (const cut of [half, half + 1, half + 100]) {
    writeFileSync(join(dir, 'a.gz'), Buffer.concat([whole.subarray(0, cut), garbage(50_000)]))
    const { found, fault } = await readAll(logFileOf(join(dir, 'a.gz')))
    const before =
      gunzipSync(whole.subarray(0, cut), { finishFlush: constants.Z_SYNC_FLUSH }).toString().split('\n').length - 1
    t.match({ found, fault }, { found: before, fault: /damaged/ }, `damaged at ${cut}`)
  }
})

t.test('a rotated set is read in the order in which it was written', async t => {
  const dir = t.testdir()
  const [old, older] = ['audit-2026-11-21T23-40-21.123', 'audit-2026-11-20T01-00-00.000']
  for (const name of ['audit.log', `${old}.log`, `${old}.log.gz`, `${older}.log.gz`, 'notes.txt', '.audit.log.tmp'])
    writeFileSync(join(dir, name), '')
  mkdirSync(join(dir, 'more.log'))
  const want = [`${older}.log.gz`, `${old}.log`, 'audit.log'].map(name => join(dir, name))
  t.strictSame(inRotatedOrder(logNamesOf(dir)), want, 'a directory')
  t.strictSame(inRotatedOrder(logNamesOf(join(dir, 'audit*.log*'))), want, 'a pattern')
  t.strictSame(inRotatedOrder(['audit.log', 'b.log', `${old}.log`]), [`${old}.log`, 'audit.log', 'b.log'])
  t.strictSame(inRotatedOrder(['a.log', 'a.log.1', 'a.log.10.gz', 'a.log.2.gz']), [
    'a.log.10.gz',
    'a.log.2.gz',
    'a.log.1',
    'a.log'
  ])
  t.strictSame(inRotatedOrder(['audit', 'audit-2026-11-21T23-40-21.123']), ['audit-2026-11-21T23-40-21.123', 'audit'])
  t.throws(() => logNamesOf(join(dir, 'x*')), { code: 'NOT_FOUND' })
  t.throws(() => logNamesOf(join(dir, 'more.log')), { code: 'NOT_FOUND' })
})

t.test('what a pattern finds, and what of it cannot be looked at', async t => {
  const dir = t.testdir({
    one: { 'audit.log': '', '.audit.log': '' },
    two: { 'audit.log': '', 'a*.log': '', more: {} },
    three: {},
    gone: t.fixture('symlink', 'nowhere'),
    round: t.fixture('symlink', 'round')
  })
  const found = (pattern: string): string[] => logNamesOf(join(dir, pattern)).map(name => relative(dir, name))
  t.strictSame(found('t*/audit.log'), ['two/audit.log'], 'a directory without one does not count')
  t.strictSame(found('???/*'), ['one/audit.log', 'two/a*.log', 'two/audit.log'], 'directories are no logs')
  t.strictSame(found('one/.a*'), ['one/.audit.log'])
  t.strictSame(found('two/a*.log'), ['two/a*.log'], 'a file that is called like this')
  t.throws(() => found('gon*'), { code: 'NOT_FOUND', message: /^no file matches / })
  t.throws(() => found('?'.repeat(300)), { code: 'NOT_FOUND' }, 'longer than any name')
  t.throws(() => found('roun*'), { code: 'CANNOT_READ', message: /round cannot be read \(ELOOP\)$/ })
  t.throws(() => found('round'), { code: 'CANNOT_READ', message: /round cannot be read \(ELOOP\)$/ })
  t.throws(() => localNames(join(dir, 'four')), { code: 'NOT_FOUND', message: /four cannot be read \(ENOENT\)$/ })
})

t.test('the heaviest of many are known in bounded memory', async t => {
  const kept = heaviest(100)
  for (let n = 0; n < 100_000; n++) {
    kept.add(`light ${n}`, 1, 10)
    if (n % 10 === 0) kept.add('heavy', 1, 100)
  }
  t.match(kept.weights()[0], { key: 'heavy', events: 10_000, bytes: 1_000_000 })
  t.ok(kept.weights().length <= 100)
  const all = kept.weights().reduce((sum, { events: count }) => sum + count, kept.others().events)
  t.equal(all, 110_000, 'nothing is lost')
})
