import { isAtLeast, type KubernetesVersion, NEWEST } from '../../audit/version.ts'
import { judgedPod, type PodData } from './judged-pod.ts'
import type { Forbidden, ForbiddingLevel, PodCheck, PodCheckForm } from './pod-check.ts'
import { POD_CHECKS, type PodCheckId } from './pod-checks.ts'

/** Something that a level of the Pod Security Standards forbids, in Kubernetes' words. */
export interface PodViolation extends Forbidden {
  readonly level: ForbiddingLevel
  readonly id: PodCheckId
}

/** How a pod stands to the Pod Security Standards. */
export interface PodSecurity {
  /** The strictest level that admits the pod. */
  readonly level: 'privileged' | ForbiddingLevel
  /** What forbids it at `baseline`, then all that forbids it at `restricted`, each in the order in which Kubernetes reports. */
  readonly violations: readonly PodViolation[]
}

/**
 * The strictest level of the Pod Security Standards that admits a pod, with all that the stricter ones forbid; the pod is
 * judged as it is given (defaultedPod() has what the API server adds to it), and a value of a wrong type counts as absent.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.6/staging/src/k8s.io/pod-security-admission/policy/registry.go
 */
export const podSecurity = (pod: PodData, version: KubernetesVersion = NEWEST): PodSecurity => {
  const judged = judgedPod(pod)
  const violationsAt = (level: ForbiddingLevel): PodViolation[] =>
    checksAt(level, version).flatMap(({ id, form }) => {
      const forbidden = form.checkPod(judged)
      return forbidden ? { level, id, ...forbidden } : []
    })
  const [baseline, restricted] = [violationsAt('baseline'), violationsAt('restricted')]
  const level = restricted.length === 0 ? 'restricted' : baseline.length === 0 ? 'baseline' : 'privileged'
  return { level, violations: [...baseline, ...restricted] }
}

/** What the API server says is wrong, after `violates PodSecurity "restricted:latest": `; pass what one level forbids. */
export const forbiddenDetail = (forbidden: readonly Forbidden[]): string =>
  forbidden.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')

interface AskedCheck {
  readonly id: PodCheckId
  readonly form: PodCheckForm
}

const checksAt = (level: ForbiddingLevel, version: KubernetesVersion): AskedCheck[] => {
  const asked = POD_CHECKS.filter(check => level === 'restricted' || check.level === level).flatMap(check => {
    const form = formAt(check, version)
    return form ? { id: check.id, form } : []
  })
  const overridden = new Set(asked.flatMap(({ form }) => form.overrides ?? []))
  return asked.filter(({ id }) => !overridden.has(id))
}

const formAt = ({ forms }: PodCheck, version: KubernetesVersion): PodCheckForm | undefined =>
  forms.findLast(({ since }) => isAtLeast(version, since))
