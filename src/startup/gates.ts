import type { KubernetesVersion } from '../audit/version.ts'
import type { NodeFacts } from '../facts/node.ts'
import { commandGate } from './command-gate.ts'
import { etcdGate } from './etcd-gate.ts'
import { parseGate, strayWordGate, validationGate } from './flag-gates.ts'
import { logGate } from './log-gates.ts'
import { directoryGate, fileGate, podGate, strayGate, textGate, typeGate } from './manifest-gates.ts'
import { hostPathGate } from './mount-gates.ts'
import { mountPointGate } from './mount-point-gate.ts'
import { policyGate } from './policy-gates.ts'
import { serverFilesGate } from './server-file-gates.ts'
import type { Layer, StartFault } from './start-fault.ts'
import { webhookGate } from './webhook-gates.ts'

/** A step of a start, and the faults at which it ends there. */
export interface Gate {
  readonly layer: Layer
  readonly find: (facts: NodeFacts, version: KubernetesVersion) => readonly StartFault[]
}

/**
 * The steps in the order in which a node takes them: the kubelet reads the file and mounts, the runtime starts the program,
 * and this parses all flags, reads the key it signs with, validates, reads what it serves and authenticates with, then the
 * policy, opens the log, reads the webhook's kubeconfig, and goes to etcd. cmd/kube-apiserver/app/server.go,
 * pkg/controlplane/apiserver/{options/options,config}.go, k8s.io/apiserver pkg/server/options/audit.go
 */
export const GATES: readonly Gate[] = [
  { layer: 'kubelet', find: directoryGate },
  { layer: 'kubelet', find: fileGate },
  { layer: 'kubelet', find: textGate },
  { layer: 'kubelet', find: typeGate },
  { layer: 'kubelet', find: podGate },
  { layer: 'kubelet', find: strayGate },
  { layer: 'mount', find: hostPathGate },
  { layer: 'runtime', find: mountPointGate },
  { layer: 'runtime', find: commandGate },
  { layer: 'flags', find: parseGate },
  { layer: 'flags', find: strayWordGate },
  { layer: 'server', find: serverFilesGate('complete') },
  { layer: 'flags', find: validationGate },
  { layer: 'server', find: serverFilesGate('before') },
  { layer: 'policy', find: policyGate },
  { layer: 'log', find: logGate },
  { layer: 'webhook', find: webhookGate },
  { layer: 'server', find: serverFilesGate('after') },
  { layer: 'server', find: etcdGate }
]
