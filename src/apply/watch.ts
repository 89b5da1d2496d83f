import type { Pod } from '../pod/pod.ts'
import { runsManifest } from '../facts/api-server.ts'
import { apiServersOf } from '../inspect/servers.ts'
import type { HostReader, Process } from '../host/host.ts'

/** A process for ever: a pid alone may be used again. */
export type ProcessId = Pick<Process, 'pid' | 'start'>

/** True for one and the same process. */
export const isSameProcess = (a: ProcessId, b: ProcessId): boolean => a.pid === b.pid && a.start === b.start

/** The processes that run a manifest, of those that were not there before. */
export const newServers = (host: HostReader, pod: Pod, before: readonly ProcessId[]): Process[] =>
  apiServersOf(host).filter(
    process => runsManifest(process.argv, pod) && !before.some(each => isSameProcess(each, process))
  )
