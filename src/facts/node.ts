import type { AuditError } from '../errors.ts'
import type { HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import type { Source } from '../text/source.ts'
import type { Owner, PathFacts } from './path-fact.ts'
import type { PodFile } from './pod-file.ts'

/** What a control-plane node looks like, gathered once. Times are milliseconds since 1970. */
export interface NodeFacts {
  readonly now: number
  /** From /etc/hostname; null where that is not there. */
  readonly name: string | null
  /** True when this machine is the node: then its processes and addresses tell about it, and not its files alone. */
  readonly isLive: boolean
  readonly manifest: ManifestFact
  /** What lies in the directory of the manifest; null when the directory is not there. */
  readonly entries: readonly DirectoryEntry[] | null
  readonly kubelet: KubeletFact
  /** The kube-apiserver processes of the node, those that run the manifest first. */
  readonly servers: readonly ServerFact[]
  /** Whether kube-apiserver answers as healthy on the node's own address; null when nobody was asked. */
  readonly isHealthy: boolean | null
  /** The files that the manifest names, and their directories; the policy and the webhook's kubeconfig with their bytes. */
  readonly paths: PathFacts
  readonly log: LogFact | null
  readonly webhook: AddressFact | null
  readonly clusterConfig: ClusterConfigFact
  /** Files below /etc/logrotate.d that name the audit log. */
  readonly logrotate: readonly HostPath[]
  /** The last line in which kube-apiserver complained that it lost an event. */
  readonly lostEvent: LogLine | null
  /** SELinux contexts of the files that kube-apiserver opens; null where SELinux is not enforcing. */
  readonly contexts: ReadonlyMap<HostPath, string> | null
  /** The run that was cut off, as `apply of 2026-11-22T01:15:00Z`. */
  readonly interrupted: string | null
  /** The run that is at work right now, in the same form. */
  readonly atWork: string | null
  readonly backups: readonly BackupFact[]
  readonly lastRun: RunFact | null
}

/** The manifest: what could be made of it, and the error that stopped the reading. */
export interface ManifestFact {
  readonly path: HostPath
  readonly owner: Owner | null
  /** That of the directory which holds it; null where there is none. */
  readonly directory: Owner | null
  readonly modified: number
  readonly text: string | null
  readonly source: Source | null
  readonly data: unknown
  readonly pod: Pod | null
  readonly error: AuditError | null
}

/** An entry of the manifests directory. The kubelet reads every one whose name does not begin with a dot. */
export interface DirectoryEntry {
  readonly path: HostPath
  readonly name: string
  readonly kind: 'file' | 'directory' | 'dangling-link' | 'other'
  readonly size: number
  readonly modified: number
  /** What a file that the kubelet reads turned out to be; null for what is not read. */
  readonly file: PodFile | null
}

export interface KubeletFact {
  readonly pid: number | null
  /** Without the root; undefined where its configuration names none. */
  readonly staticPodPath: HostPath | undefined
  /** Whether that is there. */
  readonly hasStaticPods: boolean
  readonly fileCheckFrequency: number
}

export interface ServerFact {
  readonly pid: number
  readonly argv: readonly string[]
  readonly started: number
  /** Whether it runs with the flags of the manifest. */
  readonly matches: boolean
}

/** The audit log on the host, its rotated files and the disk below. */
export interface LogFact {
  readonly path: HostPath
  /** Null when the file is not there. */
  readonly size: number | null
  readonly modified: number
  readonly rotated: { readonly count: number; readonly size: number }
  /** Free bytes and inodes of its file system; inodes are null where it counts none. */
  readonly free: number
  readonly freeInodes: number | null
  /** True when its file system is mounted read-only. */
  readonly isReadOnly: boolean
  /** By the events' own times; null when they span less than a minute. */
  readonly growth: LogGrowth | null
}

/** How fast a log grows: from its first event to its last. */
export interface LogGrowth {
  readonly first: number
  readonly last: number
  readonly eventsPerSecond: number
  readonly bytesPerDay: number
}

/** An address that was asked: `status` 0 is no answer. */
export interface AddressFact {
  readonly url: string
  readonly status: number
  readonly error: string | undefined
}

/** The ClusterConfiguration that kubeadm upgrade would write manifests from, or why it is not known. */
export type ClusterConfigFact =
  | { readonly text: string; readonly file: string }
  /** `isAsked`: the user named the cluster. */
  | { readonly why: string; readonly isAsked?: boolean }

/** A line of a log and the file or unit that it was found in. */
export interface LogLine {
  readonly where: string
  readonly line: string
  /** Null where the line has no time that can be read. */
  readonly time: number | null
}

export interface BackupFact {
  readonly id: string
  readonly created: string
  readonly command: string
}

/** The last run of a command that changes the node. */
export interface RunFact {
  readonly time: string
  readonly command: string
  readonly exit: number
  readonly changed: boolean
}
