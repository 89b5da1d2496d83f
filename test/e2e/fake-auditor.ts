import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { boolFlag, numberFlag, textFlag } from './fake-audit-options.ts'
import { ensureLogFile, logWriter, type Locate } from './fake-audit-log.ts'
import type { Faults } from './fake-faults.ts'
import { statOf } from './fake-files.ts'
import type { Flags } from './fake-flags.ts'
import { goDuration, goFileError, goQuote, klogText } from './fake-go.ts'
import { decide, loadPolicy, type Attributes, type Policy } from './fake-policy.ts'
import { readKubeconfig, startWebhook } from './fake-webhook.ts'

/** A request as the audit log tells it. */
export interface Exchange {
  readonly attributes: Attributes
  readonly uri: string
  readonly auditID: string | undefined
  readonly sourceIPs: readonly string[]
  readonly userAgent: string
  readonly received: Date
}

/** What was answered: the code, and the Status object of a failure. */
export interface Answer {
  readonly code: number
  readonly status?: Readonly<Record<string, unknown>>
  readonly annotations: Readonly<Record<string, string>>
}

/** One request being audited; `begin` is false when a strict backend could not store its first event. */
export interface AuditedRequest {
  readonly auditID: string
  readonly begin: () => boolean
  readonly complete: (answer: Answer, stage?: string) => void
}

/** The audit side of a server. */
export interface Auditor {
  readonly audit: (exchange: Exchange) => AuditedRequest
  readonly flush: () => Promise<void>
}

type Sink = (event: Readonly<Record<string, unknown>>) => boolean

/** Loads the policy and opens the backends in the server's order; the text of the fatal error when one fails. */
export const startAuditor = (flags: Flags, locate: Locate, faults: Faults): Auditor | string => {
  const policy = readPolicy(textFlag(flags, 'audit-policy-file'), locate)
  if (typeof policy === 'string') return `loading audit policy file: ${policy}`
  const path = textFlag(flags, 'audit-log-path')
  const missing = path === '' || path === '-' ? null : ensureLogFile(path, locate)
  if (missing !== null) return `ensureLogFile: ${missing}`
  const config = textFlag(flags, 'audit-webhook-config-file')
  const webhook = config === '' || policy === null ? null : openWebhook(flags, config, locate, faults)
  if (typeof webhook === 'string') return `initializing audit webhook: ${webhook}`
  const sinks = [
    ...(path === '' || policy === null ? [] : [logSink(flags, path, locate)]),
    ...(webhook === null ? [] : [webhook.sink])
  ]
  const sink: Sink = event => faults.writeNoEvents || sinks.map(each => each(event)).every(stored => stored)
  return {
    audit: exchange =>
      auditRequest(
        policy,
        sinks.length === 0 ? null : sink,
        textFlag(flags, 'audit-log-mode') === 'blocking-strict',
        exchange
      ),
    flush: async () => webhook?.flush()
  }
}

const readPolicy = (path: string, locate: Locate): Policy | string | null => {
  if (path === '') return null
  const { real } = locate(path)
  const directory = statOf(real)?.isDirectory() === true
  try {
    return loadPolicy(readFileSync(real, 'utf8'), path)
  } catch (error) {
    return `failed to read file path ${goQuote(path)}: ${goFileError(directory ? 'read' : 'open', path, error)}`
  }
}

const complainAbout = (plugin: string, failure: string, events: number): void => {
  const text = `Error in audit plugin '${plugin}' affecting ${events} audit events: ${failure}\nImpacted events:`
  process.stderr.write(`${klogText('E', 'metrics.go:110', text)}\n`)
}

const logSink = (flags: Flags, path: string, locate: Locate): Sink => {
  const option = (name: string): number => numberFlag(flags, `audit-log-${name}`)
  const limits = { maxSize: option('maxsize'), maxBackup: option('maxbackup'), maxAge: option('maxage') }
  const toStdout = (line: string): null => {
    process.stdout.write(`${line}\n`)
    return null
  }
  const write =
    path === '-' ? toStdout : logWriter({ path, ...limits, compress: boolFlag(flags, 'audit-log-compress') }, locate)
  const legacy = textFlag(flags, 'audit-log-format') === 'legacy'
  return event => {
    const failure = write(legacy ? legacyLine(event) : JSON.stringify(event))
    if (failure !== null) complainAbout('log', failure, 1)
    return failure === null
  }
}

const legacyLine = (event: Readonly<Record<string, unknown>>): string =>
  `${String(event['stageTimestamp'])} AUDIT: id="${String(event['auditID'])}" stage="${String(event['stage'])}" method="${String(event['verb'])}" uri="${String(event['requestURI'])}"`

const openWebhook = (flags: Flags, config: string, locate: Locate, faults: Faults) => {
  const cluster = readKubeconfig(config, locate)
  if (typeof cluster === 'string') return cluster
  const batch = textFlag(flags, 'audit-webhook-mode') === 'batch'
  const time = (name: string): number =>
    Math.min(goDuration(textFlag(flags, `audit-webhook-${name}`)) ?? 0, faults.webhookWaitMs)
  const most = batch ? numberFlag(flags, 'audit-webhook-batch-max-size') : 1
  const options = { url: cluster.url, wait: time('batch-max-wait'), most, backoff: time('initial-backoff') }
  const webhook = startWebhook(options, (failure, events) => complainAbout('webhook', failure, events))
  const sink: Sink = event => {
    webhook.send(event)
    return true
  }
  return { sink, flush: webhook.flush }
}

const auditRequest = (
  policy: Policy | null,
  sink: Sink | null,
  strict: boolean,
  exchange: Exchange
): AuditedRequest => {
  const { attributes, received } = exchange
  const auditID = exchange.auditID ?? randomUUID()
  const { level, omitStages } = policy === null ? { level: 'None', omitStages: [] } : decide(policy, attributes)
  const emit = (
    stage: string,
    more: Readonly<Record<string, unknown>>,
    annotations: Readonly<Record<string, string>>
  ): boolean => {
    if (sink === null || level === 'None' || omitStages.includes(stage)) return true
    const times = {
      requestReceivedTimestamp: microTime(received),
      stageTimestamp: microTime(stage === 'RequestReceived' ? received : new Date())
    }
    const tail = Object.keys(annotations).length === 0 ? {} : { annotations }
    const head = { kind: 'Event', apiVersion: 'audit.k8s.io/v1', level, auditID, stage }
    return sink({ ...head, ...whoAndWhat(exchange), ...more, ...times, ...tail })
  }
  return {
    auditID,
    begin: () => emit('RequestReceived', {}, {}) || !strict,
    complete: (answer, stage = 'ResponseComplete') => {
      const { message, ...status } = answer.status ?? {}
      const shown = level === 'Metadata' || message === undefined ? status : { ...status, message }
      emit(stage, { responseStatus: { metadata: {}, ...shown, code: answer.code } }, answer.annotations)
    }
  }
}

const microTime = (time: Date): string => time.toISOString().replace('Z', '000Z')

const whoAndWhat = ({ attributes, uri, sourceIPs, userAgent }: Exchange): Readonly<Record<string, unknown>> => {
  const { verb, user, resourceRequest, resource, namespace, name, apiGroup, apiVersion, subresource } = attributes
  const reference = Object.entries({ resource, namespace, name, apiGroup, apiVersion, subresource }).filter(
    ([, value]) => value !== ''
  )
  return {
    requestURI: uri,
    verb,
    user: user ?? {},
    sourceIPs,
    ...(userAgent === '' ? {} : { userAgent: userAgent.slice(0, 1024) }),
    ...(resourceRequest ? { objectRef: Object.fromEntries(reference) } : {})
  }
}
