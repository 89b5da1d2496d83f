import type { LogStatus, Status } from '../facts/status.ts'
import { bytesText, numberText, spanText } from '../text/amount.ts'
import { findingCounts } from './finding-counts.ts'
import { findingLines } from './findings.ts'
import { harmless, type Paint } from './paint.ts'

/** A node's status on one screen; `now` in milliseconds since 1970, to tell how long ago things were. */
export const statusLines = (status: Status, now: number, paint: Paint, width: number): string[] => {
  const row = (name: string, text: string): string => `${paint.bold(name.padEnd(11))} ${harmless(text)}`
  const rows = (name: string, lines: readonly string[]): string[] =>
    lines.map((line, index) => row(index === 0 ? name : '', line))
  const { policy, log, webhook, lastRun } = status
  return [
    row('manifest', `${status.manifest}${status.version === null ? '' : `, Kubernetes ${status.version}`}`),
    row('configured', status.configured ? paint.green('yes') : 'no: auditpatch apply switches auditing on'),
    ...rows('running', runningText(status, now)),
    ...rows('proven', [provenText(status, paint)]),
    ...(policy ? rows('policy', policyText(policy)) : []),
    ...(log ? rows('log', logText(log, now)) : []),
    ...(webhook
      ? rows('webhook', [
          ...(webhook.server === null ? [] : [webhook.server]),
          ...whereText(webhook.path, webhook.host)
        ])
      : []),
    row(
      'backups',
      `${status.backups}${status.newestBackup === null ? '' : `, the newest ${status.newestBackup}: auditpatch restore`}`
    ),
    row(
      'last change',
      lastRun
        ? `${lastRun.command}, ${agoText(Date.parse(lastRun.time), now)}, ${lastRun.exit === 0 ? 'done' : `ended with ${lastRun.exit}`}`
        : 'none on record'
    ),
    ...(status.atWork === null ? [] : [row('at work', `${status.atWork}: wait for its end`)]),
    ...(status.interrupted === null ? [] : [row('interrupted', `${status.interrupted}: run auditpatch recover`)]),
    '',
    ...verdictLines(status, paint, width)
  ]
}

const runningText = ({ running, kubelet }: Status, now: number): string[] => {
  if (!running)
    return [
      kubelet ? 'no kube-apiserver: auditpatch explain-failure' : 'no kubelet and no kube-apiserver are seen here'
    ]
  return [
    `pid ${running.pid}, since ${agoText(Date.parse(running.since), now).replace(' ago', '')}, ${running.healthy ? 'healthy' : 'does not answer as healthy'}`,
    ...(running.matches ? [] : ['with OTHER flags than the manifest']),
    ...(kubelet ? [] : ['no kubelet is seen'])
  ]
}

const provenText = ({ proven, log, running }: Status, paint: Paint): string => {
  if (proven === true) return `${paint.green('yes')}: the running server has written to the log`
  if (proven === false) return `${paint.red('no')}: nothing was written since the server was started`
  if (!log) return 'cannot be told without a log file'
  return running ? 'cannot be told: the log is not on the host' : 'cannot be told: no server of this node is seen'
}

const whereText = (path: string, host: string | null): string[] => {
  if (host === null) return [`${path}, on no volume of the host`]
  return host === path ? [path] : [path, `on the host ${host}`]
}

const policyText = (policy: NonNullable<Status['policy']>): string[] => {
  const [first = '', ...rest] = whereText(policy.path, policy.host)
  const rules = policy.rules === null ? 'cannot be read' : `${policy.rules} rule${policy.rules === 1 ? '' : 's'}`
  return [`${first}, ${rules}`, ...rest]
}

const logText = (log: LogStatus, now: number): string[] => {
  if (log.path === '-') return ['standard output']
  const where = whereText(log.path, log.host)
  if (log.host === null) return where
  const { growth } = log
  const span = growth ? Date.parse(growth.until) - Date.parse(growth.since) : 0
  // a server that has just started says more than later
  const isShort = span < 10 * 60_000
  return [
    ...where,
    log.size === null
      ? 'not there yet'
      : `${bytesText(log.size)}, ${log.rotated} rotated, written ${agoText(Date.parse(log.written ?? ''), now)}`,
    ...(growth
      ? [
          `${numberText(growth.eventsPerSecond)} events a second, ${bytesText(growth.bytesPerDay)} a day since ${growth.since.slice(0, 16)}Z${isShort ? `, over ${spanText(span)} only` : ''}`
        ]
      : []),
    keptText(log),
    ...(growth?.historyDays == null || isShort
      ? []
      : [`at this rate that is a history of ${spanText(growth.historyDays * DAY)}`]),
    ...(log.freeBytes === null ? [] : [`${bytesText(log.freeBytes)} free`])
  ]
}

const DAY = 86_400_000

const keptText = ({ rotation }: LogStatus): string => {
  const { maxage, maxbackup, maxsize } = rotation
  const files = maxsize === 0 ? 'never rotated' : `rotated at ${maxsize} MiB`
  const kept = maxbackup === 0 ? 'all files kept' : `${maxbackup} files kept`
  const days = maxage === 0 ? '' : ` for ${maxage} days`
  return maxsize === 0 ? files : `${files}, ${kept}${days}`
}

const agoText = (time: number, now: number): string => {
  if (Number.isNaN(time)) return 'at an unknown time'
  return time > now + 1000 ? 'in the future' : `${spanText(now - time)} ago`
}

const verdictLines = ({ findings }: Status, paint: Paint, width: number): string[] => {
  if (findings.length === 0) return [paint.green('nothing is wrong with it; auditpatch check looks at the policy too')]
  const counts = findingCounts(findings, { error: 'error', warning: 'warning', info: 'info' }).map(({ text }) => text)
  return [
    ...findingLines(findings.slice(0, 3), paint, width),
    `${counts.join(', ')}: auditpatch check shows ${findings.length > 3 ? 'them all' : 'more'}`
  ]
}
