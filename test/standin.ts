import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { requestOf, requestOfEvent, verbOfMethod } from '../src/audit/event-request.ts'
import type { Request } from '../src/audit/request.ts'
import { recordedStages, stagesOf } from '../src/audit/stages.ts'
import { NEWEST } from '../src/audit/version.ts'
import { decodePolicy } from '../src/policy/decode.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import type { Policy } from '../src/policy/policy.ts'
import { diceFrom } from './oracle/dice.ts'
import { generatePolicy } from './oracle/generate-policy.ts'
import { freePort } from './e2e/fake-client.ts'
import { until } from './e2e/fake-setup.ts'
import { standInBinary } from './e2e/fake-standin-build.ts'
import { KINDS } from './standin/fake-kinds.ts'
import { SENDERS, sendAll, type Sent } from './standin/fake-requests.ts'
import { SHELF_REQUESTS, SHELVES_POLICY } from './standin/fake-shelves.ts'
import { refusals } from './standin/fake-refusals.ts'
import { readsLog, replaysItself } from './standin/fake-replay.ts'
import {
  byRequest,
  eventsOf,
  policyFlag,
  readEvents,
  runStandIn,
  servingFlags,
  startStandIn,
  type Event
} from './standin/fake-standin.ts'
import { startWebhook } from './standin/fake-webhook.ts'
import { MATCHERS } from './standin/fake-verdicts.ts'

// the first build of all takes its time
t.setTimeout(1_800_000)
const binary = (await standInBinary()) ?? ''
const skip = binary === '' && 'NEEDS GO: there is no stand-in API server'
t.jobs = 2

const REAL_LOG = new URL('../../shared/corpus/real-node-1.36.audit.log.gz', import.meta.url)
const noMounts = (): string | false =>
  spawnSync('unshare', ['--mount', 'true']).status !== 0 && 'NEEDS ROOT, and the right to mount'
const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const

const requestSent = ({ as, method, path }: Sent): Request =>
  requestOf(verbOfMethod(method.toLowerCase(), path), path, SENDERS[as])

const HEADER = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy' }

const decode = (policy: object): Policy => {
  const text = JSON.stringify({ ...HEADER, ...policy })
  const decoded = decodePolicy(text, 'policy.json', NEWEST).policy
  if (decoded === null) throw new Error(`no policy: ${text}`)
  return decoded
}

interface Recorded {
  readonly statuses: ReadonlyMap<string, number>
  readonly events: ReadonlyMap<string, readonly Event[]>
}

/** Sends requests to a server of its own and reads its log when it has ended. */
const record = async (t: Test, dir: string, policy: object, requests: readonly Sent[]): Promise<Recorded> => {
  const log = join(dir, 'audit.log')
  const server = await startStandIn(t, binary, dir, [policyFlag(dir, policy), `--audit-log-path=${log}`])
  const statuses = await sendAll(server.port, requests)
  const { code, err } = await server.stop()
  t.equal(code, 0, `the server ends in good order\n${err.slice(-400)}`)
  return { statuses, events: byRequest(readEvents(log)) }
}

const stagesIn = (events: readonly Event[]): string[] => events.map(({ stage }) => stage)

t.test('every kind of request goes through its stages', { skip }, async t => {
  const { statuses, events } = await record(t, t.testdir(), { rules: [{ level: 'Metadata' }] }, KINDS)
  for (const kind of KINDS) {
    const { id, status, stages, hangsUp } = kind
    const seen = events.get(id) ?? []
    t.equal(statuses.get(id), hangsUp ? 0 : status, `${id}: status`)
    t.strictSame(stagesIn(seen), stages, `${id}: stages`)
    const request = requestSent(kind)
    if (!stages.includes('Panic')) t.strictSame(stagesOf(request), stages, `${id}: as stagesOf says`)
    for (const event of seen) t.strictSame(requestOfEvent(event), request, `${id}: what the event tells of`)
    t.match(seen.at(-1), { responseStatus: { code: status } }, `${id}: the status in the event`)
  }
  t.match(events.get('impersonated')?.at(-1), {
    user: { username: 'kubernetes-admin' },
    impersonatedUser: { username: 'jane' }
  })
  await t.test('as on the real node', async t => compareWithRealNode(t, [...events.values()]))
})

// the node's log was cut somewhere: a request of which a part is missing tells nothing
const isWhole = (events: readonly Event[]): boolean =>
  events.length > 1 || (stagesIn(events)[0] === 'ResponseStarted' && events.every(event => codeOf(event) === 401))

const codeOf = (event: Event): unknown => (event['responseStatus'] as { code?: number } | undefined)?.code // as: the server's own words

const kindOf = (event: Event): string => {
  const { verb = '', resourceRequest, subresource, path = '' } = requestOfEvent(event) ?? {}
  const place = resourceRequest ? `resource ${subresource ?? ''}` : path.replace(/(?<=^\/[^/]+)\/.*/, '')
  return `${verb} ${place} ${codeOf(event) === 401 ? 401 : ''}`.trim()
}

const stagesOfKinds = (requests: readonly (readonly Event[])[]): Map<string, Set<string>> => {
  const kinds = new Map<string, Set<string>>()
  for (const events of requests) {
    const [last] = events.slice(-1)
    if (last === undefined || stagesIn(events).includes('Panic')) continue
    const kind = kindOf(last)
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(stagesIn(events).join(' ')))
  }
  return kinds
}

const compareWithRealNode = (t: Test, own: readonly (readonly Event[])[]): void => {
  if (!existsSync(REAL_LOG)) {
    t.comment('NOT COMPARED: the log of the real node is not here')
    return
  }
  const real = [...byRequest(eventsOf(gunzipSync(readFileSync(REAL_LOG)).toString())).values()].filter(isWhole)
  const ours = stagesOfKinds(own)
  for (const [kind, stages] of stagesOfKinds(real)) {
    t.strictSame([...(ours.get(kind) ?? [])], [...stages], `${kind}: the same stages`)
  }
  for (const events of real) {
    const [first] = events
    const request = requestOfEvent(first)
    t.strictSame(request && stagesOf(request), stagesIn(events), `${String(first?.auditID)}: as stagesOf says`)
  }
}

t.test('levels, omitted stages and managed fields', { skip }, async t => {
  const { statuses, events } = await record(t, t.testdir(), SHELVES_POLICY, SHELF_REQUESTS)
  const policy = decode(SHELVES_POLICY)
  for (const sent of SHELF_REQUESTS) {
    t.equal(statuses.get(sent.id), sent.status, `${sent.id}: status`)
    const request = requestSent(sent)
    const decision = evaluate(policy, request)
    const { level, omitManagedFields } = decision
    const seen = events.get(sent.id) ?? []
    t.strictSame(stagesIn(seen), recordedStages(request, decision), `${sent.id}: stages`)
    for (const event of seen) t.equal(event.level, level, `${sent.id}: level`)
    const last = seen.find(({ stage }) => stage === 'ResponseComplete')
    if (last === undefined) continue
    const isKept = level === 'Request' || level === 'RequestResponse'
    const isAnswered = level === 'RequestResponse' && request.verb !== 'watch'
    t.equal('requestObject' in last, isKept && sent.body !== undefined, `${sent.id}: the body sent`)
    t.equal('responseObject' in last, isAnswered, `${sent.id}: the body answered`)
    const mayHave = isKept && !omitManagedFields
    const hasFields = (key: string): boolean => JSON.stringify(last[key] ?? null).includes('"managedFields"')
    t.equal(hasFields('requestObject'), mayHave && request.verb === 'create', `${sent.id}: managed fields sent`)
    t.equal(hasFields('responseObject'), mayHave && isAnswered && request.verb !== 'delete', `${sent.id}: and answered`)
  }
})

t.test('the deciding rule is the one that evaluate names', { skip }, async t => {
  const root = t.testdir({ low: {}, high: {} })
  // the levels of two policies with the same rules spell the number of a rule, counted from 1, in base 4
  const digit = (place: number): object => ({
    rules: MATCHERS.map((matcher, index) => ({ level: LEVELS[Math.floor((index + 1) / place) % 4], ...matcher }))
  })
  const [low, high] = await Promise.all([
    record(t, join(root, 'low'), digit(1), KINDS),
    record(t, join(root, 'high'), digit(4), KINDS)
  ])
  const policy = decode(digit(1))
  const deciding = new Set<number | null>()
  for (const kind of KINDS) {
    const [lower, upper] = [low, high].map(({ events }) => levelIn(events.get(kind.id) ?? []))
    const number = (lower ?? 0) + 4 * (upper ?? 0)
    const { rule } = evaluate(policy, requestSent(kind))
    t.equal(number === 0 ? null : number - 1, rule, `${kind.id}: rule`)
    deciding.add(rule)
  }
  t.equal(deciding.size, MATCHERS.length + 1, 'every rule decided something, and something was left to none')
})

const levelIn = (events: readonly Event[]): number => LEVELS.findIndex(level => level === (events[0]?.level ?? 'None'))

t.test('rotation, the webhook, and no anonymous requests', { skip }, async t => {
  const dir = t.testdir()
  const webhook = await startWebhook(t)
  const log = join(dir, 'audit.log')
  const server = await startStandIn(t, binary, dir, [
    policyFlag(dir, { rules: [{ level: 'RequestResponse', verbs: ['create'] }, { level: 'Metadata' }] }),
    `--audit-log-path=${log}`,
    '--audit_log_maxsize',
    '1',
    '--audit-log-maxbackup=2',
    `--audit-webhook-config-file=${webhook.kubeconfig(join(dir, 'webhook'))}`,
    '--audit-webhook-batch-max-size=4',
    '--audit-webhook-batch-max-wait=1s',
    '--anonymous-auth=false',
    '--v=1',
    '--shutdown-delay-duration=1s'
  ])
  const data = { filling: 'x'.repeat(200_000) }
  const made = Array.from({ length: 10 }, (_, index) => configMap(`big-${index}`, data))
  const refused: Sent = { id: 'refused', as: 'anonymous', method: 'GET', path: '/livez', status: 401 }
  const statuses = await sendAll(server.port, [...made, refused])
  for (const { id, status } of [...made, refused]) t.equal(statuses.get(id), status, `${id}: status`)
  const rotated = (): string[] => readdirSync(dir).filter(name => /^audit-\d{4}-\d\d-\d\dT[\d.-]+\.log$/.test(name))
  // old files are cleared away beside the requests, and not any more once the server has ended
  await until('the last request in the log', () => readFileSync(log, 'utf8').includes('"refused"'))
  await until('two old files, and no more', () => rotated().length === 2)
  const { code, err } = await server.stop()
  t.equal(code, 0, 'it ends in good order')
  for (const name of [
    'ShutdownInitiated',
    'AfterShutdownDelayDuration',
    'NotAcceptingNewRequest',
    'InFlightRequestsDrained'
  ]) {
    t.match(err, `"[graceful-termination] shutdown event" name="${name}"`)
  }
  t.equal(rotated().length, 2, 'two old files are kept')
  for (const name of [...rotated(), 'audit.log']) {
    const { size, mode } = statSync(join(dir, name))
    t.ok(size <= 1 << 20, `${name} has at most a MiB`)
    t.equal(mode & 0o777, 0o600, `${name} is its owner's alone`)
  }
  t.strictSame(stagesIn(byRequest(readEvents(log)).get('refused') ?? []), ['ResponseStarted'])
  const sent = byRequest(webhook.batches.flat())
  for (const { id } of made) t.equal(sent.get(id)?.length, 2, `${id}: both events came to the webhook`)
  t.ok(
    webhook.batches.every(batch => batch.length <= 4),
    'in batches of the size that was set'
  )
})

const configMap = (name: string, data: object): Sent => ({
  id: name,
  as: 'admin',
  method: 'POST',
  path: '/api/v1/namespaces/default/configmaps',
  status: 201,
  body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
})

const REPLAYED = [
  { name: 'shelves', policy: SHELVES_POLICY, requests: SHELF_REQUESTS },
  {
    name: 'omitted stages',
    policy: {
      omitStages: ['ResponseStarted'],
      rules: [
        { level: 'RequestResponse', verbs: ['create', 'get'], omitStages: ['RequestReceived'] },
        { level: 'Request', users: ['jane'], omitStages: ['ResponseComplete'] },
        { level: 'Metadata' }
      ]
    },
    requests: KINDS
  },
  {
    name: 'omitted managed fields',
    policy: {
      omitManagedFields: true,
      rules: [
        { level: 'RequestResponse', namespaces: ['slim'], omitManagedFields: false },
        { level: 'RequestResponse' }
      ]
    },
    requests: SHELF_REQUESTS
  }
]

t.test('a log is read as it was written, and its own policy keeps it', { skip }, async t => {
  for (const { name, policy, requests } of REPLAYED) {
    const dir = t.testdir()
    await record(t, dir, policy, requests)
    const sent = new Map(requests.map(each => [each.id, requestSent(each)]))
    const log = join(dir, 'audit.log')
    await t.test(name, async t => readsLog(t, readFileSync(log), sent))
    await replaysItself(t, join(dir, 'policy.json'), log, name)
  }
})

t.test('policies of all kinds keep the logs that they made', { skip }, async t => {
  const dice = diceFrom(36)
  let events = 0
  for (let number = 1; number <= 20; number++) {
    const made = generatePolicy(dice, 0)
    // what its own rules leave is recorded as well
    const rules = [...made.rules, { level: dice.one(LEVELS.slice(1)) }]
    const dir = t.testdir()
    await record(
      t,
      dir,
      { ...made, rules },
      KINDS.filter(({ path }) => !path.includes('watch'))
    )
    const log = join(dir, 'audit.log')
    // a policy may omit every stage
    if (readFileSync(log).length > 0)
      events += await replaysItself(t, join(dir, 'policy.json'), log, `policy ${number}`)
  }
  t.ok(events > 500, `${events} events`)
})

t.test('the log of the real node', { skip: !existsSync(REAL_LOG) && 'NOT COMPARED: it is not here' }, async t => {
  const dir = t.testdir({ 'policy.json': JSON.stringify({ ...HEADER, rules: [{ level: 'RequestResponse' }] }) })
  const log = join(dir, 'audit.log')
  writeFileSync(log, gunzipSync(readFileSync(REAL_LOG)))
  await readsLog(t, readFileSync(log), new Map())
  t.equal(await replaysItself(t, join(dir, 'policy.json'), log, 'the real node'), 3000)
})

t.test('what the server refuses', { skip }, async t => {
  const dir = t.testdir()
  const port = await freePort()
  const good = policyFlag(dir, { rules: [{ level: 'Metadata' }] })
  const cases = refusals(dir, good)
  for (const { name, flags, says } of cases) {
    const { code, err } = await runStandIn([binary, ...servingFlags(dir, port), ...flags])
    t.equal(code, 1, `${name}: exit code`)
    t.match(err.trimEnd().split('\n').at(-1), says, name)
  }
})

t.test('a log where nothing can be written', { skip: skip || noMounts() }, async t => {
  const dir = t.testdir({ logs: {} })
  const policy = policyFlag(dir, { rules: [{ level: 'Metadata' }] })
  const log = join(dir, 'logs', 'audit.log')
  const command = [binary, ...servingFlags(dir, await freePort()), policy, `--audit-log-path=${log}`]
  const script = 'mount -t tmpfs -o ro none "$0" && exec "$@"'
  const { code, err } = await runStandIn(['unshare', '--mount', 'sh', '-c', script, join(dir, 'logs'), ...command])
  t.equal(code, 1)
  t.match(err, `err="ensureLogFile: open ${log}: read-only file system"`)
})
