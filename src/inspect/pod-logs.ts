import { redactLogLine } from '../audit/redact-log-line.ts'
import { AuditError } from '../errors.ts'
import type { LogLine } from '../facts/node.ts'
import type { HostReader } from '../host/host.ts'
import { type HostPath, hostPath, join } from '../paths.ts'

/** What k8s.io/apiserver's audit.HandlePluginError prints when a backend loses events. */
export const LOST_EVENT = /Error in audit plugin '/

const POD_LOGS = hostPath('/var/log/pods')
const LARGEST = 256 * 1024

/** The names of the log directories of a static pod: each has the pod's uid in it, which changes with the manifest. */
export const podLogDirectories = (host: HostReader, podName: string): string[] =>
  (host.list(POD_LOGS) ?? []).filter(name => {
    const [namespace, pod, uid] = name.split('_')
    return namespace !== '' && uid !== undefined && (pod === podName || pod?.startsWith(`${podName}-`) === true)
  })

/** The logs of the kube-apiserver container in some of these directories, of each the older containers' first. */
export const podLogs = (host: HostReader, directories: readonly string[]): HostPath[] =>
  directories.flatMap(name => {
    const directory = join(POD_LOGS, name, 'kube-apiserver')
    return (host.list(directory) ?? [])
      .filter(each => /^\d+\.log$/.test(each))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map(each => join(directory, each))
  })

/** The lines of a log from an offset on, of much the last; none of a log that cannot be read. */
export const lastLines = (host: HostReader, path: HostPath, offset = 0): string[] => {
  try {
    const size = host.stat(path)?.size ?? 0
    const start = size < offset ? 0 : Math.max(offset, size - LARGEST)
    return host.readFrom(path, start, LARGEST).toString('utf8').split('\n').map(redactLogLine)
  } catch (error) {
    // a log that only explains a failure must not make one
    if (error instanceof AuditError) return []
    throw error
  }
}

// the CRI puts time, stream and a mark for whole or partial lines in front
const PREFIX = /^(\S+) (?:stdout|stderr) [FP] /

/** A line of a container's log without what the container runtime puts in front. */
export const withoutPrefix = (line: string): string => line.replace(PREFIX, '').trim()

/** A line of a container's log with its time. */
export const podLogLine = (where: HostPath, line: string): LogLine => {
  const time = Date.parse(PREFIX.exec(line)?.[1] ?? '')
  return { where, line: withoutPrefix(line), time: Number.isNaN(time) ? null : time }
}
