import type { Pod } from '../pod/pod.ts'
import { isRecord, listAt, recordAt } from '../text/guard.ts'
import { formatPath, type Path } from '../text/locate.ts'
import type { Operation, Value } from '../text/value.ts'
import type { ManifestChange } from './change.ts'
import { type Draft, type DraftMount, type DraftVolume, mountKey, volumeKey } from './draft.ts'
import type { Edits } from './flag-edits.ts'

/** The edits that turn the mounts and volumes of a manifest into those of a draft. */
export const editMounts = (pod: Pod, before: Draft, after: Draft): Edits => {
  const mounts = editList(pod, [...pod.containerPath, 'volumeMounts'], before.mounts, after.mounts, {
    write: mount => writeMount(mount),
    change: (path, old, now) => changedMount(pod, path, old, now),
    describe: mount => ({
      kind: 'mount',
      name: mount.path,
      text: describeMount(mount),
      reason: after.reasons.get(mountKey(mount))
    })
  })
  const isNameFirst =
    Object.keys(recordAt({ first: listAt(recordAt(pod.data, 'spec'), 'volumes')[0] }, 'first'))[0] === 'name'
  const volumes = editList(pod, ['spec', 'volumes'], before.volumes, after.volumes, {
    write: volume => writeVolume(volume, isNameFirst),
    change: (path, old, now) => changedVolume(pod, path, old, now),
    describe: volume => ({
      kind: 'volume',
      name: volume.name,
      text: describeVolume(volume),
      reason: after.reasons.get(volumeKey(volume))
    })
  })
  return { changes: [...volumes.changes, ...mounts.changes], operations: [...volumes.operations, ...mounts.operations] }
}

interface Item {
  readonly origin: number | null
}

interface Description {
  readonly kind: 'mount' | 'volume'
  readonly name: string
  readonly text: string
  readonly reason: string | undefined
}

interface ListEditor<I extends Item> {
  readonly write: (item: I) => Value
  readonly change: (path: Path, old: I, now: I) => Operation[]
  readonly describe: (item: I) => Description
}

const editList = <I extends Item>(
  pod: Pod,
  path: Path,
  before: readonly I[],
  after: readonly I[],
  editor: ListEditor<I>
): Edits => {
  const changes: ManifestChange[] = []
  const operations: Operation[] = []
  const report = (verb: 'add' | 'remove' | 'fix', old: I | undefined, now: I | undefined): void => {
    const about = now ?? old
    if (!about) return
    const { kind, name, reason } = editor.describe(about)
    const at = old?.origin ?? null
    changes.push({
      kind: `${verb}-${kind}`,
      path: formatPath(at === null ? path : [...path, at]),
      name,
      before: old ? editor.describe(old).text : null,
      after: now ? editor.describe(now).text : null,
      reason: reason ?? ''
    })
  }
  const left = new Map(after.map(each => [each.origin, each]))
  for (const old of before) {
    if (old.origin === null) continue
    const now = left.get(old.origin)
    const edits = now ? editor.change([...path, old.origin], old, now) : []
    if (edits.length > 0) report('fix', old, now)
    operations.push(...edits)
    if (now) continue
    report('remove', old, undefined)
    operations.push({ kind: 'remove-item', path, index: old.origin })
  }
  const added = after.filter(each => each.origin === null)
  for (const item of added) report('add', undefined, item)
  return { changes, operations: [...operations, ...insertions(pod, path, added.map(editor.write))] }
}

const insertions = (pod: Pod, path: Path, values: readonly Value[]): Operation[] => {
  const key = String(path.at(-1))
  const owner = key === 'volumes' ? recordAt(pod.data, 'spec') : pod.container
  const list = owner[key]
  if (values.length === 0) return []
  if (!Array.isArray(list)) return [{ kind: 'add-key', path: path.slice(0, -1), key, value: values }]
  return values.map(value => ({ kind: 'insert-item', path, index: list.length, value }))
}

const writeMount = (mount: DraftMount): Value => ({
  mountPath: mount.path,
  name: mount.name,
  ...(mount.readOnly ? { readOnly: true } : {})
})

const writeVolume = (volume: DraftVolume, isNameFirst: boolean): Value => {
  const hostPath = { path: volume.hostPath ?? '', ...(volume.type === '' ? {} : { type: volume.type }) }
  return isNameFirst ? { name: volume.name, hostPath } : { hostPath, name: volume.name }
}

const changedMount = (pod: Pod, path: Path, old: DraftMount, now: DraftMount): Operation[] => {
  const operations: Operation[] = []
  if (old.path !== now.path) operations.push({ kind: 'replace', path: [...path, 'mountPath'], value: now.path })
  if (old.name !== now.name) operations.push({ kind: 'replace', path: [...path, 'name'], value: now.name })
  if (old.readOnly !== now.readOnly)
    operations.push(setScalar(listAt(pod.container, 'volumeMounts')[old.origin ?? -1], path, 'readOnly', now.readOnly))
  return operations
}

const changedVolume = (pod: Pod, path: Path, old: DraftVolume, now: DraftVolume): Operation[] => {
  const source = recordAt(listAt(recordAt(pod.data, 'spec'), 'volumes')[old.origin ?? -1], 'hostPath')
  const operations: Operation[] = []
  if (old.hostPath !== now.hostPath)
    operations.push({ kind: 'replace', path: [...path, 'hostPath', 'path'], value: now.hostPath ?? '' })
  if (old.type !== now.type) operations.push(setScalar(source, [...path, 'hostPath'], 'type', now.type))
  return operations
}

const setScalar = (owner: unknown, path: Path, key: string, value: string | boolean): Operation => {
  const present = isRecord(owner) ? owner[key] : undefined
  return present === undefined || present === null
    ? { kind: 'add-key', path, key, value }
    : { kind: 'replace', path: [...path, key], value }
}

const describeMount = (mount: DraftMount): string =>
  `${mount.path}${mount.subPath === undefined ? '' : ` (subPath ${mount.subPath})`} from ${mount.name}${mount.readOnly ? ', read-only' : ', read-write'}`

const describeVolume = (volume: DraftVolume): string =>
  volume.hostPath === undefined ? volume.name : `${volume.hostPath}${volume.type === '' ? '' : ` (${volume.type})`}`
