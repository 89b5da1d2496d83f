import type { Finding } from '../finding.ts'
import type { ContainerPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { type Resolved, resolveMount } from '../pod/volumes.ts'
import { formatPath, positionOf } from '../text/locate.ts'
import { auditPaths } from './extras.ts'

/**
 * What of a manifest's audit settings kubeadm cannot have: extraVolumes know directories and files of the host, each
 * mounted whole. A warning where an equal entry can be had instead, an error where kube-apiserver would not find its file.
 */
export const notToBeHad = (pod: Pod, referenced: readonly ContainerPath[] = []): Finding[] => {
  const findings = [...auditPaths(pod), ...referenced].flatMap(path => {
    const resolved = resolveMount(pod.mounts, pod.volumes, path)
    const fault = faultOf(path, resolved)
    return fault ? [{ ...fault, ...placeOf(pod, resolved) }] : []
  })
  return findings.filter(({ message }, index) => findings.findIndex(other => other.message === message) === index)
}

const CODE = 'kubeadm-volume'

const faultOf = (path: string, resolved: Resolved | undefined): Finding | undefined => {
  if (!resolved?.volume) {
    const message = `no mount shows ${path} to kube-apiserver: with kubeadm's manifest it would not find it either`
    return { code: CODE, severity: 'error', message, remediation: 'auditpatch apply adds the mount' }
  }
  const { mount, volume, host } = resolved
  if (volume.hostPath === undefined)
    return {
      code: CODE,
      severity: 'error',
      message: `the volume ${mount.name}, which serves ${path}, is none of the host's: kubeadm has no other extra volumes`,
      remediation: 'use a hostPath volume'
    }
  if (host === undefined)
    return {
      code: CODE,
      severity: 'error',
      message: `the mount ${mount.path}, which serves ${path}, has a subPathExpr: kubeadm's extra volumes have none`,
      remediation: 'mount the directory itself'
    }
  if (mount.subPath === undefined) return undefined
  return {
    code: CODE,
    severity: 'warning',
    message: `the mount ${mount.path} has the subPath ${mount.subPath}, which kubeadm's extra volumes have not: the directory or file behind it is mounted instead`,
    remediation: 'mount it so in the manifest too'
  }
}

const placeOf = (pod: Pod, resolved: Resolved | undefined): Pick<Finding, 'file' | 'line' | 'column' | 'field'> => {
  if (!resolved) return { file: pod.source.file }
  const path = [...pod.containerPath, 'volumeMounts', resolved.mount.index]
  return { file: pod.source.file, ...positionOf(pod.source, path), field: formatPath(path) }
}
