import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import type { Finding } from '../finding.ts'
import { type ContainerPath, containerPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { resolveMount } from '../pod/volumes.ts'

/**
 * A warning for each file that the webhook's kubeconfig names and no mount of the host shows to kube-apiserver. Relative
 * paths count from the kubeconfig's own directory in the container.
 */
export const referenceFindings = (pod: Pod, kubeconfig: string, at: ContainerPath): Finding[] =>
  checkKubeconfig(kubeconfig, at).references.flatMap((reference): Finding[] => {
    if (resolveMount(pod.mounts, pod.volumes, containerPath(reference.path))?.host !== undefined) return []
    return [
      {
        code: 'kubeconfig-not-mounted',
        severity: 'warning',
        message: `the webhook's kubeconfig names ${reference.path} (${reference.field}), which no mount shows to kube-apiserver`,
        file: at,
        line: reference.line,
        column: reference.column,
        remediation:
          'put the data into the kubeconfig (certificate-authority-data and so on), or the file below a mounted directory'
      }
    ]
  })
