import type { FileTree } from '../../host/file-tree.ts'
import type { HostPath } from '../../paths.ts'
import { isRecord, listAt, recordAt, stringAt, type Unknown } from '../../text/guard.ts'
import { valueOf } from '../../text/edit.ts'
import type { Goal, Keep, Shortfall } from '../drill.ts'
import { firstDifference } from './first-difference.ts'
import { type FiledWorkload, workloadIn, workloadsIn } from './workload-file.ts'

type Judge = (found: FiledWorkload) => Shortfall | null

/** Goals about the workload of a file of the node: none is reached while the API server would not take it. */
export const workloadGoals = (
  file: HostPath,
  goals: readonly (Omit<Goal, 'judge'> & { readonly judge: Judge })[]
): Goal[] =>
  goals.map(({ judge, ...goal }) => ({
    ...goal,
    judge: seen => {
      const found = workloadIn(seen, file)
      return 'code' in found ? found : judge(found)
    }
  }))

/** A keep about the workload of a file of the node; what the API server would not take is told by the goals. */
export const workloadKeep = (
  file: HostPath,
  { judge, ...keep }: Omit<Keep, 'judge'> & { readonly judge: Judge }
): Keep => ({
  ...keep,
  judge: seen => {
    const found = workloadIn(seen, file)
    return 'code' in found ? null : judge(found)
  }
})

/** What is asked for, so that it may change. */
export interface MayChange {
  /** Fields of a container of a name. */
  readonly container?: (name: string) => readonly string[]
  /** Fields of the securityContext of the pod and of each container. */
  readonly securityContext?: readonly string[]
  /** Mounts may be added, with volumes for them. */
  readonly mounts?: true
}

/** That all else in the manifest of a workload says what it said at the start, whatever it is written like. */
export const manifestStays = (start: FileTree, file: HostPath, mayChange: MayChange): Keep => {
  const entry = start.get(file)
  const before = workloadsIn(entry?.kind === 'file' ? entry.text : '', file)
  const [first] = 'code' in before ? [] : before
  return workloadKeep(file, {
    id: 'other-fields',
    asks: 'everything else in the manifest stays as it was',
    costs: 40,
    judge: found => {
      if (!first) return null
      const lost = firstDifference(meaningOf(first, first, mayChange), meaningOf(found, first, mayChange))
      return lost === undefined ? null : { code: 'other-field', found: lost, file }
    }
  })
}

/** What a manifest says but for what may change: containers and mounts by their names and paths, their volumes with them. */
const meaningOf = (filed: FiledWorkload, start: FiledWorkload, mayChange: MayChange): unknown => {
  const { workload, document } = filed
  const object = valueOf(document.source)
  const shell = within(object, workload.specPath, spec => ({
    ...omitted(spec, ['volumes', 'containers', 'securityContext']),
    ...named(omitted(recordAt(spec, 'securityContext'), mayChange.securityContext ?? []), 'securityContext'),
    initContainers: listAt(spec, 'initContainers').map(each => containerOf(each, filed, start, mayChange)),
    containers: Object.fromEntries(
      listAt(spec, 'containers').map(each => [stringAt(each, 'name') ?? '', containerOf(each, filed, start, mayChange)])
    )
  }))
  return pruned(isRecord(shell) ? omitted(shell, ['status']) : shell)
}

const containerOf = (data: unknown, filed: FiledWorkload, start: FiledWorkload, mayChange: MayChange): Unknown => {
  const container = isRecord(data) ? data : {}
  const name = stringAt(container, 'name') ?? ''
  const stays = (mount: unknown): boolean => !mayChange.mounts || isOfStart(start, name, stringAt(mount, 'mountPath'))
  return {
    ...omitted(container, ['volumeMounts', 'securityContext', ...(mayChange.container?.(name) ?? [])]),
    ...named(omitted(recordAt(container, 'securityContext'), mayChange.securityContext ?? []), 'securityContext'),
    volumeMounts: Object.fromEntries(
      listAt(container, 'volumeMounts').flatMap(mount => {
        if (!isRecord(mount) || !stays(mount)) return []
        const { readOnly, name, ...rest } = mount
        return [
          [
            stringAt(mount, 'mountPath') ?? '',
            { ...rest, ...(readOnly === true ? { readOnly } : {}), volume: volumeOf(String(name), filed, start) }
          ]
        ]
      })
    )
  }
}

const isOfStart = ({ pod }: FiledWorkload, container: string, path: string | undefined): boolean =>
  pod.containers.some(each => each.container.name === container && each.mounts.some(({ written }) => written === path))

// whatever it is called; who shares it matters
const volumeOf = (name: string, { pod, workload }: FiledWorkload, start: FiledWorkload): unknown => {
  const volume = listAt(workload.spec, 'volumes').find(each => stringAt(each, 'name') === name)
  const shared = pod.containers.flatMap(({ container, mounts }) =>
    mounts
      .filter(mount => mount.name === name && isOfStart(start, container.name, mount.written))
      .map(({ written }) => `${container.name}:${written}`)
  )
  return { ...(isRecord(volume) ? omitted(volume, ['name']) : {}), shared: shared.sort() }
}

const named = (value: Unknown, key: string): Unknown => ({ [key]: value })

const omitted = (value: Unknown, keys: readonly string[]): Unknown =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))

const within = (value: unknown, path: readonly (string | number)[], change: (spec: Unknown) => Unknown): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return isRecord(value) ? change(value) : value
  if (Array.isArray(value)) return value.map((each, index) => (index === step ? within(each, rest, change) : each))
  return isRecord(value) ? { ...value, [step]: within(value[step], rest, change) } : value
}

// nothing, an empty list and an empty mapping are the same to the API server in all that drills ask
const pruned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(pruned)
  if (!isRecord(value)) return value ?? undefined
  const entries = Object.entries(value).flatMap(([key, each]) => {
    const inner = pruned(each)
    return inner === undefined ? [] : [[key, inner] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
