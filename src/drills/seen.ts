import type { AuditFlagName } from '../audit/flags.ts'
import { type KubernetesVersion, NEWEST } from '../audit/version.ts'
import { DEFAULT_MANIFEST } from '../facts/kubelet.ts'
import type { NodeFacts } from '../facts/node.ts'
import type { HostReader } from '../host/host.ts'
import { gatherNode } from '../inspect/node-facts.ts'
import { type HostPath, hostPath } from '../paths.ts'
import { type AuditPath, auditPaths } from '../plan/audit-paths.ts'
import { currentFlags } from '../plan/flag-faults.ts'
import type { Pod } from '../pod/pod.ts'
import { judgeStartup } from '../startup/judge.ts'
import type { StartFault } from '../startup/start-fault.ts'
import { MAX_BYTES } from '../text/source.ts'

/** What is judged: the node as it is now. */
export interface Seen {
  readonly node: NodeFacts
  readonly version: KubernetesVersion
  /** Null where the manifest cannot be read as the pod of kube-apiserver. */
  readonly pod: Pod | null
  readonly flags: ReadonlyMap<AuditFlagName, string>
  readonly paths: readonly AuditPath[]
  /** The fault for which kube-apiserver does not start. */
  readonly fault: StartFault | null
  /** The text of a file of the node; null where there is none. */
  readonly text: (path: HostPath) => string | null
  /** The names in a directory of the node; none where it is not there. */
  readonly names: (path: HostPath) => readonly string[]
}

/** Looks at a node once, as `check` does. */
export const lookAt = async (host: HostReader): Promise<Seen> => {
  const node = await gatherNode(host, {
    manifest: DEFAULT_MANIFEST,
    backups: hostPath('/var/lib/auditpatch/backups'),
    readClusterConfig: () => Promise.resolve({ why: 'a drill asks no cluster' })
  })
  const { pod } = node.manifest
  const version = pod?.version ?? NEWEST
  return {
    node,
    version,
    pod,
    flags: pod ? currentFlags(pod) : new Map(),
    paths: pod ? auditPaths(pod) : [],
    fault: judgeStartup(node, version),
    text: path => (host.stat(path)?.kind === 'file' ? (host.read(path, MAX_BYTES)?.toString('utf8') ?? null) : null),
    names: path => (host.stat(path)?.kind === 'directory' ? (host.list(path) ?? []) : [])
  }
}
