import { type ContainerPath, containerPath } from '../paths.ts'
import type { Flag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { type Resolved, resolveMount } from '../pod/volumes.ts'

/**
 * When kube-apiserver reads a file: while it completes its options, between their validation and the audit policy, or after
 * all of auditing.
 */
export type Phase = 'complete' | 'before' | 'after'

interface FileFlag {
  readonly flag: string
  readonly phase: Phase
  /** What a missing file is told with, `%` being `open PATH: no such file or directory`; that alone where absent. */
  readonly text?: string
  /** True where the flag may stand several times, and each counts. */
  readonly isList?: boolean
}

// https://github.com/kubernetes/kubernetes/tree/v1.36.3: pkg/controlplane/apiserver/options/options.go (completion),
// pkg/controlplane/apiserver/config.go BuildGenericConfig (the order), pkg/kubeapiserver/options, and of k8s.io/apiserver
// pkg/server/options/{serving,egress_selector,tracing,admission,etcd}.go
const FILE_FLAGS: readonly FileFlag[] = [
  {
    flag: 'service-account-signing-key-file',
    phase: 'complete',
    text: 'failed to parse service-account-issuer-key-file: %'
  },
  { flag: 'authorization-config', phase: 'before' },
  { flag: 'tls-cert-file', phase: 'before' },
  { flag: 'tls-private-key-file', phase: 'before' },
  {
    flag: 'egress-selector-config-file',
    phase: 'before',
    text: 'failed to read egress selector config: unable to read egress selector configuration from "PATH" [%]'
  },
  {
    flag: 'tracing-config-file',
    phase: 'before',
    text: 'failed to read tracing config: unable to read tracing configuration from "PATH": %'
  },
  { flag: 'encryption-provider-config', phase: 'before' },
  { flag: 'client-ca-file', phase: 'before' },
  {
    flag: 'authentication-config',
    phase: 'before',
    text: 'failed to load authentication configuration from file "PATH": %'
  },
  { flag: 'oidc-ca-file', phase: 'before' },
  { flag: 'requestheader-client-ca-file', phase: 'before' },
  { flag: 'service-account-key-file', phase: 'before', isList: true },
  { flag: 'token-auth-file', phase: 'before' },
  {
    flag: 'authentication-token-webhook-config-file',
    phase: 'before',
    text: 'stat PATH: no such file or directory'
  },
  { flag: 'authorization-policy-file', phase: 'before' },
  { flag: 'authorization-webhook-config-file', phase: 'before', text: 'stat PATH: no such file or directory' },
  {
    flag: 'admission-control-config-file',
    phase: 'after',
    text: 'failed to apply admission: failed to read plugin config: unable to read admission control configuration from "PATH" [%]'
  },
  { flag: 'etcd-cafile', phase: 'after' },
  { flag: 'etcd-certfile', phase: 'after' },
  { flag: 'etcd-keyfile', phase: 'after' },
  { flag: 'kubelet-certificate-authority', phase: 'after' },
  { flag: 'kubelet-client-certificate', phase: 'after' },
  { flag: 'kubelet-client-key', phase: 'after' },
  { flag: 'proxy-client-cert-file', phase: 'after' },
  { flag: 'proxy-client-key-file', phase: 'after' }
]

/** A file besides those of auditing that a flag of kube-apiserver names. */
export interface ServerFile {
  readonly flag: Flag
  readonly phase: Phase
  readonly container: ContainerPath
  /** Undefined when no mount covers the path. */
  readonly resolved: Resolved | undefined
  /** What the server prints when it is not there. */
  readonly missing: string
}

/** The files that flags of kube-apiserver name by absolute paths, auditing's own left out. */
export const serverFiles = (pod: Pod): ServerFile[] =>
  FILE_FLAGS.flatMap(({ flag: name, phase, text = '%', isList = false }) => {
    const flags = pod.command.flags.filter(flag => flag.name === name)
    return (isList ? flags : flags.slice(-1)).flatMap((flag): ServerFile[] => {
      const { value } = flag
      if (value?.startsWith('/') !== true || value.includes('$(')) return []
      const container = containerPath(value)
      const open = `open ${value}: no such file or directory`
      const missing = text.replaceAll('PATH', () => value).replace('%', () => open)
      return [{ flag, phase, container, resolved: resolveMount(pod.mounts, pod.volumes, container), missing }]
    })
  })
