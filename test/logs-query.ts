import fc from 'fast-check'
import fs from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LEVELS, STAGES } from '../src/audit/level.ts'
import { AuditError } from '../src/errors.ts'
import { askedStatus } from '../src/logs/asked-status.ts'
import { askedTime } from '../src/logs/asked-time.ts'
import type { LogEvent } from '../src/logs/log-event.ts'
import { type AskedFilters, compileQuery } from '../src/logs/query.ts'
import type { FilterName } from '../src/logs/query-filters.ts'
import { eventReader } from '../src/logs/event-reader.ts'
import { type LogBytes, readLog } from '../src/logs/read-log.ts'
import { compileWhere } from '../src/logs/where.ts'
import { logTable } from '../src/render/log-table.ts'
import { paintFor } from '../src/render/paint.ts'
import { globMatcher } from '../src/text/glob.ts'
import { ipAddress, ipRange } from '../src/text/ip-address.ts'
import { microsecondsOf } from '../src/text/time.ts'
import { everyKindWasTried, json, type Json, type Output, run } from './fake-cli.ts'

// the table shows local time
process.env.TZ = 'UTC'

const RUNS = Number(process.env.AUDITPATCH_FUZZ_RUNS ?? 150)
const NOW = Date.parse('2026-11-22T12:00:00Z')

const EVENT = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: 'pods',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/prod/pods/web?x=1',
  verb: 'get',
  user: { username: 'alice', groups: ['dev', 'system:authenticated'] },
  sourceIPs: ['192.0.2.7', '10.0.0.1'],
  userAgent: 'kubectl/v1.36.0 (linux/amd64)',
  objectRef: { resource: 'pods', namespace: 'prod', name: 'web', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2026-11-22T10:00:00.000000Z',
  stageTimestamp: '2026-11-22T10:00:00.100200Z',
  annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' }
}

const event = (auditID: string, more: Json): Json => ({ ...EVENT, auditID, ...more })

const EVENTS: readonly Json[] = [
  EVENT,
  event('exec', {
    level: 'Request',
    verb: 'create',
    requestURI: '/api/v1/namespaces/prod/pods/web/exec?command=sh',
    objectRef: { resource: 'pods', namespace: 'prod', name: 'web', subresource: 'exec' },
    responseStatus: { code: 101 },
    stageTimestamp: '2026-11-22T11:00:00.000000Z'
  }),
  event('secret', {
    verb: 'delete',
    user: { username: 'system:serviceaccount:kube-system:robot', groups: ['system:serviceaccounts'] },
    requestURI: '/api/v1/namespaces/kube-system/secrets/token',
    objectRef: { resource: 'secrets', namespace: 'kube-system', name: 'token' },
    responseStatus: { code: 403 },
    sourceIPs: ['fd00::1234'],
    userAgent: 'robot',
    annotations: { 'authorization.k8s.io/decision': 'forbid' },
    impersonatedUser: { username: 'root', groups: ['system:masters'] }
  }),
  // the name of what is created is in the objectRef alone
  event('created', {
    level: 'RequestResponse',
    verb: 'create',
    requestURI: '/apis/apps/v1/namespaces/prod/deployments',
    objectRef: { resource: 'deployments', apiGroup: 'apps', namespace: 'prod', name: 'shop' },
    requestObject: { spec: { replicas: 3, template: { spec: { hostPID: true, containers: [{ image: 'nginx' }] } } } },
    responseStatus: { code: 201 }
  }),
  // as of a webhook that leaves the objectRef out
  event('scale', {
    verb: 'patch',
    requestURI: '/apis/apps/v1/namespaces/test/deployments/shop/scale',
    objectRef: undefined,
    responseStatus: { code: 500 },
    stage: 'Panic'
  }),
  event('node', {
    verb: 'list',
    requestURI: '/api/v1/nodes',
    objectRef: { resource: 'nodes', apiVersion: 'v1' },
    sourceIPs: ['::ffff:198.51.100.9']
  }),
  event('health', {
    requestURI: '/healthz?verbose',
    objectRef: undefined,
    user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
    stageTimestamp: '2026-11-21T23:59:59.999999Z'
  }),
  event('refused', {
    stage: 'ResponseStarted',
    user: {},
    responseStatus: { code: 401 },
    annotations: undefined,
    sourceIPs: undefined,
    userAgent: undefined
  }),
  event('watching', { stage: 'ResponseStarted', verb: 'watch', requestURI: '/api/v1/pods?watch=true' }),
  event('received', { stage: 'RequestReceived', responseStatus: undefined, annotations: undefined })
]
const DONE = ['pods', 'exec', 'secret', 'created', 'scale', 'node', 'health', 'refused']
const ALL = [...DONE, 'watching', 'received']

const bytesOf = (text: string | Buffer): LogBytes => {
  let left = Buffer.from(text)
  return {
    read: (into, at) => {
      const size = left.copy(into, at)
      left = left.subarray(size)
      return size
    }
  }
}

const linesOf = (events: readonly Json[]): string => events.map(each => `${JSON.stringify(each)}\n`).join('')

/** The auditIDs of the events of a text for which something holds. */
const among = async (text: string, holds: (event: LogEvent) => boolean, isStrict = false): Promise<string[]> => {
  const found: string[] = []
  const take = (each: LogEvent): void => void (holds(each) && found.push(String(each.value().auditID)))
  await readLog(bytesOf(text), eventReader(take, { isStrict }))
  return found
}

const without = (...names: string[]): string[] => DONE.filter(name => !names.includes(name))

t.test('filters', async t => {
  const rows: readonly [asked: AskedFilters, want: readonly string[]][] = [
    [{}, DONE],
    [{ user: ['alice'] }, ['pods', 'exec', 'created', 'scale', 'node']],
    [{ user: ['alice', 'system:anonymous'] }, ['pods', 'exec', 'created', 'scale', 'node', 'health']],
    [{ user: ['system:serviceaccount:*'] }, ['secret']],
    [{ user: ['system:*', '!*:robot'] }, ['health']],
    [{ user: ['!alice'] }, ['secret', 'health', 'refused']],
    [{ user: ['!alice', '!system:*'] }, ['refused']],
    [{ user: [''] }, ['refused']],
    [{ user: ['!'] }, without('refused')],
    [{ user: ['Alice'] }, []],
    [{ as: ['root'] }, ['secret']],
    [{ as: ['*'] }, ['secret']],
    [{ as: ['!*'] }, without('secret')],
    [{ as: ['alice'] }, []],
    [{ user: ['system:*'], as: ['!root'] }, ['health']],
    [{ user: ['root'] }, []],
    [{ group: ['system:masters'] }, []],
    [{ group: ['dev'], verb: ['create'] }, ['exec', 'created']],
    [{ group: ['system:*'] }, without('refused')],
    [{ group: ['!system:authenticated'] }, ['secret', 'health', 'refused']],
    [{ verb: ['create', 'delete'] }, ['exec', 'secret', 'created']],
    [{ verb: ['!create', '!get'] }, ['secret', 'scale', 'node']],
    [{ verb: ['?atch'] }, ['scale']],
    [{ resource: ['pods'] }, ['pods', 'refused']],
    [{ resource: ['pods/*'] }, ['exec']],
    [{ resource: ['pods', 'pods/*'] }, ['pods', 'exec', 'refused']],
    [{ resource: ['*/exec', '*/scale'] }, ['exec', 'scale']],
    [{ resource: ['*'] }, without('health')],
    [{ resource: ['!*'] }, ['health']],
    [{ resource: ['p*'] }, ['pods', 'refused']],
    [{ resource: ['*', '!pods', '!pods/*'] }, ['secret', 'created', 'scale', 'node']],
    [{ resource: ['pods/'] }, ['pods', 'refused']],
    [{ 'api-group': ['core'] }, ['pods', 'exec', 'secret', 'node', 'refused']],
    [{ 'api-group': [''] }, ['pods', 'exec', 'secret', 'node', 'refused']],
    [{ 'api-group': ['apps'] }, ['created', 'scale']],
    [{ 'api-group': ['!core'] }, ['created', 'scale', 'health']],
    [{ namespace: ['kube-*'] }, ['secret']],
    [{ namespace: ['test'] }, ['scale']],
    [{ namespace: [''] }, ['node']],
    [{ name: ['shop'] }, ['created', 'scale']],
    [{ status: ['403'] }, ['secret']],
    [{ status: ['4xx'] }, ['secret', 'refused']],
    [{ status: ['>=500', '101'] }, ['exec', 'scale']],
    [{ status: ['!2xx'] }, ['exec', 'secret', 'scale', 'refused']],
    [{ status: ['400-402'] }, ['refused']],
    [{ stage: ['all'] }, ALL],
    [{ stage: ['RequestReceived'] }, ['received']],
    [{ stage: ['requestreceived', 'panic'] }, ['scale', 'received']],
    [{ stage: ['!ResponseComplete'] }, ['scale', 'refused', 'watching', 'received']],
    [{ stage: ['all', '!Response*'] }, ['scale', 'received']],
    [{ stage: ['ResponseStarted'], status: ['2xx'] }, ['watching']],
    [{ level: ['Request'] }, ['exec']],
    [{ level: ['Request*'] }, ['exec', 'created']],
    [{ level: ['!metadata'] }, ['exec', 'created']],
    [{ since: ['2026-11-22T11:00:00Z'] }, ['exec']],
    [{ since: ['1h'] }, ['exec']],
    [{ until: ['2026-11-22'] }, ['health']],
    [{ since: ['2026-11-22'] }, without('health')],
    [{ since: ['2026-11-22T10:00:00.1002Z'], until: ['2026-11-22T12:00:00.000001+02:00'] }, []],
    [{ since: ['2026-11-22T12:00:00.100200+02:00'], until: ['61m'] }, without('health', 'exec')],
    [{ since: ['!12h'] }, ['health']],
    [{ 'source-ip': ['192.0.2.7'] }, ['pods', 'exec', 'created', 'scale', 'health']],
    [{ 'source-ip': ['10.0.0.0/8'] }, ['pods', 'exec', 'created', 'scale', 'health']],
    [{ 'source-ip': ['fd00:0:0::1234'] }, ['secret']],
    [{ 'source-ip': ['fd00::/8', '198.51.100.0/24'] }, ['secret', 'node']],
    [{ 'source-ip': ['192.0.*'] }, ['pods', 'exec', 'created', 'scale', 'health']],
    [{ 'source-ip': ['!10.0.0.1'] }, ['secret', 'node', 'refused']],
    [{ 'user-agent': ['kubectl/*'], verb: ['get'] }, ['pods', 'health']],
    [{ 'user-agent': ['!kubectl/*'] }, ['secret', 'refused']],
    [{ decision: ['forbid'] }, ['secret']],
    [{ decision: ['!allow'] }, ['secret', 'refused']],
    [{ verb: ['get'], resource: ['pods'], namespace: ['prod'], status: ['200'], user: ['a*'] }, ['pods']]
  ]
  const text = linesOf(EVENTS)
  for (const [asked, want] of rows) {
    const query = compileQuery(asked, NOW)
    t.same(await among(text, query.matches), want, JSON.stringify(asked))
    t.same(await among(text, query.matches, true), want, `${JSON.stringify(asked)}, every byte parsed`)
    const quick = await among(text, query.quick)
    t.ok(
      want.every(each => quick.includes(each)),
      'what matches is not refused quickly'
    )
  }
  const tested = new Set(rows.flatMap(([asked]) => Object.keys(asked)))
  t.equal(tested.size, 16, 'every filter of the table is tested')
})

t.test('what can be told without parsing an event is', async t => {
  const asked = { user: ['bob'], verb: ['get'], resource: ['secrets'], status: ['4xx'] }
  const query = compileQuery(asked, NOW)
  let parsed = 0
  await readLog(
    bytesOf(linesOf(EVENTS)),
    eventReader(each => query.matches({ ...each, value: () => ((parsed += 1), each.value()) }), { isStrict: false })
  )
  t.equal(parsed, 0)
})

const refusal = (make: () => unknown): string => {
  try {
    make()
  } catch (error) {
    if (error instanceof AuditError) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing was refused'
}

t.test('values that are none', async t => {
  const rows: readonly [asked: AskedFilters, message: RegExp][] = [
    [
      { stage: ['ResponseCompleted'] },
      /--stage: one of RequestReceived, .* all \(is it ResponseComplete\?\) is wanted/
    ],
    [{ stage: ['!all'] }, /"!all" leaves no event/],
    [{ level: ['High'] }, /--level: one of None, Metadata, Request, RequestResponse is wanted, found "High"/],
    [{ level: [''] }, /--level: one of/],
    [{ decision: ['deny'] }, /--decision: one of allow, forbid is wanted, found "deny"/],
    [{ status: ['403.5'] }, /--status: a code such as 403, 4xx, 400-499 or ">=400" is wanted, found "403.5"/],
    [{ status: ['499-400'] }, /--status/],
    [{ since: ['yesterday'] }, /--since: a time such as 2026-11-22T10:00 .* is wanted, found "yesterday"/],
    [{ until: ['2026-11-22T10:00:00+25:00'] }, /--until: a time/],
    [{ until: ['22.11.2026'] }, /--until: a time/],
    [{ since: ['2026-02-30'] }, /--since/],
    [{ 'source-ip': ['10.0.0'] }, /--source-ip: an address, .* is wanted, found "10.0.0"/],
    [{ status: ['403,404'] }, /^USAGE: --status: 403,404 is one value; several are --status 403 --status 404$/],
    [{ stage: ['Panic,ResponseComplete'] }, /several are --stage Panic --stage ResponseComplete/],
    [{ 'source-ip': ['10.0.0.1,10.0.0.2'] }, /several are --source-ip 10.0.0.1 --source-ip 10.0.0.2/],
    [{ 'source-ip': ['!10.0.0.0\/33'] }, /found "10.0.0.0\/33"/]
  ]
  for (const [asked, message] of rows)
    t.match(
      refusal(() => compileQuery(asked, NOW)),
      message
    )
})

t.test('what may never be found is said', async t => {
  const rows: readonly [name: FilterName, value: string, doubt: RegExp | undefined][] = [
    ['verb', 'delete', undefined],
    ['verb', 'del*', undefined],
    ['verb', 'head', undefined],
    ['verb', '!delet', /--verb: no request has the verb delet; is it delete\?/],
    ['verb', 'exec', /they are get, list/],
    ['resource', 'pods/log', undefined],
    ['resource', 'widgets', undefined],
    ['resource', 'pod', /no built-in resource is called pod; is it pods\?/],
    ['resource', 'Secrets', /is it secrets\?/],
    ['resource', 'deploy/scale', /is it deployments\?/],
    ['resource', 'deployments.apps', /here it is --resource deployments --api-group apps/],
    ['api-group', 'core', undefined],
    ['api-group', 'example.com', undefined],
    ['api-group', 'rbac', /no API server has the group rbac; is it rbac.authorization.k8s.io\?/],
    ['api-group', 'apps/v1', /is it apps\?/],
    ['api-group', 'nonsense', /has a dot/],
    ['verb', 'get,list', /^--verb: get,list is one value; several are --verb get --verb list$/],
    ['namespace', '!a,b', /^--namespace: a,b is one value; several are --namespace '!a' --namespace '!b'$/],
    ['resource', 'pods,pods/log', /several are --resource pods --resource pods\/log/],
    ['user', 'system:*,bob', /several are --user 'system:\*' --user bob$/],
    ['user', 'Doe, John', undefined],
    ['user', 'alice,', undefined],
    ['user-agent', 'Mozilla/5.0 (X11;rv:1,like Gecko)', undefined]
  ]
  for (const [name, value, doubt] of rows) {
    const { doubts } = compileQuery({ [name]: [value] }, NOW)
    if (doubt) t.match(doubts.join(), doubt)
    else t.same(doubts, [], value)
  }
})

t.test('globs', async t => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?', '\n'), maxLength: 12 })
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const escaped = pattern.replaceAll('.', '\\.').replaceAll('*', '[^]*').replaceAll('?', '[^]')
      return globMatcher(pattern)(text) === new RegExp(`^${escaped}$`).test(text)
    }),
    { numRuns: 20 * RUNS }
  )
  // one that tries every way to divide the text would not come back
  t.notOk(globMatcher(`${'a*'.repeat(40)}b`)('a'.repeat(5000)))
})

t.test('addresses', async t => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    '::1::',
    '1:2:3:4:5:6:7:8:9',
    '1:2',
    'g::',
    ':',
    ':::',
    '1::2:3:4:5:6:7:8'
  ])
    t.equal(ipAddress(text), undefined, text)
  const same: readonly [string, string][] = [
    ['::1', '0:0:0:0:0:0:0:1'],
    ['2001:DB8::', '2001:db8:0::0'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['fe80::1%eth0', 'fe80::1']
  ]
  for (const [one, other] of same) {
    t.ok(ipAddress(one), one)
    t.same(ipAddress(one), ipAddress(other), `${one} is ${other}`)
  }
  const ranges: readonly [range: string, address: string, isIn: boolean | undefined][] = [
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3/16', '10.1.255.255', true],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '::1', false],
    ['192.0.2.1/32', '192.0.2.1', true],
    ['fd00::/8', 'fdff::1', true],
    ['::/0', '2001:db8::1', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['10.0.0.0/33', '10.0.0.0', undefined],
    ['10.0.0.0', '10.0.0.0', undefined],
    ['10.0.0.0/', '10.0.0.0', undefined]
  ]
  for (const [range, address, isIn] of ranges) {
    const found = ipAddress(address)
    t.equal(found && ipRange(range)?.(found), isIn, `${address} in ${range}`)
  }
})

t.test('times and codes', async t => {
  const at = (text: string): number => Date.parse(text) * 1000
  const rows: readonly [text: string, want: number | undefined][] = [
    ['2026-11-22', at('2026-11-22T00:00:00Z')],
    ['2026-11-22T10:00:00Z', at('2026-11-22T10:00:00Z')],
    ['2026-11-22t10:00:00.1234567z', at('2026-11-22T10:00:00.123Z') + 456],
    ['2026-11-22T10:00:00-01:30', at('2026-11-22T11:30:00Z')],
    ['2024-02-29T23:59:60Z', at('2024-03-01T00:00:00Z')],
    ['90s', NOW * 1000 - 90e6],
    ['1h30m', NOW * 1000 - 5400e6],
    ['1.5h', NOW * 1000 - 5400e6],
    ['3d', at('2026-11-19T12:00:00Z')],
    ['1w', at('2026-11-15T12:00:00Z')],
    ['', undefined],
    ['h', undefined],
    ['-1h', undefined],
    ['2026-13-01', undefined],
    ['2025-02-29', undefined],
    ['2026-11-22T24:00:00Z', undefined],
    ['2026-11-22T24:00', undefined],
    ['2026-11-22T', undefined],
    ['2026-11-22 10', undefined],
    ['2025-02-29T10:00', undefined]
  ]
  for (const [text, want] of rows) t.equal(askedTime(text, NOW), want, text)
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), date => {
      t.equal(microsecondsOf(date.toISOString()), date.getTime() * 1000)
    }),
    { numRuns: RUNS }
  )
  const codes: readonly [text: string, codes: readonly number[]][] = [
    ['403', [403]],
    ['4xx', [400, 403, 499]],
    ['4XX', [400, 403, 499]],
    ['>=400', [400, 403, 499, 500]],
    ['> 400', [403, 499, 500]],
    ['<400', [101, 200, 399]],
    ['<=400', [101, 200, 399, 400]],
    ['200-400', [200, 399, 400]]
  ]
  for (const [text, want] of codes)
    t.same(
      [101, 200, 399, 400, 403, 499, 500].filter(code => askedStatus(text)?.(code)),
      want,
      text
    )
  for (const text of ['', 'x', '40', '6xx', '=400', '>=', '500-400']) t.equal(askedStatus(text), undefined, text)
})

t.test('a time without a zone is local, as those of the table are', t => {
  const rows: readonly [zone: string, text: string, want: string][] = [
    ['UTC', '2026-11-22', '2026-11-22T00:00:00Z'],
    ['Europe/Berlin', '2026-11-22', '2026-11-21T23:00:00Z'],
    ['Europe/Berlin', '2026-07-01', '2026-06-30T22:00:00Z'],
    ['Europe/Berlin', '2026-11-22T10:00', '2026-11-22T09:00:00Z'],
    ['Europe/Berlin', '2026-11-22 10:00:05', '2026-11-22T09:00:05Z'],
    ['Europe/Berlin', '2026-11-22t10:00:05.25', '2026-11-22T09:00:05.250Z'],
    ['Europe/Berlin', '2026-11-22T10:00:05Z', '2026-11-22T10:00:05Z'],
    ['Europe/Berlin', '2026-11-22T10:00:05-08:00', '2026-11-22T18:00:05Z'],
    ['America/Los_Angeles', '2026-11-22T10:00', '2026-11-22T18:00:00Z'],
    ['Asia/Kolkata', '2026-11-22 10:00', '2026-11-22T04:30:00Z'],
    // the clock goes from 2 to 3, and from 3 back to 2
    ['Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59:00Z'],
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30:00Z'],
    ['Europe/Berlin', '2026-03-29T03:30', '2026-03-29T01:30:00Z'],
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00:00Z'],
    // a day that begins at 1 o'clock
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z']
  ]
  t.teardown(() => void (process.env.TZ = 'UTC'))
  for (const [zone, text, want] of rows) {
    process.env.TZ = zone
    t.equal(askedTime(text, NOW), Date.parse(want) * 1000, `${text} in ${zone}`)
  }
  process.env.TZ = 'Asia/Kolkata'
  t.equal(askedTime('2026-11-22T10:00:00.123456', NOW), Date.parse('2026-11-22T04:30:00.123Z') * 1000 + 456)
  t.end()
})

// the same rules, said again over parsed events and with the tools of the language
const TEXTS: Readonly<Partial<Record<FilterName, (event: Json) => readonly string[]>>> = {
  user: each => [String((each.user as Json).username ?? '')],
  group: each => ((each.user as Json).groups ?? []) as string[],
  verb: each => [String(each.verb)],
  stage: each => [String(each.stage), 'all'],
  level: each => [String(each.level)],
  namespace: each => (each.objectRef ? [String((each.objectRef as Json).namespace ?? '')] : []),
  name: each => (each.objectRef ? [String((each.objectRef as Json).name ?? '')] : []),
  'api-group': each => (each.objectRef ? [String((each.objectRef as Json).apiGroup ?? '')] : []),
  'user-agent': each => [String(each.userAgent ?? '')]
}
const naive = (asked: AskedFilters, each: Json): boolean => {
  const code = (each.responseStatus as Json | undefined)?.code
  const isDone =
    ['ResponseComplete', 'Panic'].includes(String(each.stage)) || (each.stage === 'ResponseStarted' && code === 401)
  if (!asked.stage?.length && !isDone) return false
  return (Object.entries(asked) as [FilterName, string[]][]).every(([name, values]) => {
    const found = TEXTS[name]?.(each) ?? []
    const has = (value: string): boolean =>
      found.some(text =>
        new RegExp(`^${value.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text)
      )
    const wanted = values.filter(value => !value.startsWith('!'))
    return (
      (wanted.length === 0 || wanted.some(has)) && !values.some(value => value.startsWith('!') && has(value.slice(1)))
    )
  })
}

t.test('as a naive query over parsed events', async t => {
  // few, so that many are found
  const word = fc.constantFrom('alice', 'system:a', 'web', 'get')
  const anyEvent = fc.record({
    user: fc.record({ username: word, groups: fc.array(word, { maxLength: 3 }) }),
    verb: word,
    stage: fc.constantFrom(...STAGES),
    level: fc.constantFrom(...LEVELS),
    userAgent: word,
    responseStatus: fc.record({ code: fc.constantFrom(200, 401, 403) }),
    objectRef: fc.record({ resource: word, namespace: word, name: word, apiGroup: word })
  })
  const pattern = fc.oneof(
    word,
    word.map(text => `${text.slice(0, 2)}*`),
    word.map(text => `*${text.slice(1, 3)}*`),
    word.map(text => `?${text.slice(1)}`)
  )
  const value = fc.tuple(fc.constantFrom('', '', '!'), pattern).map(parts => parts.join(''))
  const stage = fc.constantFrom('all', ...STAGES, '!Panic', 'Response*', '!*d')
  const level = fc.constantFrom(...LEVELS, 'Request*', '!None')
  const anyFilter = fc.oneof(
    fc.tuple(
      fc.constantFrom('user', 'group', 'verb', 'namespace', 'name', 'api-group', 'user-agent'),
      fc.array(value, { maxLength: 3 })
    ),
    fc.tuple(fc.constant('stage'), fc.array(stage, { maxLength: 2 })),
    fc.tuple(fc.constant('level'), fc.array(level, { maxLength: 2 }))
  )
  const anyAsked: fc.Arbitrary<AskedFilters> = fc.array(anyFilter, { maxLength: 3 }).map(Object.fromEntries)
  let matched = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 20 }), anyAsked, async (found, asked) => {
      const events = found.map((each, n) => event(String(n), each))
      const want = events.filter(each => naive(asked, each)).map(({ auditID }) => auditID)
      matched += want.length
      t.same(await among(linesOf(events), compileQuery(asked, NOW).matches), want)
    }),
    { numRuns: RUNS }
  )
  t.ok(matched > RUNS, `${matched} events matched`)
})

t.test('--where', async t => {
  const rows: readonly [expression: string, want: readonly string[]][] = [
    ['verb == "delete" && objectRef.resource in ["secrets"]', ['secret']],
    ['has(requestObject.spec) && requestObject.spec.replicas > 2', ['created']],
    ['requestObject.spec.replicas + 1 == 4', ['created']],
    ['requestObject.spec.template.spec.containers.exists(c, c.image.startsWith("ng"))', ['created']],
    ['responseStatus.code >= 400', ['secret', 'scale', 'refused']],
    ['responseStatus.code in [101, 500]', ['exec', 'scale']],
    ['"dev" in user.groups && verb != "get"', ['exec', 'created', 'scale', 'node']],
    ['user.groups.exists(g, g == "system:serviceaccounts")', ['secret']],
    ['requestURI.matches("^/API/v1/n(?i)")', []],
    ['requestURI.matches("(?i)^/API/v1/n[^/]+$")', ['node']],
    ['matches(requestURI, r"/pods/\\w+$")', []],
    ['user.username.startsWith("system:anon")', ['health']],
    ['timestamp(stageTimestamp) >= timestamp("2026-11-22T10:30:00Z")', ['exec']],
    ['timestamp(stageTimestamp) - timestamp(requestReceivedTimestamp) > duration("1h") || verb == "list"', ['node']],
    ['annotations["authorization.k8s.io/decision"] == "forbid"', ['secret']],
    ['objectRef.subresource == "exec"', ['exec']],
    ['objectRef.?subresource.orValue("") != "exec" && verb == "create"', ['created']],
    ['!has(objectRef.resource)', ['scale', 'health']],
    ['sourceIPs == []', ['refused']],
    ['sourceIPs.size() == 0 && userAgent == ""', ['refused']],
    ['event.verb == "list" || !has(event.annotations)', ['node', 'refused']],
    ['has(event.objectRef) && !has(event.userAgent)', ['refused']],
    ['type(responseStatus.code) == int && level == "RequestResponse" // as of here', ['created']],
    // an error is no match, also behind a not
    ['!(requestObject.spec.replicas == 9)', ['created']],
    ['requestObject.nothing || verb == "delete"', ['secret']],
    ['dyn(verb) == 1', []]
  ]
  for (const [expression, want] of rows) {
    const { matches } = compileQuery({}, NOW, compileWhere([expression]).matches)
    t.same(await among(linesOf(EVENTS), matches), want, expression)
  }
  const several = compileWhere(['verb == "list"', 'objectRef.subresource == "exec"'])
  t.same(await among(linesOf(EVENTS), several.matches), ['exec', 'node'], 'of several conditions any')
  t.match(several.errors(), { judged: 10, failed: 8, first: 'No such key: subresource' })

  const strange = [
    event('a', { user: JSON.parse('{"username":"x","__proto__":{"groups":["dev"]}}') as unknown, sourceIPs: null }),
    event('b', { annotations: { constructor: 'x' }, verb: 'get' }),
    event('c', { sourceIPs: 'no list', responseStatus: { code: 1.5 } })
  ]
  for (const [expression, want] of [
    ['has(user.groups)', ['b', 'c']],
    ['"constructor" in annotations && "toString" in annotations', []],
    ['annotations["constructor"] == "x"', ['b']],
    ['sourceIPs.size() == 0', ['a']],
    ['responseStatus.code == 1.5', ['c']]
  ] as const)
    t.same(await among(linesOf(strange), compileWhere([expression]).matches), want, expression)
})

t.test('--where that is none, and that takes too long', async t => {
  for (const [expression, message] of [
    ['verb = "x"', /^USAGE: --where, column 6: Unexpected character: =; equal is ==$/],
    ['verb == "x" &&', /column 15: the expression ends too soon/],
    ['', /column 1: .*; an expression is wanted/],
    ['vreb == "x"', /column 1: Unknown variable: vreb; is it verb\?/],
    ['verb == "x" &&\n   nothing', /line 2, column 4: Unknown variable: nothing; an event has kind, /],
    ['verb == 1', /column 1: no such overload: string == int/],
    ['verb', /a condition \(bool\) is wanted, found a string: verb/],
    ['has(impersonatedUser)', /column 5: has\(\) invalid argument; write has\(event.impersonatedUser\)$/],
    ['verb == "x" || has( user )', /column 21: has\(\) invalid argument; write has\(event.user\)$/],
    ['has(event)', /; a member is wanted, as in has\(objectRef.name\)$/],
    ['has(objectRef["name"])', /; a member is wanted, as in has\(objectRef.name\)$/],
    ['verb.nope()', /column 1: found no matching overload/],
    ['verb.matches("(")', /column 14: error parsing regexp: missing closing \)/]
  ] as const)
    t.match(
      refusal(() => compileWhere([expression])),
      message,
      expression
    )

  const wide = event('wide', {
    requestObject: Array.from({ length: 3000 }, (_, n) => n),
    requestURI: `/${'a'.repeat(3000)}!`
  })
  for (const expression of [
    'requestObject.all(a, requestObject.all(b, a + b >= 0))',
    'requestObject.exists(a, requestObject.exists(b, a + b < 0)) || verb == "get"',
    'requestObject.map(a, requestObject.filter(b, a > b).size()).size() == 0',
    'event.requestObject.exists_one(a, requestObject.exists_one(b, a == b))'
  ]) {
    const { matches } = compileWhere([expression])
    await t.rejects(
      among(linesOf([wide]), matches),
      { code: 'TOO_COMPLEX', message: /more than 1000000 steps/ },
      expression
    )
    t.resolves(among(linesOf(EVENTS), matches), 'the limit is one for each event')
  }
  // a backtracking matcher would not come back from these
  for (const pattern of ['^/(a+)+$', '(a|aa)+$', '(.*a){20}$'])
    t.same(await among(linesOf([wide]), compileWhere([`requestURI.matches("${pattern}")`]).matches), [], pattern)
})

t.test('the table', async t => {
  const rows = [
    EVENT,
    event('', {
      user: { username: 'system:serviceaccount:kube-system:replicaset-controller' },
      verb: 'create',
      objectRef: {
        resource: 'pods',
        subresource: 'exec',
        namespace: 'prod',
        name: 'web-7d9f8c6b5-x2x9z-and-more-of-it'
      },
      responseStatus: { code: 403 },
      sourceIPs: ['2001:db8:1234:5678:9abc:def0:1234:5678']
    }),
    event('', { user: { username: 'oidc:somebody.with.a.long.name@example.com' }, responseStatus: { code: 503 } }),
    event('', {
      user: {},
      objectRef: undefined,
      requestURI: '/healthz?verbose',
      responseStatus: undefined,
      sourceIPs: undefined
    }),
    event('', {
      user: { username: 'a\u001b[2J\n\tb\u202ec' },
      objectRef: { resource: 'namespaces', namespace: 'x', name: 'x' }
    }),
    event('', {
      verb: 'deletecollection',
      objectRef: { resource: 'secrets', namespace: 'x' },
      stageTimestamp: 'no time'
    })
  ]
  const shown = async (width: number, isColored = false, hasStage = false): Promise<string[]> => {
    const table = logTable(width, paintFor(isColored), hasStage)
    const lines = [table.header]
    await readLog(
      bytesOf(linesOf(rows)),
      eventReader(each => lines.push(table.row(each)), { isStrict: false })
    )
    return lines
  }
  t.same(await shown(60), [
    'TIME     USER               REQUEST                     CODE',
    '10:00:00 alice              get pods prod/web           200',
    '10:00:00 …icaset-controller create pods/exec…more-of-it 403',
    '10:00:00 oidc:somebo…le.com get pods prod/web           503',
    '10:00:00 -                  get /healthz                -',
    '10:00:00 a\\x1b[2J\\n\\…u202ec get namespaces x            200',
    'no time  alice              deletecollection secrets x/ 200'
  ])
  for (const width of [60, 80, 120])
    for (const line of await shown(width)) t.ok(line.length <= width, `${width} columns hold ${line}`)
  t.same(await shown(80), [
    'LOCAL TIME     USER              REQUEST                    CODE SOURCE',
    '11-22 10:00:00 alice             get pods prod/web          200  …,10.0.0.1',
    '11-22 10:00:00 …caset-controller create pods/exe…more-of-it 403  2001:db8:…:5678',
    '11-22 10:00:00 oidc:someb…le.com get pods prod/web          503  …,10.0.0.1',
    '11-22 10:00:00 -                 get /healthz               -    -',
    '11-22 10:00:00 a\\x1b[2J\\n…u202ec get namespaces x           200  …,10.0.0.1',
    'no time        alice             deletecollectio…secrets x/ 200  …,10.0.0.1'
  ])
  t.same(await shown(120, false, true), [
    'LOCAL TIME          USER                        REQUEST                                    CODE STAGE    SOURCE',
    '2026-11-22 10:00:00 alice                       get pods prod/web                          200  complete …,10.0.0.1',
    '2026-11-22 10:00:00 …:replicaset-controller     create pods/exec prod/web…z-and-more-of-it 403  complete 2001:db8:…:5678',
    '2026-11-22 10:00:00 oidc:somebody.wi…xample.com get pods prod/web                          503  complete …,10.0.0.1',
    '2026-11-22 10:00:00 -                           get /healthz                               -    complete -',
    '2026-11-22 10:00:00 a\\x1b[2J\\n\\tb\\u202ec        get namespaces x                           200  complete …,10.0.0.1',
    'no time             alice                       deletecollection secrets x/                200  complete …,10.0.0.1'
  ])
  t.same(await shown(Infinity), [
    'LOCAL TIME          USER                            REQUEST                                         CODE SOURCE',
    '2026-11-22 10:00:00 alice                           get pods prod/web                               200  192.0.2.7,10.0.0.1',
    '2026-11-22 10:00:00 system:serviceaccount:kube-system:replicaset-controller create pods/exec prod/web-7d9f8c6b5-x2x9z-and-more-of-it 403  2001:db8:1234:5678:9abc:def0:1234:5678',
    '2026-11-22 10:00:00 oidc:somebody.with.a.long.name@example.com get pods prod/web                               503  192.0.2.7,10.0.0.1',
    '2026-11-22 10:00:00 -                               get /healthz                                    -    -',
    '2026-11-22 10:00:00 a\\x1b[2J\\n\\tb\\u202ec            get namespaces x                                200  192.0.2.7,10.0.0.1',
    'no time             alice                           deletecollection secrets x/                     200  192.0.2.7,10.0.0.1'
  ])
  const colored = await shown(80, true)
  t.match(colored[2], '\u001b[33m403 ')
  t.match(colored[3], '\u001b[31m503 ')
  t.match(colored[0], /^\u001b\[1mLOCAL TIME/)
  t.notMatch(colored[1], '\u001b')
  t.notMatch(colored.join('\n').replaceAll(/\u001b\[(1|22|31|33|39)m/g, ''), /[\u001b\u202e\t]/)
})

t.test('the table tells who acted in whose name', async t => {
  const names: readonly [user: string, as: string | undefined][] = [
    ['alice', 'bob'],
    ['alice', undefined],
    ['alice', 'system:serviceaccount:kube-system:replicaset-controller'],
    ['system:serviceaccount:kube-system:replicaset-controller', 'bob'],
    ['kubernetes-admin@example.com', 'system:serviceaccount:kube-system:replicaset-controller'],
    ['carol', '']
  ]
  const shown = async (width: number): Promise<string[]> => {
    const table = logTable(width, paintFor(false))
    const lines: string[] = []
    const events = names.map(([user, username]) =>
      event('', { user: { username: user }, ...(username === undefined ? {} : { impersonatedUser: { username } }) })
    )
    await readLog(
      bytesOf(linesOf(events)),
      eventReader(each => lines.push(table.row(each)), { isStrict: false })
    )
    return lines
  }
  t.same(await shown(60), [
    '10:00:00 alice as bob       get pods prod/web           200',
    '10:00:00 alice              get pods prod/web           200',
    '10:00:00 alice as …ntroller get pods prod/web           200',
    '10:00:00 …controller as bob get pods prod/web           200',
    '10:00:00 kube…om as …roller get pods prod/web           200',
    '10:00:00 carol as -         get pods prod/web           200'
  ])
  t.same((await shown(80)).slice(2, 5), [
    '11-22 10:00:00 alice as …troller get pods prod/web          200  …,10.0.0.1',
    '11-22 10:00:00 …ontroller as bob get pods prod/web          200  …,10.0.0.1',
    '11-22 10:00:00 kub…om as …roller get pods prod/web          200  …,10.0.0.1'
  ])
  t.match((await shown(120))[4], / kubernet….com as …et-controller get pods/)
  t.match(
    (await shown(Infinity))[4],
    / kubernetes-admin@example.com as system:serviceaccount:kube-system:replicaset-controller get pods/
  )
})

const query = (argv: readonly string[], more = {}): Promise<Output> => run(['log', 'query', ...argv], more)

const logIn = (t: Test, text: string | Buffer = linesOf(EVENTS)): string => {
  const path = join(t.testdir({}), 'audit.log')
  fs.writeFileSync(path, text)
  return path
}

t.test('log query', async t => {
  const log = logIn(t)
  const { out, err, code } = await query([log, '--verb', 'create'])
  t.same([err, code], ['', 0])
  const [header, ...rows] = out.trimEnd().split('\n')
  t.match(header, /^LOCAL TIME +USER +REQUEST +CODE SOURCE$/)
  t.match(rows, [/alice +create pods\/exec prod\/web +101/, /create deployments prod\/shop +201/])
  t.equal(rows.length, 2)

  const none = await query([log, '--user', 'nobody'])
  t.same([none.out, none.code], ['', 0])
  t.match(
    none.err,
    /^no event matches, of 10 that were read, from (\S+ \S+) to (\S+ \S+)\na request counts when it is done/
  )
  t.notMatch((await query([log, '--user', 'nobody', '--stage', 'all'])).err, 'done')
  const doubtful = await query([log, '--verb', 'delet', '--count'])
  t.same(doubtful, { out: '0\n', err: 'warning: --verb: no request has the verb delet; is it delete?\n', code: 0 })
  t.equal(
    (await query([log, '--stage', 'all', '--stage', '!R*', '--user-agent', 'kubectl/*'])).out.split('\n').length,
    3
  )
  t.match(
    (await query([log, '--stage', 'all', '--limit', '1'])).out,
    /^LOCAL TIME .* CODE STAGE    SOURCE\n.* complete /
  )
})

t.test('the commands of log take no other root: a log is a file of this machine', async t => {
  const log = logIn(t)
  const root = join(log, '..')
  const commands = [['query'], ['query', '--follow'], ['summary'], ['replay', '--policy', 'template:exam']]
  for (const words of commands) {
    const line = (path: string, ...more: string[]): string[] => ['log', ...words, path, ...more]
    const { out, err, code } = await run(line('/var/log/kubernetes/audit', '--root', root))
    t.same([code, out], [2, ''], words.join(' '))
    t.match(err, `files of this machine, found ${root}; leave it out`)
    t.match(err, `name them below it, as ${root}/var/log/kubernetes/audit\n`)
    const below = await json(t, line(log, '--root', root))
    t.match([below.code, below.value.message], [2, `below it, as ${log}`])
    if (!words.includes('--follow'))
      t.equal((await run(line(log, '--root', '/'))).code, 0, `${words.join(' ')}: --root /`)
  }
})

t.test('log query: how many', async t => {
  const log = logIn(t)
  const names = ({ out }: Output): string[] =>
    out
      .trimEnd()
      .split('\n')
      .map(line => String((JSON.parse(line) as Json).auditID))
  t.same(names(await query([log, '-o', 'json'])), DONE)
  t.same(names(await query([log, '-o', 'json', '--limit', '3'])), DONE.slice(0, 3))
  const other = join(log, '..', 'other.log')
  fs.writeFileSync(other, linesOf(EVENTS.slice(0, 2)))
  t.same(names(await query([log, other, '-o', 'json', '--limit', '9'])), [...DONE, 'pods'])
  t.same(names(await query([log, other, '-o', 'json', '--tail', '3'])), ['refused', 'pods', 'exec'])
  t.same(names(await query([log, '-o', 'json', '--tail', '100'])), DONE)
  t.equal((await query([log, '-o', 'json', '--tail', '0'])).out, '')
  t.equal((await query([log, '--tail', '2'])).out.split('\n').length, 4, 'a header, two lines, an end')
  t.equal((await query([log, '--count'])).out, '8\n')
  t.match((await json(t, ['log', 'query', log, '--count', '--resource', 'pods'])).value, {
    kind: 'LogCount',
    count: 2,
    events: 10
  })
  const text = linesOf(EVENTS)
  const piped = await query(['-', '--count'], {
    input: () => [Buffer.from(text.slice(0, 99)), Buffer.from(text.slice(99))]
  })
  t.equal(piped.out, '8\n')
  const compressed = await query(['audit.log.gz', '--follow'])
  t.match(compressed, { code: 2, err: /--follow: audit.log.gz is compressed, .* is audit.log meant/ })
  for (const [argv, message] of [
    [['--limit', '1', '--tail', '1'], /give --limit or --tail, not both/],
    [['--count', '--tail', '1'], /give --count or --tail/],
    [['--count', '--follow'], /give --count or --follow/],
    [['--follow', 'other.log'], /--follow: one log is wanted, found 2/],
    [['--limit', 'many'], /--limit: a whole number is wanted/],
    [['--where', 'verb = 1'], /--where, column 6/],
    [['--stage', 'Done'], /--stage: one of RequestReceived/]
  ] as const) {
    const { value, code } = await json(t, ['log', 'query', log, ...argv])
    t.match(value, { kind: 'Error', code: 'USAGE', message })
    t.equal(code, 2)
  }
  const one = await run([
    'policy',
    'explain',
    'template:baseline',
    '--resource',
    'pods',
    '--verb',
    'get',
    '--verb',
    'list'
  ])
  t.match(
    [one.code, one.err],
    [2, /--verb: one is wanted, found "get" and "list"/],
    'elsewhere an option has one value'
  )
})

t.test('log query -o json: the bytes of the log', async t => {
  const odd = Buffer.concat([
    Buffer.from(
      '{ "auditID" : "odd\\u0041", "level":"Metadata","stage":"ResponseComplete","verb":"get", "requestURI":"/x","n":1.0,"s":"'
    ),
    Buffer.from([0xff, 0xc3]),
    Buffer.from('é" }')
  ])
  const plain = Buffer.from(JSON.stringify(event('long', { responseObject: { data: 'x'.repeat(200_000) } })))
  const log = logIn(t, Buffer.concat([odd, Buffer.from('\r\n'), plain, Buffer.from('\n'), odd]))
  for (const more of [[], ['--tail', '5']]) {
    const chunks: Buffer[] = []
    const out = (chunk: string | Uint8Array): void => void chunks.push(Buffer.from(chunk))
    t.equal((await query([log, '-o', 'json', ...more], { out })).code, 0)
    const line = Buffer.from('\n')
    t.ok(Buffer.concat(chunks).equals(Buffer.concat([odd, line, plain, line, odd, line])), 'nothing was written anew')
  }
})

t.test('log query --where tells what it could not answer', async t => {
  const log = logIn(t)
  const all = await query([log, '--where', 'requestObject.metadata.name == "x"'])
  t.match(
    all.err,
    /warning: --where could not be answered for 8 of 8 events, .* at first: No such key: metadata\nno event/
  )
  const some = await query([log, '--count', '--where', 'objectRef.subresource == "exec"'])
  t.same([some.out, some.err], ['1\n', ''])
  t.match((await query([log, '-v', '--count', '--where', 'objectRef.subresource == "exec"'])).err, /for 7 of 8 events/)
})

t.test('log query --follow', async t => {
  const log = logIn(t)
  let out = ''
  let look: () => void = () => undefined
  const until = (pattern: RegExp): Promise<void> =>
    new Promise(resolve => {
      look = () => void (pattern.test(out) && resolve())
      look()
    })
  const more = { out: (text: string | Uint8Array) => ((out += Buffer.from(text).toString()), look()) }
  const followed = query([log, '--follow', '--tail', '2', '-o', 'json', '--where', 'verb != "list"'], {
    ...more,
    isRead: () => !out.includes('last')
  })
  await until(/"refused"/)
  t.equal(out.trimEnd().split('\n').length, 2, 'the last two of what is there')
  fs.renameSync(log, log.replace('audit.log', 'audit-2026-11-22T12-00-00.000.log'))
  fs.writeFileSync(log, linesOf([event('first', {}), event('not asked for', { verb: 'list' })]))
  await until(/"first"/)
  // a line that is not whole yet
  const line = linesOf([event('second', {})])
  fs.appendFileSync(log, line.slice(0, 100))
  await new Promise(resolve => setTimeout(resolve, 300))
  fs.appendFileSync(log, line.slice(100))
  await until(/"second"/)
  fs.appendFileSync(log, linesOf([event('last', {})]))
  await until(/"last"/)
  // nobody reads any more; that is seen when there is more to write
  fs.appendFileSync(log, linesOf([EVENT]))
  t.match(await followed, { code: 0, err: '' })
  t.same(out.match(/"auditID":"[^"]*"/g)?.slice(2), ['"auditID":"first"', '"auditID":"second"', '"auditID":"last"'])

  const absent = join(t.testdir({}), 'audit.log')
  const limited = query([absent, '--follow', '--limit', '1'])
  setTimeout(() => fs.writeFileSync(absent, linesOf([EVENT, EVENT])), 50)
  const { out: table, err } = await limited
  t.equal(table.trimEnd().split('\n').length, 2)
  t.match(err, /audit.log is not there yet; waiting for it/)
  // of a directory it is the log with its rotated files
  fs.writeFileSync(absent.replace('.log', '-2026-11-22T12-00-00.000.log'), linesOf(EVENTS))
  const directory = join(absent, '..')
  t.match((await query([directory, '--follow', '--limit', '2', '-o', 'json'])).out, /^(\{.*"auditID":"pods".*\}\n){2}$/)
  fs.writeFileSync(join(directory, 'other.log'), '')
  const two = await query([directory, '--follow'])
  t.match([two.code, two.err], [2, /--follow: one log is wanted, found .*audit.log, .*other.log/])
})

t.test('every kind of output was held against its schema', async t => everyKindWasTried(t, kind => kind === 'LogCount'))
