import fc from 'fast-check'
import t from 'tap'
import { auditEventReader } from '../../src/falco/audit-event-reader.ts'
import { compileCondition } from '../../src/falco/compile-condition.ts'
import { byteString } from '../../src/falco/event-source.ts'
import { nanosecondsText } from '../../src/falco/event-time.ts'
import { fieldMemo } from '../../src/falco/field-memo.ts'
import { k8sAuditSource } from '../../src/falco/k8s-audit-source.ts'
import { compileFormat } from '../../src/falco/output-format.ts'
import { parseCondition } from '../../src/falco/parse-condition.ts'
import { readLog } from '../../src/logs/read-log.ts'
import { BASE, CONTAINERS, read, spec, TIME } from './read-events.ts'

t.test('the time of an event', async t => {
  const zone = process.env.TZ
  process.env.TZ = 'Asia/Kolkata'
  t.teardown(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })
  const times = ['2026-11-22T23:00:00.004Z', '2026-11-23T00:00:02.000000001+01:00']
  const list = JSON.stringify(times.map(stageTimestamp => ({ ...BASE, stageTimestamp })))
  const want = {
    ...{ 'evt.num': 1, 'evt.time': '04:30:00.004000000', 'evt.time.s': '04:30:00' },
    'evt.time.iso8601': '2026-11-22T23:00:00.004000000+0000',
    'evt.datetime': '2026-11-23 04:30:00.004000000',
    'evt.datetime.s': '2026-11-23 04:30:00',
    ...{ 'evt.rawtime': 1795388400004000000, 'evt.rawtime.s': 1795388400, 'evt.rawtime.ns': 4000000 },
    ...{ 'evt.reltime': 0, 'evt.reltime.s': 0, 'evt.reltime.ns': 0, 'jevt.rawtime': '1795388400004000000' },
    ...{ 'evt.pluginname': 'k8saudit', 'evt.source': 'k8s_audit', 'evt.is_async': 'false', 'evt.asynctype': undefined },
    'evt.hostname': 'node-1'
  }
  const { events } = read(list, Object.keys(want), { hostname: 'node-1' })
  t.strictSame(events[0], want)
  t.match(events[1], {
    ...{ 'evt.num': 2, 'evt.reltime': 1996000001, 'evt.reltime.s': 1, 'evt.reltime.ns': 996000001 },
    'jevt.rawtime': '1795388402000000001'
  })
})

t.test('times are taken as Go takes them, and refused in its words', async t => {
  const layout = 'as "2006-01-02T15:04:05.999999999Z07:00"'
  const rows: readonly (readonly [time: unknown, want: string])[] = [
    ['1970-01-01T00:00:01Z', '1000000000'],
    ['2024-02-29T23:59:59.123456789999Z', '1709251199123456789'],
    ['2026-11-22T1:00:00,5Z', '1795309200500000000'],
    ['2026-11-22T10:00:00+24:60', '1795251600000000000'],
    ['1969-12-31T23:59:59.5Z', '18446744073209551616'],
    ['9999-12-31T23:59:59Z', '13594627840775828992'],
    ['2026-02-29T10:00:00Z', 'parsing time "2026-02-29T10:00:00Z": day out of range'],
    ['2026-13-01T10:00:00Z', 'parsing time "2026-13-01T10:00:00Z": month out of range'],
    ['2026-11-22T24:00:00Z', 'parsing time "2026-11-22T24:00:00Z": hour out of range'],
    ['2026-11-22T10:00:60Z', 'parsing time "2026-11-22T10:00:60Z": second out of range'],
    ['2026-11-22T10:00:00+25:00', 'parsing time "2026-11-22T10:00:00+25:00": time zone offset hour out of range'],
    ['2026-11-22T10:00:00Zx', 'parsing time "2026-11-22T10:00:00Zx": extra text: "x"'],
    ['2026-11-22 10:00:00Z', `parsing time "2026-11-22 10:00:00Z" ${layout}: cannot parse " 10:00:00Z" as "T"`],
    ['2026-11-22T10:00:00', `parsing time "2026-11-22T10:00:00" ${layout}: cannot parse "" as "Z07:00"`],
    ['20\u00e96', `parsing time "20\\xc3\\xa96" ${layout}: cannot parse "20\\xc3\\xa96" as "2006"`],
    [`2026-11-22T10:00:00.${'1'.repeat(4000)}Z`, '1795341600111111111'],
    ['"'.repeat(9999), 'parsing time: it is longer than 4096 bytes'],
    [7, `parsing time "" ${layout}: cannot parse "" as "2006"`],
    [null, `parsing time "" ${layout}: cannot parse "" as "2006"`],
    [undefined, "can't read stageTimestamp"]
  ]
  for (const [stageTimestamp, want] of rows) {
    let found = ''
    const bytes = Buffer.from(JSON.stringify({ ...BASE, stageTimestamp }))
    const reader = auditEventReader(event => (found = nanosecondsText(event)))
    reader.readLine(bytes, 0, bytes.length, why => (found = why))
    t.equal(found, want)
  }
})

t.test('a field that is true or false', async t => {
  const memo = fieldMemo(k8sAuditSource())
  const { condition } = parseCondition('evt.is_async = false and not evt.is_async = true')
  const { test } = condition ? compileCondition(condition, memo) : {}
  const { format } = compileFormat('%evt.is_async', memo)
  const found: unknown[] = []
  const reader = auditEventReader(event => found.push(test?.(event), format?.message(event)))
  const bytes = Buffer.from(JSON.stringify(BASE))
  reader.readLine(bytes, 0, bytes.length, why => found.push(why))
  t.same(found, [true, 'false'])
})

const UNKNOWN = 'data not recognized as a k8s audit event'
const event = (auditID: string): string => JSON.stringify({ ...BASE, auditID })

t.test('which values are events', async t => {
  const rows: readonly {
    name: string
    in: string
    want: readonly string[]
    refused: readonly string[]
    size?: number
  }[] = [
    { name: 'white space', in: ' \r\n\t', want: [], refused: [] },
    { name: 'an event with white space about it', in: ` ${event('a')}\r\n`, want: ['a'], refused: [] },
    { name: 'an array in an array', in: `[${event('a')},[${event('b')}],[]]`, want: ['a', 'b'], refused: [] },
    {
      name: 'an array with another thing',
      in: `[${event('a')},{"kind":"Pod"},${event('b')}]`,
      want: [],
      refused: [UNKNOWN]
    },
    {
      name: 'a list, whose items need a time alone',
      in: `{"kind":"EventList","items":[${event('a')},{"auditID":"b","stageTimestamp":"${TIME}"},{"kind":"Event"},7]}`,
      want: ['a', 'b'],
      refused: ["can't read stageTimestamp", "can't read stageTimestamp"]
    },
    { name: 'a list without items', in: '{"kind":"EventList"}', want: [], refused: [UNKNOWN] },
    { name: 'an empty list', in: '{"kind":"EventList","items":[]}', want: [], refused: [] },
    { name: 'no kind', in: `{"auditID":"a","stageTimestamp":"${TIME}"}`, want: [], refused: [UNKNOWN] },
    { name: 'a kind that is no string', in: '{"kind":0}', want: [], refused: [UNKNOWN] },
    { name: 'a kind with escapes', in: event('a').replace('Event', '\\u0045vent'), want: ['a'], refused: [] },
    { name: 'a number', in: '7', want: [], refused: [UNKNOWN] },
    {
      name: 'a size without white space',
      in: `[${event('a').replaceAll(',', ' ,   ')},${event('long')}]`,
      size: event('a').length,
      want: ['a'],
      refused: [`event larger than maxEventSize: size=${event('long').length}`]
    }
  ]
  for (const row of rows) {
    const { events, refused } = read(row.in, ['ka.auditid'], row.size === undefined ? {} : { size: row.size })
    t.strictSame(
      events.map(found => found['ka.auditid']),
      row.want,
      row.name
    )
    t.strictSame(refused, row.refused, `${row.name}: what was refused`)
  }
  const large = JSON.stringify({ ...BASE, note: 'x'.repeat(262_144) })
  t.strictSame(read(large, []).refused, [`event larger than maxEventSize: size=${large.length}`], 'the usual size')
})

t.test('an item that stands alone is an event where lists are split', async t => {
  let count = 0
  const reader = auditEventReader(() => (count += 1))
  const bytes = Buffer.from(`{"auditID":"b","stageTimestamp":"${TIME}"}`)
  reader.readValue(bytes, 0, bytes.length, why => t.fail(why))
  t.equal(count, 1)
})

t.test('a list of any layout is read by what reads logs, also one too long to be seen whole', async t => {
  const items = Array.from({ length: 900 }, (_, index) => ({
    ...BASE,
    kind: undefined,
    auditID: `id-${index}`,
    note: 'x'.repeat(500)
  }))
  for (const blank of ['', '  ']) {
    const bytes = Buffer.from(
      [
        { ...BASE, auditID: 'first' },
        { kind: 'EventList', items }
      ]
        .map(each => JSON.stringify(each, null, blank))
        .join('\n')
    )
    const fields = k8sAuditSource().classes.flatMap(({ fields }) => fields)
    const readId = fields.find(({ name }) => name === 'ka.auditid')?.readerFor(undefined)
    const found: unknown[] = []
    let done = 0
    const take = (into: Buffer, at: number): number => {
      const copied = bytes.copy(into, at, done)
      done += copied
      return copied
    }
    const { bad } = await readLog(
      { read: take },
      auditEventReader(each => found.push(readId?.(each)))
    )
    t.strictSame(found, ['first', ...items.map(({ auditID }) => auditID)])
    t.strictSame(bad, [])
  }
})

t.test('what is JSON to the plugin', async t => {
  const nested = (depth: number, inner: string): string => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`
  const withMember = (json: string): string => `{"kind":"Event","stageTimestamp":"${TIME}","a":${json}}`
  // the event itself is the first of 300 levels
  const bad = [
    'tRue',
    'True',
    'nul',
    '',
    '"',
    '"\\"',
    '{',
    '[',
    '[1,]',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    '{"a" 1}',
    '1 2',
    'x',
    '-x'
  ]
  for (const json of bad) t.match(read(withMember(json), []).refused[0], /^cannot parse JSON/, json)
  const good = [
    'nan',
    'INF',
    '-Inf',
    '.',
    '1-2',
    '{ }',
    '[ ]',
    '{"":1,"":2}',
    '"\\q"',
    nested(298, '1'),
    nested(299, '')
  ]
  for (const json of good) t.equal(read(withMember(json), []).events.length, 1, json.slice(0, 20))
  for (const json of [nested(299, '1'), nested(300, ''), nested(100_000, '')])
    t.match(read(withMember(json), []).refused[0], /^cannot parse JSON/, 'too deep')
  t.strictSame(read(`${event('a')} {}`, []).refused, ['cannot parse JSON: unparsed tail: "{}"'])
  t.strictSame(read(event('a').slice(0, -1), []).refused, ['cannot parse JSON: it ends too early'])
})

const RUNS = process.env.AUDITPATCH_LONG ? 20_000 : 300

t.test('any JSON is compact as it is written again', async () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('', ' ', '\t'), (value, blank) => {
      const text = JSON.stringify({ ...BASE, x: value }, null, blank)
      const [found] = read(text, ['json.value[/x]', 'evt.plugininfo']).events
      const want = JSON.parse(JSON.stringify(value)) as unknown
      const json = byteString(typeof want === 'string' ? want : JSON.stringify(want))
      const whole = byteString(JSON.stringify({ ...BASE, x: want }))
      return found?.['evt.plugininfo'] === whole && found['json.value[/x]'] === json.split('\0')[0]
    }),
    { numRuns: RUNS }
  )
})

t.test('damaged text is refused or read, and never more than that; what is JSON is never refused as none', async () => {
  const names = k8sAuditSource().classes.flatMap(({ fields }) =>
    fields.map(({ name, argument }) => (argument ? `${name}[0]` : name))
  )
  const whole = JSON.stringify({ ...BASE, ...spec({ containers: CONTAINERS, volumes: [{ hostPath: { path: '/' } }] }) })
  const isJson = (text: string): boolean => {
    try {
      return JSON.parse(text) !== undefined
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(3), fc.constantFrom(...'{}[]",:\\0 xn'), (at, cut, mark) => {
      const text = whole.slice(0, at) + mark + whole.slice(at + cut)
      const { events, refused } = read(text, names)
      return events.length + refused.length === 1 && !(isJson(text) && /cannot parse JSON/.test(refused[0] ?? ''))
    }),
    { numRuns: RUNS }
  )
})
