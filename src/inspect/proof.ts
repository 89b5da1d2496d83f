import { NEWEST } from '../audit/version.ts'
import type { HostReader } from '../host/host.ts'
import { containerPath, type HostPath } from '../paths.ts'
import type { Proof } from '../plan/change.ts'
import { currentFlags } from '../plan/flag-faults.ts'
import type { Pod } from '../pod/pod.ts'
import { resolveMount } from '../pod/volumes.ts'
import { decodePolicy } from '../policy/decode.ts'
import { MAX_BYTES } from '../text/source.ts'

/** Where the events of a manifest's server can be found, and the policy that decides on them, as they are on the host. */
export const proofOf = (host: HostReader, pod: Pod): Proof => {
  const flags = currentFlags(pod)
  const hostOf = (value: string | undefined): HostPath | undefined =>
    value?.startsWith('/') === true ? resolveMount(pod.mounts, pod.volumes, containerPath(value))?.host : undefined
  const policyPath = hostOf(flags.get('audit-policy-file'))
  const text = policyPath && host.read(policyPath, MAX_BYTES)?.toString('utf8')
  const policy = text === undefined ? undefined : decodePolicy(text, policyPath ?? '', pod.version ?? NEWEST).policy
  return {
    log: hostOf(flags.get('audit-log-path')),
    policy: policy ?? undefined,
    isLogBatched: flags.get('audit-log-mode') === 'batch'
  }
}
