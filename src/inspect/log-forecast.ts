import type { AuditFlagName } from '../audit/flags.ts'
import { type Rotation, rotationOf } from '../audit/rotation.ts'
import { NEWEST } from '../audit/version.ts'
import type { Finding } from '../finding.ts'
import type { HostReader } from '../host/host.ts'
import { eventReader } from '../logs/event-reader.ts'
import { lineSplitter } from '../logs/line-splitter.ts'
import { type Recorded, recordedOf, type Replay, replayOf } from '../logs/replay.ts'
import { replayCounter } from '../logs/replay-count.ts'
import type { HostPath } from '../paths.ts'
import { type Plan, writesPolicy } from '../plan/change.ts'
import { compilePolicy } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import { bytesText, countText, daysText, shareText } from '../text/amount.ts'

/** A plan that writes a policy, with what this policy would have kept of the end of the log that is there, as a finding. */
export const withForecast = (host: HostReader, plan: Plan): Plan => {
  const { log, policy } = plan.proof
  if (log === undefined || policy === undefined || !writesPolicy(plan)) return plan
  const replayed = replayEnd(host, log, policy, rotationIn(plan))
  return replayed === null ? plan : { ...plan, findings: [...plan.findings, forecastOf(log, replayed)] }
}

interface Forecast {
  readonly recorded: Recorded
  readonly replay: Replay
}

/** How much of the log's end is looked at: a plan must not take long. */
const END = 16 * 1024 * 1024

const replayEnd = (host: HostReader, log: HostPath, policy: Policy, rotation: Rotation): Forecast | null => {
  const stat = host.stat(log)
  if (stat?.kind !== 'file' || stat.size === 0) return null
  const from = Math.max(0, stat.size - END)
  // the byte before tells whether a line begins there
  const bytes = host.readFrom(log, Math.max(0, from - 1), END + 1)
  const counter = replayCounter([{ rules: policy.rules.length, decide: compilePolicy(policy), notes: [] }], true)
  const reader = eventReader(counter.take, { isStrict: false })
  lineSplitter(reader, { from, until: Infinity }).consume(bytes, bytes.length, true)
  const counts = counter.counts()
  const [candidate] = counts.candidates
  const recorded = recordedOf(counts)
  return candidate && recorded.events > 0
    ? { recorded, replay: replayOf(counts, candidate, policy.rules, rotation) }
    : null
}

const rotationIn = ({ flags }: Plan): Rotation =>
  rotationOf(new Map(Object.entries(flags)) as Map<AuditFlagName, string>, NEWEST) // as: a plan has audit flags alone

const SHORT = 1

const forecastOf = (log: HostPath, { recorded, replay }: Forecast): Finding => {
  const { kept, retentionDays, bytesPerDay, estimated } = replay
  const isShort = retentionDays !== null && retentionDays < SHORT
  const rate = bytesPerDay === null ? '' : `, ${bytesText(bytesPerDay)} a day`
  const reach = retentionDays === null ? '' : `; the log would reach back ${daysText(retentionDays)}`
  const more = estimated.unknown > 0 ? `; bodies of ${countText(estimated.unknown)} of them come on top` : ''
  return {
    code: 'policy-forecast',
    severity: kept.events === 0 || isShort ? 'warning' : 'info',
    message: `of the last ${recorded.events === 1 ? 'event' : `${countText(recorded.events)} events`} in ${log} this policy keeps ${
      kept.events === 0
        ? 'none'
        : `${countText(kept.events)} (${shareText(kept.events, recorded.events)})${rate}${reach}${more}`
    }`,
    file: log,
    remediation: `auditpatch log replay --policy FILE ${log} tells it by rule`
  }
}
