import type { JudgedPod } from './judged-pod.ts'

/** A level of the Pod Security Standards that forbids something. */
export type ForbiddingLevel = 'baseline' | 'restricted'

/** Why a check forbids a pod, in Kubernetes' words. */
export interface Forbidden {
  readonly reason: string
  readonly detail: string
}

/** Judges a pod; undefined where the check allows it. */
export type CheckPod = (pod: JudgedPod) => Forbidden | undefined

/** A check of the Pod Security Standards. */
export interface PodCheck {
  readonly id: string
  readonly level: ForbiddingLevel
  /** Its file, below POD_CHECK_SOURCES. */
  readonly source: string
  /** The minor release that each form of it came with, the oldest first. */
  readonly forms: readonly PodCheckForm[]
}

/** A check as it is from one minor release to the next form. */
export interface PodCheckForm {
  readonly since: number
  readonly checkPod: CheckPod
  /** The baseline checks that `restricted` does not ask where it asks this one. */
  readonly overrides?: readonly string[]
}
