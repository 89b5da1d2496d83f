import type { Severity } from '../finding.ts'
import type { Path } from '../text/locate.ts'
import type { ContainerSubject, PodSubject } from './subject.ts'

/** Where a requirement is not met: the field that says so or should. */
export interface Shortfall {
  readonly path: Path
  /** What can happen, and what is written instead of what is wanted. */
  readonly message: string
  readonly remediation: string
  /** The container that it is about, where the requirement is one of pods. */
  readonly container?: string
  /** Where it is another one than the requirement's. */
  readonly severity?: Severity
}

interface Row {
  readonly code: string
  readonly severity: Severity
  /** What is wanted. */
  readonly what: string
  readonly why: string
  /** The first minor of Kubernetes that has the field by default; all of them where there is none. */
  readonly since?: string
}

/** Something that keeps a container from being changed while it runs; judged on the pod or on each of its containers. */
export type Requirement = Row &
  (
    | { readonly about: 'pod'; readonly judge: (pod: PodSubject) => readonly Shortfall[] }
    | {
        readonly about: 'container'
        readonly judge: (container: ContainerSubject, pod: PodSubject) => readonly Shortfall[]
      }
  )
