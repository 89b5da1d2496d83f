import type { AuditFlagName } from '../../audit/flags.ts'
import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import type { FileTree } from '../../host/file-tree.ts'
import { containerPath, type HostPath, hostPath } from '../../paths.ts'
import type { AskedPath } from '../goals/audit-goals.ts'
import { audited, freshNode, manifestOf, withFiles } from '../node.ts'
import type { Pick } from '../pick.ts'
import { plainPolicy } from '../values.ts'

/** A node whose kube-apiserver records what it does, before anything is broken. */
export interface AuditedNode {
  readonly tree: FileTree
  readonly manifest: string
  /** The manifest from before auditing was switched on. */
  readonly stock: string
  readonly policy: HostPath
  readonly policyDirectory: HostPath
  readonly policyText: string
  readonly log: HostPath
  readonly logDirectory: HostPath
  readonly policyFile: AskedPath
  readonly logFile: AskedPath
  /** What the manifest has to show the two files to kube-apiserver, as it stands there. */
  readonly parts: Readonly<Record<'policyMount' | 'policyVolume' | 'logMount' | 'logVolume', string>>
  /** The same node with another manifest and other files. */
  readonly broken: (manifest: string, files?: Readonly<Record<string, string | null>>) => FileTree
}

/** An audited node with the paths of a seed; `logBelowPolicy`: the log lies in the directory of the policy. */
export const auditedNodeOf = (
  pick: Pick,
  flags: Partial<Record<AuditFlagName, string>> = {},
  { logBelowPolicy = false } = {}
): AuditedNode => {
  const policyDirectory = hostPath(
    pick.one(['/etc/kubernetes/audit', '/etc/kubernetes/auditing', '/etc/kubernetes/audit-policy'])
  )
  const policy = hostPath(`${policyDirectory}/${pick.one(['policy.yaml', 'audit-policy.yaml', 'rules.yaml'])}`)
  const ownDirectory = pick.one(['/var/log/kubernetes/audit', '/var/log/kube-audit', '/var/log/apiserver-audit'])
  const logDirectory = hostPath(logBelowPolicy ? `${policyDirectory}/logs` : ownDirectory)
  const log = hostPath(`${logDirectory}/${pick.one(['audit.log', 'events.log', 'apiserver.log'])}`)
  const fresh = freshNode(pick)
  const stock = manifestOf(fresh)
  const manifest = audited(stock, { policyPath: policy, logPath: log }, flags)
  const policyText = plainPolicy(pick)
  const tree = withFiles(fresh, { [DEFAULT_MANIFEST]: manifest, [policy]: policyText })
  return {
    ...{ tree, manifest, stock, policy, policyDirectory, policyText, log, logDirectory },
    policyFile: { role: 'policy', container: containerPath(policy), host: policy },
    logFile: { role: 'log', container: containerPath(log), host: log },
    parts: {
      policyMount: mountText(policy, 'audit-policy', true),
      policyVolume: volumeText(policy, 'audit-policy', 'File'),
      logMount: mountText(logDirectory, 'audit-log'),
      logVolume: volumeText(logDirectory, 'audit-log', 'DirectoryOrCreate')
    },
    broken: (text, more = {}) => withFiles(tree, { [DEFAULT_MANIFEST]: text, ...more })
  }
}

/** A mount of a manifest as kubeadm writes it. */
export const mountText = (path: string, name: string, isReadOnly = false): string =>
  `    - mountPath: ${path}\n      name: ${name}\n${isReadOnly ? '      readOnly: true\n' : ''}`

/** A volume of a manifest as kubeadm writes it; without a type where none is given. */
export const volumeText = (path: string, name: string, type?: string): string =>
  `  - hostPath:\n      path: ${path}\n${type === undefined ? '' : `      type: ${type}\n`}    name: ${name}\n`

/** A node with an empty directory where none was, or a file. */
export const withDirectory = (tree: FileTree, path: HostPath): FileTree =>
  new Map([...tree, [path, { kind: 'directory', mode: 0o755 }]])
