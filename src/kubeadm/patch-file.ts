import type { Value } from '../text/value.ts'
import { writeItem, writePair } from '../text/write-value.ts'
import type { ApiServerExtras, ExtraVolume } from './extras.ts'
import { OWN_STYLE } from './fragment.ts'

/** A file for the directory that is given to kubeadm with --patches. */
export interface PatchFile {
  readonly name: string
  readonly text: string
}

// target[suffix][+patchtype].extension: cmd/kubeadm/app/util/patches/patches.go parseFilename
const FLAGS = 'kube-apiserver-audit+json.yaml'
const VOLUMES = 'kube-apiserver-audit+strategic.yaml'

const header = (what: string): string => `# Audit logging, for kubeadm init, join and upgrade with --patches: ${what}
# of the pod that kubeadm makes. Made by auditpatch kubeadm patches.
`

/**
 * The patch files that give kubeadm's own kube-apiserver these audit settings; none for no settings. kubeadm applies them
 * to the pod that it has just made, so they give the same pod each time, and also where kubeadm-config has the settings
 * too. The flags are appended (RFC 6902): a strategic patch would replace the whole command line. Volumes and mounts are
 * merged by name and mountPath: appended, they could be there twice, and the kubelet refuses such a pod.
 */
export const patchFiles = ({ args, volumes }: ApiServerExtras): PatchFile[] => [
  ...(args.length === 0 ? [] : [flagsFile(args)]),
  ...(volumes.length === 0 ? [] : [volumesFile(volumes)])
]

const flagsFile = (args: ApiServerExtras['args']): PatchFile => {
  const items = args.map(({ name, value }): Value => ({
    op: 'add',
    path: '/spec/containers/0/command/-',
    value: `--${name}=${value}`
  }))
  return {
    name: FLAGS,
    text: `${header('the flags')}${items.map(item => `${writeItem(item, 0, OWN_STYLE)}\n`).join('')}`
  }
}

// written out in full: what is left out would stay as an entry of the same name or mountPath has it
const volumesFile = (volumes: readonly ExtraVolume[]): PatchFile => {
  const spec: Value = {
    containers: [
      {
        name: 'kube-apiserver',
        volumeMounts: volumes.map(({ name, mountPath, readOnly }) => ({ mountPath, name, readOnly }))
      }
    ],
    volumes: volumes.map(({ name, hostPath, pathType }) => ({ name, hostPath: { path: hostPath, type: pathType } }))
  }
  return { name: VOLUMES, text: `${header('the volumes')}${writePair('spec', spec, 0, OWN_STYLE)}\n` }
}
