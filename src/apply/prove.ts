import { endpointOf } from '../facts/api-server.ts'
import type { HostReader } from '../host/host.ts'
import type { HostPath } from '../paths.ts'
import type { Proof } from '../plan/change.ts'
import type { Pod } from '../pod/pod.ts'
import { chooseProbe, type Probe } from '../policy/probe.ts'
import { USER_AGENT } from '../inspect/servers.ts'

/** Whether an event of the new server reached the log; null with the reason where that cannot be told. */
export type ProofResult =
  | { readonly proven: true }
  | { readonly proven: false; readonly why: string }
  | { readonly proven: null; readonly why: string }

/** How long the log was, and which file it was, when the new server had come up. */
export interface LogStart {
  readonly inode: number
  readonly size: number
}

/** Remembers where the log ends now. */
export const markLog = (host: HostReader, log: HostPath): LogStart => {
  const stat = host.stat(log)
  return { inode: stat?.inode ?? 0, size: stat?.size ?? 0 }
}

const PATIENCE = 15_000
const BATCH_PATIENCE = 45_000
// no request that we may send is recorded: only what others happen to ask for can show up
const BLIND_PATIENCE = 5000
const LARGEST = 8 * 1024 * 1024

/**
 * Sends requests that the policy records and looks for their events in the log. False only when such a request was answered
 * and neither its event nor any other came.
 */
export const proveEvent = async (
  host: HostReader,
  pod: Pod,
  proof: Proof,
  isStopped: () => boolean
): Promise<ProofResult> => {
  const { log, policy } = proof
  if (log === undefined) return { proven: null, why: 'events do not go to a file on this host' }
  if (!policy) return { proven: null, why: 'the policy is not known' }
  const kind = host.stat(log)?.kind ?? 'file'
  if (kind !== 'file') return { proven: null, why: `${log} is a ${kind}, from which events cannot be read back` }
  const token = host.random(8)
  const start = markLog(host, log)
  let isAnonymous = true
  let sent: Probe | null = null
  const isBlind = !chooseProbe(policy, token, true) && !chooseProbe(policy, token, false)
  const limit = host.monotonic() + (isBlind ? BLIND_PATIENCE : proof.isLogBatched ? BATCH_PATIENCE : PATIENCE)
  for (let round = 0; host.monotonic() < limit && !isStopped(); round++) {
    if (round % 10 === 0) {
      const probe = chooseProbe(policy, token, isAnonymous)
      const status = probe ? await send(host, pod, probe) : 0
      if (probe && status === 401 && isAnonymous) {
        isAnonymous = false
        sent = chooseProbe(policy, token, false)
      } else if (probe && status > 0) sent = probe
    }
    if (hasEvent(host, log, start)) return { proven: true }
    await host.sleep(300)
  }
  // a machine that stood still has slept through the rest of the time
  if (!isStopped() && hasEvent(host, log, start)) return { proven: true }
  if (!sent) return { proven: null, why: 'the policy records no request that could be sent, and no other event came' }
  return { proven: false, why: `the policy records GET ${sent.path}, but no event came into ${log}` }
}

const send = async (host: HostReader, pod: Pod, probe: Probe): Promise<number> => {
  const { origin } = endpointOf(pod)
  const answer = await host.http({ url: origin + probe.path, userAgent: USER_AGENT, timeout: 5000 })
  return answer.status
}

// the old server is gone by now, so whatever is behind the mark was written by the new one
const hasEvent = (host: HostReader, log: HostPath, start: LogStart): boolean => {
  const stat = host.stat(log)
  if (!stat) return false
  const offset = stat.inode === start.inode && stat.size >= start.size ? start.size : 0
  const text = host.readFrom(log, offset, LARGEST).toString('utf8')
  return text.split('\n').slice(0, -1).some(isEvent)
}

const isEvent = (line: string): boolean => /"auditID":|^\S+ AUDIT: id=/.test(line)
