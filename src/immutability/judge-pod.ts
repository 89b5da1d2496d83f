import type { Workload } from '../pod/workloads.ts'
import { stringAt } from '../text/guard.ts'
import { exceptionsOf, type Exceptions } from './exceptions.ts'
import { type Fix, FIXES } from './fixes.ts'
import { neededPaths, type NeededPaths } from './needed-paths.ts'
import type { PatchOptions } from './patch-options.ts'
import type { Requirement, Shortfall } from './requirement.ts'
import { type RequirementCode, REQUIREMENTS } from './requirements.ts'
import { type ContainerSubject, type PodSubject, subjectOf } from './subject.ts'

/** A requirement that is not met, and what can be done about it. */
export interface Unmet {
  readonly requirement: Requirement & { readonly code: RequirementCode }
  readonly shortfall: Shortfall
  /** The reason for which somebody allows it. */
  readonly allowed: string | undefined
  /** Undefined where only people can tell what to do. */
  readonly fix: Fix | undefined
}

/** A container with what is not met, and what it writes. */
export interface JudgedContainer {
  readonly subject: ContainerSubject
  readonly unmet: readonly Unmet[]
  readonly paths: NeededPaths
}

/** A workload's pod with everything that is not met in it. */
export interface JudgedPod {
  readonly pod: PodSubject
  readonly unmet: readonly Unmet[]
  readonly containers: readonly JudgedContainer[]
  readonly exceptions: Exceptions
}

/** Judges a workload's pod by all requirements; one for Windows meets them all, for none of them is meant for it. */
export const judgePod = (workload: Workload, options: PatchOptions): JudgedPod => {
  const pod = subjectOf(workload)
  const isLinux = !isForWindows(workload)
  const exceptions = isLinux ? exceptionsOf(pod, CODES) : { allowed: [], faults: [] }
  return {
    pod,
    exceptions,
    unmet: isLinux ? podUnmet(pod, exceptions) : [],
    containers: isLinux ? pod.containers.map(subject => judgeContainer(pod, subject, exceptions, options)) : []
  }
}

const CODES: readonly string[] = REQUIREMENTS.map(({ code }) => code)

/** True for a pod that says it is for Windows: the API server, or the kubelet there, takes nothing of a Linux security context. */
export const isForWindows = ({ spec }: Pick<Workload, 'spec'>): boolean =>
  stringAt(spec.os, 'name') === 'windows' || stringAt(spec.nodeSelector, 'kubernetes.io/os') === 'windows'

const ALL: readonly Unmet['requirement'][] = REQUIREMENTS

const podUnmet = (pod: PodSubject, exceptions: Exceptions): Unmet[] =>
  ALL.flatMap(requirement =>
    requirement.about === 'pod'
      ? requirement.judge(pod).map(shortfall => ({
          requirement,
          shortfall,
          allowed: reasonFor(exceptions, requirement.code, shortfall.container),
          fix: undefined
        }))
      : []
  )

const reasonFor = ({ allowed }: Exceptions, code: string, container: string | undefined): string | undefined =>
  allowed.find(each => each.code === code && (each.container === undefined || each.container === container))?.reason

const judgeContainer = (
  pod: PodSubject,
  subject: ContainerSubject,
  exceptions: Exceptions,
  options: PatchOptions
): JudgedContainer => {
  const paths = neededPaths(subject, options)
  const found = ALL.flatMap(requirement =>
    requirement.about === 'container'
      ? requirement.judge(subject, pod).map(shortfall => ({ requirement, shortfall }))
      : []
  )
  const fixOf = (code: RequirementCode, given?: Shortfall): Fix | undefined => {
    const shortfall = given ?? found.find(each => each.requirement.code === code)?.shortfall
    if (!shortfall) return undefined
    if (reasonFor(exceptions, code, subject.container.name) !== undefined) return { refused: 'an annotation allows it' }
    if (options.only.length > 0 && !options.only.includes(code)) return { refused: '--only leaves it out' }
    if (subject.container.list === 'ephemeralContainers')
      return { refused: 'no manifest declares ephemeral containers' }
    return FIXES[code]?.({ pod, subject, paths, options, fixOf }, shortfall)
  }
  return {
    subject,
    paths,
    unmet: found.map(({ requirement, shortfall }) => ({
      requirement,
      shortfall,
      allowed: reasonFor(exceptions, requirement.code, subject.container.name),
      fix: fixOf(requirement.code, shortfall)
    }))
  }
}
