import t, { type Test } from 'tap'
import { requestOfEvent } from '../src/audit/event-request.ts'
import { recordedStages } from '../src/audit/stages.ts'
import { pathAttributes } from '../src/audit/request-path.ts'
import { DRILLS } from '../src/drills/catalogue.ts'
import type { Exercise } from '../src/drills/drill.ts'
import { pickFor } from '../src/drills/pick.ts'
import { lookAt } from '../src/drills/seen.ts'
import { hostPath } from '../src/paths.ts'
import { decodePolicy } from '../src/policy/decode.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import type { Policy } from '../src/policy/policy.ts'
import { eventsIn, type LogEvent, logText, rightAnswers, rowOf } from './drills/log-answers.ts'
import type { Files } from './drills/answer.ts'
import { fakeHost } from './fake-host.ts'

const SEEDS = process.env['AUDITPATCH_LONG'] === undefined ? 1 : 20
const LOGS = DRILLS.filter(({ family }) => family === 'log')

// k8s.io/apiserver pkg/apis/audit/v1/types.go, Event; the order is that of the JSON
const KEYS = [
  ...['kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'user', 'impersonatedUser'],
  ...['authenticationMetadata', 'sourceIPs', 'userAgent', 'objectRef', 'responseStatus', 'requestObject'],
  ...['responseObject', 'requestReceivedTimestamp', 'stageTimestamp', 'annotations']
]
const OBJECT_KEYS = ['resource', 'namespace', 'name', 'uid', 'apiGroup', 'apiVersion', 'resourceVersion', 'subresource']
const STATUS_KEYS = ['metadata', 'status', 'message', 'reason', 'details', 'code']
const USER_KEYS = ['username', 'uid', 'groups', 'extra']
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

const isInOrder = (value: object | undefined, keys: readonly string[]): boolean => {
  const places = Object.keys(value ?? {}).map(key => keys.indexOf(key))
  return places.every((place, index) => place > (places[index - 1] ?? -1))
}

/** The requests of a log: their events by their ids. */
const byId = (events: readonly LogEvent[]): Map<string, LogEvent[]> => {
  const requests = new Map<string, LogEvent[]>()
  for (const event of events) requests.set(event.auditID, [...(requests.get(event.auditID) ?? []), event])
  return requests
}

/** The policy by which a node records, and whether the log is the one that it writes. */
const policyOf = async (t: Test, files: Files): Promise<Policy> => {
  const seen = await lookAt(fakeHost(files as Record<string, string>).host)
  t.equal(seen.fault, null, 'kube-apiserver of the node starts')
  const [policy, log] = ['policy', 'log'].map(role => seen.paths.find(each => each.role === role)?.resolved?.host ?? '')
  t.equal(files[log ?? ''], logText(files), 'the log lies where kube-apiserver writes it')
  const decoded = decodePolicy(files[policy ?? ''] ?? '', hostPath(policy ?? ''), seen.version)
  t.same(decoded.findings, [], 'nothing is to be said against the policy')
  if (!decoded.policy) throw new Error('the policy of the node is none')
  return decoded.policy
}

// what is wrong with an event by itself, as far as anyone can see
const faultOf = (event: LogEvent): string | null => {
  const { stage, responseStatus, annotations, objectRef, requestURI, verb } = event
  if (!isInOrder(event, KEYS)) return 'keys'
  if (!isInOrder(event.user, USER_KEYS) || !isInOrder(objectRef, OBJECT_KEYS)) return 'keys of a part'
  if (!isInOrder(responseStatus, STATUS_KEYS)) return 'keys of the status'
  if (!UUID.test(event.auditID)) return 'auditID'
  if (!TIME.test(event.stageTimestamp) || !TIME.test(event.requestReceivedTimestamp)) return 'time'
  if (event.stageTimestamp < event.requestReceivedTimestamp) return 'a stage before the request'
  const isReceived = stage === 'RequestReceived'
  if (isReceived !== (event.stageTimestamp === event.requestReceivedTimestamp)) return 'time of its stage'
  if (isReceived !== (responseStatus === undefined)) return 'status'
  if (isReceived && (annotations ?? event.impersonatedUser) !== undefined) return 'decided before its time'
  const code = responseStatus?.code ?? 0
  const decision = annotations?.['authorization.k8s.io/decision']
  // who may not act in another's name is refused before anyone looks at what is asked
  if (decision === undefined) return isReceived || code === 403 ? null : 'decision'
  if ((decision === 'forbid') !== (code === 403)) return 'decision and status'
  if (code >= 400 !== (responseStatus?.message !== undefined)) return 'message'
  if (verb === 'create' && ![201, 101, 403].includes(code)) return 'status of a create'
  return pathAttributes(requestURI).resourceRequest === (objectRef !== undefined) ? null : 'objectRef'
}

const checkObject = (t: Test, event: LogEvent): void => {
  const { resource, subresource, namespace, name, apiGroup } = pathAttributes(event.requestURI)
  const { objectRef = {} as Record<string, string | undefined> } = event // as: nothing in it
  if (resource === '') return
  const told = [objectRef.resource, objectRef.subresource ?? '', objectRef.namespace ?? '', objectRef.apiGroup ?? '']
  if (told.join() !== [resource, subresource, namespace, apiGroup].join())
    t.fail(`objectRef and ${event.requestURI}: ${told.join()}`)
  if (name !== '' && objectRef.name !== name) t.fail(`name in objectRef and ${event.requestURI}`)
}

const checkLog = async (t: Test, files: Files): Promise<void> => {
  const policy = await policyOf(t, files)
  const events = eventsIn(files)
  const requests = byId(events)
  t.ok(requests.size >= 150 && requests.size <= 600, `${requests.size} requests`)
  for (const event of events) {
    const fault = faultOf(event)
    if (fault !== null) t.fail(`${fault}: ${JSON.stringify(event)}`)
    checkObject(t, event)
  }
  const times = events.map(({ stageTimestamp }) => stageTimestamp)
  t.same(times, [...times].sort(), 'time goes on')
  for (const [id, own] of requests) {
    const [first] = own
    const request = requestOfEvent(first)
    if (!first || !request) throw new Error(`${id} is no request`)
    const decision = evaluate(policy, request)
    const stages = own.map(({ stage }) => stage)
    const wanted = recordedStages(request, decision)
    // a watch may go on when the log ends, and a shell
    const isLasting = request.verb === 'watch' || request.subresource === 'exec'
    const isOpen = isLasting && stages.at(-1) === 'ResponseStarted'
    const due = isOpen ? wanted.filter(stage => stage !== 'ResponseComplete') : wanted
    if (stages.join() !== due.join()) t.fail(`${first.requestURI}: ${stages.join()}, by the policy ${due.join()}`)
    const levels = new Set(own.map(({ level }) => level))
    if ([...levels].join() !== decision.level) t.fail(`${first.requestURI}: level ${[...levels].join()}`)
    const constant = own.map(each => [
      each.verb,
      each.requestURI,
      each.requestReceivedTimestamp,
      each.user,
      each.userAgent
    ])
    if (new Set(constant.map(each => JSON.stringify(each))).size !== 1) t.fail(`${id} is of several requests`)
  }
}

const answered = (events: readonly LogEvent[]): LogEvent[] =>
  events.filter(({ stage, responseStatus }) => stage === 'ResponseComplete' && (responseStatus?.code ?? 999) < 400)

// every answer that the log allows, worked out from the log and the task alone
const SOLVERS: Readonly<Record<string, (events: readonly LogEvent[], exercise: Exercise) => object[]>> = {
  f01: (events, exercise) => {
    const [namespace, secret] = rowOf(exercise, 'Secret').split('/')
    return answered(events)
      .filter(({ verb, objectRef }) => ['get', 'list'].includes(verb) && objectRef?.resource === 'secrets')
      .filter(({ objectRef }) => (objectRef?.namespace ?? namespace) === namespace)
      .filter(({ objectRef }) => (objectRef?.name ?? secret) === secret)
      .filter(({ userAgent }) => !/^kubelet|^kube-controller-manager/.test(userAgent))
      .map(({ user, requestReceivedTimestamp: time, sourceIPs, userAgent: tool }) => ({
        ...{ user: user.username, time, address: sourceIPs[0], tool }
      }))
  },
  f02: events => {
    const refused = events.filter(({ responseStatus }) => responseStatus?.code === 403)
    const accounts = new Set(
      refused.map(({ user }) => user.username).filter(name => name.startsWith('system:serviceaccount'))
    )
    return [...accounts].flatMap(account => {
      const own = refused.filter(({ user }) => user.username === account)
      if (new Set(own.map(({ requestURI }) => requestURI)).size === 1) return []
      const times = own.map(({ requestReceivedTimestamp }) => requestReceivedTimestamp).sort()
      return [{ account, refused: byId(own).size, first: times[0], last: times.at(-1) }]
    })
  },
  f03: events =>
    answered(events)
      .filter(({ impersonatedUser, verb }) => impersonatedUser && ['update', 'patch', 'delete'].includes(verb))
      .map(({ user, impersonatedUser, verb, objectRef, requestReceivedTimestamp: time }) => ({
        ...{ admin: user.username, acted_as: impersonatedUser?.username, verb, object: objectRef?.name, time }
      }))
}

const filesOf = (drill: (typeof LOGS)[number], seed: number): Files =>
  Object.fromEntries(
    [...drill.make(pickFor(drill.id, seed)).start].flatMap(([path, entry]) =>
      entry.kind === 'file' ? [[path, entry.text]] : []
    )
  )

for (const drill of LOGS)
  t.test(`${drill.id}: the log allows one answer`, async t => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const exercise = drill.make(pickFor(drill.id, seed))
      const files = { ...filesOf(drill, seed), ...Object.fromEntries(exercise.solution) }
      t.same(SOLVERS[drill.id]?.(eventsIn(files), exercise), [rightAnswers(files)], `seed ${seed}`)
    }
  })

// a rule of Falco is tried on such a log too
const WITH_LOG = [...LOGS, ...DRILLS.filter(({ id }) => id === 'g05')]

for (const drill of WITH_LOG)
  t.test(`${drill.id}: the log is one that the node would have written`, async t => {
    for (let seed = 1; seed <= SEEDS; seed++) await checkLog(t, filesOf(drill, seed))
    t.not(logText(filesOf(drill, 1)), logText(filesOf(drill, 2)), 'another seed, another log')
  })
