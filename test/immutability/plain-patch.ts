import { isDeepStrictEqual } from 'node:util'
import {
  type Any,
  at,
  cleanPath,
  fieldOf,
  isRecord,
  list,
  type PlainPod,
  podsOf,
  readDocuments,
  type Steps
} from './plain-pods.ts'
import { lostText } from './plain-text.ts'

export interface PatchRules {
  /** The only containers that may change, by name; all of them when not given. */
  readonly containers?: readonly string[]
}

/** What a patch did to a text beyond what a patch may do, one sentence each; none for a patch that keeps its word. */
export const unpromised = (before: string, after: string, rules: PatchRules = {}): string[] => {
  const old = readDocuments(before)
  let now: typeof old
  try {
    now = readDocuments(after)
  } catch (error) {
    return [`the text is no YAML any more: ${String(error)}`]
  }
  if (old.length !== now.length) return [`${old.length} documents became ${now.length}`]
  const touched: Touched[] = []
  const faults = old.flatMap(({ data }, document) => {
    const { faults, places } = judgeDocument(data, now[document]?.data, rules)
    touched.push(...places.map(path => ({ document, path })))
    return faults.map(fault => `document ${document}: ${fault}`)
  })
  return [...faults, ...lostText(before, after, touched)]
}

/** A place of `before` whose value a patch changed as it may: a scalar, or something that is new there. */
export interface Touched {
  readonly document: number
  readonly path: Steps
}

interface Judgement {
  readonly faults: string[]
  readonly places: Steps[]
}

// what a patch may do is undone in a copy of what it made: then nothing may be left
const judgeDocument = (before: Any, after: Any, rules: PatchRules): Judgement => {
  const judgement: Judgement = { faults: [], places: [] }
  const undone = structuredClone(after)
  // the fields that a patch sets are refused in a pod for Windows
  const pods = podsOf(before).filter(({ spec }) => at(spec, ['os', 'name']) !== 'windows')
  for (const pod of pods) undoPod(pod, at(undone, pod.path), rules, judgement)
  judgement.faults.push(...differences(before, undone, []))
  return judgement
}

const undoPod = (pod: PlainPod, after: Any, rules: PatchRules, judgement: Judgement): void => {
  if (!isRecord(after)) return
  const { spec, path } = pod
  const newVolumes: Any[] = list(after.volumes).slice(list(spec.volumes).length)
  const mounted = new Set<string>()
  const volumeNames = list(after.volumes).map(volume => volume?.name)
  for (const name of ['containers', 'initContainers']) {
    for (const [index, container] of list(spec[name]).entries()) {
      const changed = list(after[name])[index]
      if (!isRecord(container) || !isRecord(changed)) continue
      if (rules.containers && !rules.containers.includes(container.name)) continue
      undoContainer(pod, container, changed, [...path, name, index], judgement, mounted, volumeNames)
    }
  }
  const names = list(spec.volumes).map(volume => volume?.name)
  for (const [index, volume] of newVolumes.entries()) {
    const where = fieldOf([...path, 'volumes', names.length + index])
    const fault = (what: string): number => judgement.faults.push(`${where}: ${what}`)
    const keys = isRecord(volume) ? Object.keys(volume).sort() : []
    if (!isDeepStrictEqual(keys, ['emptyDir', 'name']) || !isRecord(volume.emptyDir)) fault('not an emptyDir')
    else if (typeof volume.name !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(volume.name))
      fault('no name')
    else if (!mounted.has(volume.name)) fault(`no new mount of volume ${volume.name}`)
    if (volumeNames.filter(name => name === volume?.name).length > 1) fault('its name is taken')
  }
  undoTail(spec, after, 'volumes', path, judgement)
}

// a list that has new members at its end loses them
const undoTail = (before: Any, after: Any, key: string, path: Steps, { places }: Judgement): Any[] => {
  const length = list(before[key]).length
  const tail = list(after[key]).slice(length)
  if (tail.length === 0) return []
  after[key].length = length
  places.push([...path, key, length])
  restoreEmpty(before, after, key)
  return tail
}

// what is empty now was absent, null or empty before
const restoreEmpty = (before: Any, after: Any, key: string): void => {
  const [was, is] = [before[key], after[key]]
  const isEmpty = (value: Any): boolean => value === null || value === undefined || Object.keys(value).length === 0
  if (was !== undefined && was !== null && Array.isArray(was) !== Array.isArray(is)) return
  if (!isEmpty(was) || !isEmpty(is)) return
  if (was === undefined) delete after[key]
  else after[key] = was
}

const undoContainer = (
  pod: PlainPod,
  before: Any,
  after: Any,
  path: Steps,
  judgement: Judgement,
  mounted: Set<string>,
  volumeNames: readonly Any[]
): void => {
  if (isRecord(after.securityContext)) {
    judgement.faults.push(...refused(pod, before, after).map(fault => `${fieldOf(path)}: ${fault}`))
    undoSecurityContext(before, after, path, judgement)
    restoreEmpty(before, after, 'securityContext')
  }
  for (const [index, mount] of list(before.volumeMounts).entries()) {
    const changed = list(after.volumeMounts)[index]
    const volume = list(pod.spec.volumes).find(each => each?.name === mount?.name)
    if (!isRecord(mount) || !isRecord(changed) || !isRecord(volume?.hostPath)) continue
    if (changed.readOnly === true) undo(mount, changed, 'readOnly', [...path, 'volumeMounts', index], judgement)
  }
  const variables = undoTail(before, after, 'env', path, judgement)
  const names = [...list(before.env), ...variables].map(variable => variable?.name)
  for (const variable of variables) {
    const isPlain = isDeepStrictEqual(Object.keys(variable ?? {}).sort(), ['name', 'value'])
    if (!isPlain || typeof variable.value !== 'string') judgement.faults.push(`${fieldOf(path)}.env: no plain variable`)
    if (names.filter(name => name === variable?.name).length > 1)
      judgement.faults.push(`${fieldOf(path)}.env: ${String(variable?.name)} is set twice`)
  }
  const added = undoTail(before, after, 'volumeMounts', path, judgement)
  for (const [index, mount] of added.entries()) {
    const where = fieldOf([...path, 'volumeMounts', list(before.volumeMounts).length + index])
    const fault = (what: string): number => judgement.faults.push(`${where}: ${what}`)
    if (!isRecord(mount)) {
      fault('no mount')
      continue
    }
    if (!isDeepStrictEqual(Object.keys(mount).sort(), ['mountPath', 'name'])) fault('more than name and mountPath')
    if (!volumeNames.includes(mount.name)) fault(`no volume ${String(mount.name)}`)
    const isPath = typeof mount.mountPath === 'string' && mount.mountPath.startsWith('/')
    if (!isPath || /[:\n]/.test(mount.mountPath)) fault('no absolute path')
    const others = [...list(before.volumeMounts), ...added.filter(each => each !== mount)]
    const isThere = (each: Any): boolean => cleanPath(String(each?.mountPath)) === cleanPath(String(mount.mountPath))
    if (others.some(isThere)) fault(`a second mount at ${String(mount.mountPath)}`)
    mounted.add(mount.name)
  }
}

// what the API server refuses or the kubelet does not start, where it did before:
// https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/core/validation/validation.go (ValidateSecurityContext)
const refused = ({ spec }: PlainPod, before: Any, after: Any): string[] => {
  const faultsOf = ({ securityContext }: Any): string[] => {
    const own = isRecord(securityContext) ? securityContext : {}
    const stays = own.allowPrivilegeEscalation === false
    const uid = own.runAsUser ?? spec.securityContext?.runAsUser
    const faults: string[] = []
    if (stays && own.privileged === true) faults.push('privileged without privilege escalation is refused')
    if (stays && list(own.capabilities?.add).includes('CAP_SYS_ADMIN'))
      faults.push('CAP_SYS_ADMIN without privilege escalation is refused')
    if (own.runAsNonRoot === true && uid === 0) faults.push('user 0 does not start with runAsNonRoot')
    return faults
  }
  const known = faultsOf(before)
  return faultsOf(after).filter(fault => !known.includes(fault))
}

const undo = (before: Any, after: Any, key: string, path: Steps, { places }: Judgement): void => {
  if (isDeepStrictEqual(before[key], after[key])) return
  places.push([...path, key])
  if (before[key] === undefined) delete after[key]
  else after[key] = before[key]
}

const isId = (value: unknown, least: number): boolean => Number.isInteger(value) && Number(value) >= least

const isUnset = (value: unknown): boolean => value === undefined || value === null

const undoSecurityContext = (container: Any, changed: Any, containerPath: Steps, judgement: Judgement): void => {
  const before = isRecord(container.securityContext) ? container.securityContext : {}
  const after = changed.securityContext
  const path = [...containerPath, 'securityContext']
  const allow = (key: string, isAllowed: boolean): void => {
    if (isAllowed) undo(before, after, key, path, judgement)
  }
  allow('readOnlyRootFilesystem', after.readOnlyRootFilesystem === true)
  allow('allowPrivilegeEscalation', after.allowPrivilegeEscalation === false)
  allow('privileged', before.privileged === true && after.privileged === false)
  allow('runAsNonRoot', after.runAsNonRoot === true)
  allow('runAsUser', (isUnset(before.runAsUser) || before.runAsUser === 0) && isId(after.runAsUser, 1))
  allow('runAsGroup', (isUnset(before.runAsGroup) || before.runAsGroup === 0) && isId(after.runAsGroup, 0))
  const [was, is] = [list(before.capabilities?.drop), list(after.capabilities?.drop)]
  const isGained = !was.includes('ALL') && is.filter(name => name === 'ALL').length === 1
  if (
    isGained &&
    isDeepStrictEqual(
      was,
      is.filter(name => name !== 'ALL')
    )
  ) {
    after.capabilities.drop = was
    judgement.places.push([...path, 'capabilities', 'drop', was.length])
    restoreEmpty(before.capabilities ?? {}, after.capabilities, 'drop')
    // the only one that Pod Security lets a container have beside drop: [ALL]
    const last = list(after.capabilities.add).at(-1)
    const had = list(before.capabilities?.add)
    if (last === 'NET_BIND_SERVICE' && !had.includes(last))
      undoTail(before.capabilities ?? {}, after.capabilities, 'add', [...path, 'capabilities'], judgement)
    restoreEmpty(before, after, 'capabilities')
  }
}

const differences = (before: Any, after: Any, path: Steps): string[] => {
  if (isDeepStrictEqual(before, after)) return []
  const isComparable = (isRecord(before) && isRecord(after)) || (Array.isArray(before) && Array.isArray(after))
  if (!isComparable) return [`${fieldOf(path)}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`]
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap(key => differences(before[key], after[key], [...path, Array.isArray(before) ? Number(key) : key]))
}
