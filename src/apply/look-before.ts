import { isDeepStrictEqual } from 'node:util'
import { AuditError } from '../errors.ts'
import { runsManifest } from '../facts/api-server.ts'
import type { HostReader } from '../host/host.ts'
import { findKubelet } from '../inspect/find-kubelet.ts'
import { apiServersOf, isAnswering } from '../inspect/servers.ts'
import type { Plan, PlannedFile } from '../plan/change.ts'
import { locatePod, type Pod } from '../pod/pod.ts'
import { parseSource } from '../text/source.ts'
import { type LogMarks, markLogs } from './evidence.ts'
import type { ApplyOptions } from './options.ts'
import type { ProcessId } from './watch.ts'

/** What was so before the change. */
export interface Before {
  readonly servers: readonly ProcessId[]
  /** Those of them that ran the manifest as it was. */
  readonly own: readonly ProcessId[]
  readonly wasHealthy: boolean
  readonly marks: LogMarks
  readonly podBefore: Pod | undefined
  readonly podAfter: Pod | undefined
  /** Undefined: there is nothing to wait for. */
  readonly stable: number | undefined
  /** Milliseconds after which the kubelet has surely read the manifests directory. */
  readonly period: number
  readonly whyNoWait: string
}

/** The pod of a planned manifest before or after; undefined where there is none that can be read. */
export const podOf = (file: PlannedFile | undefined, side: 'before' | 'after'): Pod | undefined => {
  const state = file?.[side]
  if (!file || !state) return undefined
  try {
    return locatePod(parseSource(new TextDecoder().decode(state.bytes), file.path, 'kubernetes'))
  } catch (error) {
    // a restore may bring back, and may start from, a manifest that nobody can read
    if (error instanceof AuditError && error.code !== 'IMPOSSIBLE') return undefined
    throw error
  }
}

/**
 * Looks at what runs before a plan is performed, and whether there is anything to wait for afterwards. `isBegun` is for a plan
 * that an interrupted run has begun to perform: then the files alone no longer tell whether a restart is due.
 */
export const lookBefore = async (
  host: HostReader,
  plan: Plan,
  options: ApplyOptions,
  isBegun = false
): Promise<Before> => {
  const manifest = plan.files.find(file => file.role === 'manifest')
  const podBefore = podOf(manifest, 'before')
  const podAfter = podOf(manifest, 'after')
  const pod = podAfter ?? podBefore
  const base = { podBefore, podAfter, marks: markLogs(host, pod?.name ?? 'kube-apiserver') }
  const none = { ...base, servers: [], own: [], wasHealthy: false, stable: undefined, period: 0 }
  if (!manifest) return { ...none, whyNoWait: 'the manifest stays, so kube-apiserver is not restarted' }
  if (options.wait === false) return { ...none, whyNoWait: 'as asked with --no-wait' }
  if (host.root !== '/' && options.wait === undefined)
    return { ...none, whyNoWait: `under ${host.root} only with --wait` }
  const kubelet = findKubelet(host)
  if (!kubelet) return { ...none, whyNoWait: 'no kubelet is running on this host' }
  if (!podAfter) return { ...none, whyNoWait: 'the manifest names no kube-apiserver' }
  if (!isBegun && podBefore && isDeepStrictEqual(podBefore.data, podAfter.data))
    return {
      ...none,
      whyNoWait: 'the pod stays as it was, and the kubelet restarts nothing for comments, layout or modes'
    }
  const servers = apiServersOf(host)
  const own = podBefore ? servers.filter(process => runsManifest(process.argv, podBefore)) : []
  const wasHealthy = podBefore !== undefined && own.length > 0 && (await isAnswering(host, podBefore))
  return {
    ...base,
    servers,
    own,
    wasHealthy,
    stable: options.waitStable ?? kubelet.fileCheckFrequency + 5000,
    period: kubelet.fileCheckFrequency + 5000,
    whyNoWait: ''
  }
}
