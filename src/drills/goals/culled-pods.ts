import { NOTHING_KNOWN } from '../../immutability/patch-options.ts'
import { type JudgedContainer, judgePod } from '../../immutability/judge-pod.ts'
import type { RequirementCode } from '../../immutability/requirements.ts'
import { isWritable } from '../../immutability/subject.ts'
import { AuditError } from '../../errors.ts'
import { type HostPath, join } from '../../paths.ts'
import { valueOf } from '../../text/edit.ts'
import type { Goal, Keep, Shortfall } from '../drill.ts'
import type { Seen } from '../seen.ts'
import { firstDifference } from './first-difference.ts'
import { type FiledWorkload, workloadsIn } from './workload-file.ts'

/** Something that a pod must not do if it is to stay. */
export interface CullRule {
  readonly id: string
  /** What a pod does that has to go: the end of `a pod that`. */
  readonly does: string
  readonly forbids: RequirementCode | 'writable-empty-dir'
}

/** A pod of the start with the rules that it breaks; none where it stays. */
export interface JudgedPod {
  readonly filed: FiledWorkload
  readonly broken: readonly CullRule[]
  /** True where only init containers break them. */
  readonly isHidden: boolean
}

/** Judges a pod of the start by the rules. Throws IMPOSSIBLE where the text is no pod. */
export const judgedBy = (rules: readonly CullRule[], text: string, file: HostPath): JudgedPod => {
  const found = workloadsIn(text, file)
  const [filed] = 'code' in found ? [] : found
  if (!filed) throw new AuditError('IMPOSSIBLE', `${file} of a drill is no pod`)
  const { containers } = judgePod(filed.workload, NOTHING_KNOWN)
  const breaking = containers.map(container => ({
    list: container.subject.container.list,
    broken: rules.filter(rule => breaks(container, rule))
  }))
  return {
    filed,
    broken: rules.filter(rule => breaking.some(({ broken }) => broken.includes(rule))),
    isHidden: breaking.every(({ list, broken }) => list === 'initContainers' || broken.length === 0)
  }
}

const breaks = ({ subject, unmet }: JudgedContainer, { forbids }: CullRule): boolean =>
  forbids === 'writable-empty-dir'
    ? subject.mounts.some(mount => mount.volume?.kind === 'emptyDir' && isWritable(mount))
    : unmet.some(({ requirement }) => requirement.code === forbids)

/** The goals that pods which break a rule are gone from a directory: which they are is not told. */
export const cullGoals = (
  directory: HostPath,
  pods: readonly JudgedPod[],
  rules: readonly (CullRule & { readonly points: number })[]
): Goal[] =>
  rules.map(({ id, does, points }) => ({
    id,
    asks: `no pod is left that ${does}`,
    points,
    judge: seen => {
      const gone = pods.filter(({ broken }) => broken.some(rule => rule.id === id))
      const left = remaining(seen, directory).filter(each => gone.some(({ filed }) => isSame(filed, each)))
      return left.length === 0 ? null : leftOver(left, gone, directory, does)
    }
  }))

const isSame = (a: FiledWorkload, b: FiledWorkload): boolean => a.workload.name === b.workload.name

const leftOver = (
  left: readonly FiledWorkload[],
  gone: readonly JudgedPod[],
  directory: HostPath,
  does: string
): Shortfall => {
  const judged = left.flatMap(each => gone.filter(({ filed }) => isSame(filed, each)).map(start => ({ each, start })))
  if (judged.some(({ each, start }) => differs(start.filed, each)))
    return { code: 'mended', found: 'a pod was changed; it was to be taken away', file: directory }
  const found = left.length === 1 ? `a pod that ${does} is there` : `${left.length} such pods are there`
  return judged.every(({ start }) => start.isHidden)
    ? { code: 'init-container-forgotten', found: `${found}: init containers count, too`, file: directory }
    : { code: 'still-there', found, file: directory }
}

const differs = (a: FiledWorkload, b: FiledWorkload): boolean =>
  firstDifference(valueOf(a.document.source), valueOf(b.document.source)) !== undefined

/** What `kubectl apply -f` takes from a directory. https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/cli-runtime/pkg/resource/interfaces.go */
const TAKEN = /\.(json|yaml|yml)$/

const remaining = (seen: Seen, directory: HostPath): FiledWorkload[] =>
  seen.names(directory).flatMap(name => {
    const file = join(directory, name)
    const text = TAKEN.test(name) ? seen.text(file) : null
    const found = text === null ? [] : workloadsIn(text, file)
    return 'code' in found ? [] : found
  })

/** That each pod which breaks no rule is in the directory still, as it was: all of them together cost 100. */
export const staying = (directory: HostPath, pods: readonly JudgedPod[]): Keep[] => {
  const kept = pods.filter(({ broken }) => broken.length === 0)
  return kept.map(({ filed }, index) => ({
    id: `stays-${index + 1}`,
    asks: 'a pod that breaks no rule stays, and is not changed',
    costs: Math.ceil(100 / kept.length),
    judge: seen => {
      const { name } = filed.workload
      const found = remaining(seen, directory).filter(each => isSame(filed, each))
      const [first] = found
      if (!first) return { code: 'innocent-gone', found: `the pod ${name} is gone, and broke no rule`, file: directory }
      if (found.length > 1) return { code: 'pod-twice', found: `the pod ${name} is there twice`, file: first.file }
      const lost = firstDifference(valueOf(filed.document.source), valueOf(first.document.source))
      return lost === undefined ? null : { code: 'pod-changed', found: `the pod ${name}: ${lost}`, file: first.file }
    }
  }))
}

/** That every file of the directory can be read: kubectl stops at one that cannot. */
export const readable = (directory: HostPath): Keep => ({
  id: 'readable',
  asks: 'what lies in the directory can be read',
  costs: 30,
  judge: seen => {
    for (const name of seen.names(directory).filter(each => TAKEN.test(each))) {
      const file = join(directory, name)
      const text = seen.text(file)
      const found = text === null ? [] : workloadsIn(text, file)
      if ('code' in found) return found
    }
    return null
  }
})
