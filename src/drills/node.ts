import type { AuditFlagName } from '../audit/flags.ts'
import { type AuditSettings, DEFAULT_ROTATION } from '../audit/wanted.ts'
import { DEFAULT_MANIFEST } from '../facts/kubelet.ts'
import { EXAMPLE_MANIFEST } from '../manifest/example-manifest.generated.ts'
import { hostPath, type HostPath } from '../paths.ts'
import { renderManifest, wishOf } from '../plan/enable.ts'
import { locatePod, type Pod } from '../pod/pod.ts'
import { parseSource } from '../text/source.ts'
import { NODE_FILES } from './templates.generated.ts'
import type { Pick } from './pick.ts'
import type { FileTree, TreeEntry } from '../host/file-tree.ts'

/** Files of the public key infrastructure that the manifests name: what is in them no drill asks. */
const CERTIFICATES = [
  'apiserver',
  'apiserver-etcd-client',
  'apiserver-kubelet-client',
  'ca',
  'front-proxy-ca',
  'front-proxy-client',
  'etcd/ca',
  'etcd/server',
  'etcd/peer'
]

const NAMES = ['cp-1', 'controlplane', 'master-01', 'cks-cp1', 'node-a'] as const

/** A control-plane node as kubeadm leaves it, under a name and address of the seed. */
export const freshNode = (pick: Pick): FileTree => {
  const name = pick.one(NAMES)
  const address = `10.${pick.number(1, 250)}.${pick.number(0, 250)}.${pick.number(2, 250)}`
  const own = (text: string): string => text.replaceAll('192.0.2.10', address).replaceAll('NODE-NAME', name)
  return new Map<HostPath, TreeEntry>([
    ...[[DEFAULT_MANIFEST, EXAMPLE_MANIFEST] as const, ...Object.entries(NODE_FILES)].map(
      ([path, text]): [HostPath, TreeEntry] => [hostPath(path), file(own(text))]
    ),
    [hostPath('/etc/hostname'), file(`${name}\n`, 0o644)],
    ...CERTIFICATES.flatMap((each): [HostPath, TreeEntry][] => [
      [hostPath(`/etc/kubernetes/pki/${each}.crt`), file(`a certificate of ${name} (${each})\n`, 0o644)],
      [hostPath(`/etc/kubernetes/pki/${each}.key`), file(`a key of ${name} (${each})\n`)]
    ]),
    [hostPath('/etc/kubernetes/pki/sa.pub'), file(`a public key of ${name}\n`, 0o644)],
    [hostPath('/etc/kubernetes/pki/sa.key'), file(`a key of ${name}\n`)],
    ...['admin', 'controller-manager', 'scheduler', 'kubelet'].map((each): [HostPath, TreeEntry] => [
      hostPath(`/etc/kubernetes/${each}.conf`),
      file(
        `apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    server: https://${address}:6443\n  name: kubernetes\n`
      )
    ]),
    ...[
      '/var/log/pods',
      '/var/log/containers',
      '/var/lib/etcd',
      '/root',
      '/etc/ssl/certs',
      '/etc/ca-certificates',
      '/usr/local/share/ca-certificates',
      '/usr/share/ca-certificates'
    ].map((path): [HostPath, TreeEntry] => [hostPath(path), { kind: 'directory', mode: 0o755 }])
  ])
}

/** A file of a node, that only its owner may read where nothing else is said. */
export const file = (text: string, mode = 0o600): TreeEntry => ({ kind: 'file', text, mode })

/** A node with files put there, or with null taken away. */
export const withFiles = (tree: FileTree, files: Readonly<Record<string, string | null>>): FileTree => {
  const after = new Map(tree)
  for (const [path, text] of Object.entries(files)) {
    if (text === null) after.delete(hostPath(path))
    else after.set(hostPath(path), file(text))
  }
  return after
}

/** The manifest of a node's kube-apiserver. */
export const manifestOf = (tree: FileTree): string => {
  const entry = tree.get(DEFAULT_MANIFEST)
  return entry?.kind === 'file' ? entry.text : ''
}

/** The pod of a manifest that this program can read. Throws what {@link locatePod} throws. */
export const podOf = (manifest: string): Pod => locatePod(parseSource(manifest, DEFAULT_MANIFEST, 'kubernetes'))

/** A manifest with audit settings, as this program writes them. */
export const audited = (
  manifest: string,
  settings: Omit<AuditSettings, 'flags'>,
  flags: Partial<Record<AuditFlagName, string>> = {}
): string => {
  const input = {
    settings: { ...settings, flags: new Map(Object.entries(flags) as [AuditFlagName, string][]) },
    version: undefined,
    policy: undefined,
    fallbackPolicy: { name: 'none', text: '' },
    webhook: undefined
  }
  return renderManifest(wishOf(DEFAULT_MANIFEST, manifest, input), input)
}

/** A manifest with audit settings, and of their flags no other than those that the paths and `flags` ask for. */
export const enabled = (
  manifest: string,
  settings: Omit<AuditSettings, 'flags'>,
  flags: Partial<Record<AuditFlagName, string>> = {}
): string =>
  DEFAULT_ROTATION.filter(({ name }) => flags[name] === undefined).reduce(
    (text, { name, value }) => text.replace(`    - --${name}=${value}\n`, ''),
    audited(manifest, settings, flags)
  )

/** A node whose kube-apiserver records by a policy. */
export const auditedNode = (pick: Pick, policyPath: HostPath, policy: string): FileTree => {
  const node = freshNode(pick)
  return withFiles(node, {
    [DEFAULT_MANIFEST]: audited(manifestOf(node), { policyPath }),
    [policyPath]: policy
  })
}
