import { AuditError } from '../errors.ts'
import { editSource, valueOf } from '../text/edit.ts'
import { isRecord, listAt, recordAt, valueAt } from '../text/guard.ts'
import { type Path, textAt } from '../text/locate.ts'
import { type Source } from '../text/source.ts'
import type { Operation, Value } from '../text/value.ts'
import { type ArgPlan, planArgs } from './arg-plan.ts'
import { type ClusterConfig, EXTRA_ARGS, EXTRA_VOLUMES, readClusterConfig } from './cluster-config.ts'
import { wholeText } from './config-document.ts'
import { type ConfigVersion, isListOfArgs } from './config-version.ts'
import type { ApiServerExtras, ExtraVolume } from './extras.ts'
import { apiServerOf, argsValue, volumeValue } from './fragment.ts'
import { planVolumes, type VolumePlan } from './volume-plan.ts'

/**
 * The text of a configuration with exactly the wanted audit settings; every byte that does not tell of them stays. The
 * same text when nothing is to change. Throws ALIAS where an anchor is in the way, and BAD_CLUSTER_CONFIG where the text is
 * written in a way that cannot be changed.
 */
export const editClusterConfig = (config: ClusterConfig, wanted: ApiServerExtras): string => {
  const plan = { args: planArgs(config, wanted.args), volumes: planVolumes(config, wanted) }
  const steps = [
    (source: Source) => openings(source, plan),
    (source: Source) => [
      ...additions(source, config.version, plan),
      ...argChanges(source, config.version, plan.args),
      ...volumeChanges(source, plan.volumes)
    ],
    (source: Source) => removals(source, config.version, plan)
  ]
  const source = withErrors(() => steps.reduce(edited, config.source))
  const text = wholeText(config.document, source.text)
  prove(text, config, wanted, plan)
  return text
}

interface EditPlan {
  readonly args: ArgPlan
  readonly volumes: VolumePlan
}

const edited = (source: Source, operationsOf: (source: Source) => Operation[]): Source => {
  const operations = operationsOf(source)
  return editSource(source, operations)
}

// the editor speaks of manifests
const withErrors = <T>(run: () => T): T => {
  try {
    return run()
  } catch (error) {
    if (error instanceof AuditError && /^no scalar at /.test(error.message))
      throw new AuditError('BAD_CLUSTER_CONFIG', `${error.message.slice('no scalar at '.length)} has no value`, {
        next: 'write a value there, or take the entry out, then run again',
        cause: error
      })
    if (!(error instanceof AuditError) || error.code !== 'BAD_MANIFEST') throw error
    const { message, path, position } = error
    throw new AuditError('BAD_CLUSTER_CONFIG', message, { path, position, cause: error })
  }
}

/** Empty braces among block style, as kubeadm writes them, become null: then what goes in there is written as a block. */
const openings = (source: Source, { args, volumes }: EditPlan): Operation[] => {
  const filled = [...(args.added.length > 0 ? [EXTRA_ARGS] : []), ...(volumes.added.length > 0 ? [EXTRA_VOLUMES] : [])]
  const paths: readonly Path[] = filled.length === 0 ? [] : [['apiServer'], ...filled]
  return paths
    .filter(path => isEmptyFlow(source, path) && !isInFlow(source, path))
    .map(path => ({ kind: 'set-null', path: path.slice(0, -1), key: String(path.at(-1)), text: '' }))
}

const isEmptyFlow = (source: Source, path: Path): boolean => /^(\{\s*\}|\[\s*\])$/.test(textAt(source, path))

const isInFlow = (source: Source, path: Path): boolean =>
  path.some((_, length) => textAt(source, path.slice(0, length)).startsWith('{'))

const additions = (source: Source, version: ConfigVersion, { args, volumes }: EditPlan): Operation[] => {
  const data = valueOf(source)
  if (args.added.length + volumes.added.length === 0) return []
  const sorted = isAlphabetical(data) ? volumes.added.map(sortedVolume) : volumes.added.map(volumeValue)
  const apiServer = valueAt(data, ['apiServer'])
  if (!isRecord(apiServer)) {
    const value = {
      ...apiServerOf({ args: args.added, volumes: [] }, version),
      ...(sorted.length > 0 ? { extraVolumes: sorted } : {})
    }
    return [{ kind: 'add-key', path: [], key: 'apiServer', value }]
  }
  return [
    ...(args.added.length === 0 ? [] : argAdditions(apiServer.extraArgs, version, args.added)),
    ...(sorted.length === 0 ? [] : listAdditions(apiServer.extraVolumes, EXTRA_VOLUMES, sorted))
  ]
}

const argAdditions = (present: unknown, version: ConfigVersion, args: ArgPlan['added']): Operation[] => {
  if (isListOfArgs(version))
    return listAdditions(
      present,
      EXTRA_ARGS,
      args.map(({ name, value }) => ({ name, value }))
    )
  if (!isRecord(present))
    return [{ kind: 'add-key', path: ['apiServer'], key: 'extraArgs', value: argsValue(args, version) }]
  // keys that go into one gap of a sorted mapping are written in this order
  const inOrder = [...args].sort((a, b) => (a.name < b.name ? -1 : 1))
  return inOrder.map(({ name, value }) => ({ kind: 'add-key', path: EXTRA_ARGS, key: name, value }))
}

const listAdditions = (present: unknown, path: Path, values: readonly Value[]): Operation[] =>
  Array.isArray(present)
    ? values.map(value => ({ kind: 'insert-item', path, index: present.length, value }))
    : [{ kind: 'add-key', path: path.slice(0, -1), key: String(path.at(-1)), value: values }]

/** True where kubeadm itself wrote the text, or somebody who sorts keys as it does. */
const isAlphabetical = (data: unknown): boolean => {
  const example = listAt(recordAt(data, 'apiServer'), 'extraVolumes')[0] ?? data
  const keys = isRecord(example) ? Object.keys(example) : []
  return keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key)
}

const sortedVolume = (volume: ExtraVolume): Value =>
  Object.fromEntries(Object.entries(volumeValue(volume) ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))

const argChanges = (source: Source, version: ConfigVersion, { changed }: ArgPlan): Operation[] => {
  const data = valueOf(source)
  return changed.map(({ from, value }) =>
    setValue(data, isListOfArgs(version) ? [...from.path, 'value'] : from.path, value)
  )
}

const volumeChanges = (source: Source, { changed }: VolumePlan): Operation[] => {
  const data = valueOf(source)
  return changed.flatMap(({ from, to }) => {
    const path = [...EXTRA_VOLUMES, from.index]
    const texts = (['name', 'hostPath', 'mountPath', 'pathType'] as const).filter(key => from[key] !== to[key])
    const operations = texts.map((key): Operation => {
      if (to[key] === '') return { kind: 'remove-key', path, key }
      return setValue(data, [...path, key], to[key])
    })
    return from.readOnly === to.readOnly
      ? operations
      : [...operations, setValue(data, [...path, 'readOnly'], to.readOnly)]
  })
}

const setValue = (data: unknown, path: Path, value: string | boolean): Operation =>
  (valueAt(data, path) ?? null) === null
    ? { kind: 'add-key', path: path.slice(0, -1), key: String(path.at(-1)), value }
    : { kind: 'replace', path, value }

/** What goes, with the key that would be left empty. */
const removals = (source: Source, version: ConfigVersion, { args, volumes }: EditPlan): Operation[] => {
  const apiServer = recordAt(valueOf(source), 'apiServer')
  const isArgsGone = args.removed.length > 0 && Object.keys(apiServer.extraArgs ?? {}).length === args.removed.length
  const isVolumesGone =
    volumes.removed.length > 0 && listAt(apiServer, 'extraVolumes').length === volumes.removed.length
  const gone = [...(isArgsGone ? ['extraArgs'] : []), ...(isVolumesGone ? ['extraVolumes'] : [])]
  if (gone.length > 0 && Object.keys(apiServer).every(key => gone.includes(key)))
    return [{ kind: 'remove-key', path: [], key: 'apiServer' }]
  return [
    ...gone.map((key): Operation => ({ kind: 'remove-key', path: ['apiServer'], key })),
    ...(isArgsGone ? [] : args.removed.map(each => removeArg(each.path, version))),
    ...(isVolumesGone
      ? []
      : volumes.removed.map(({ index }): Operation => ({ kind: 'remove-item', path: EXTRA_VOLUMES, index })))
  ]
}

const removeArg = (path: Path, version: ConfigVersion): Operation =>
  isListOfArgs(version)
    ? { kind: 'remove-item', path: EXTRA_ARGS, index: Number(path.at(-1)) }
    : { kind: 'remove-key', path: EXTRA_ARGS, key: String(path.at(-1)) }

/** The text is read again and must hold what was wanted. */
const prove = (text: string, config: ClusterConfig, wanted: ApiServerExtras, plan: EditPlan): void => {
  const result = readClusterConfig(text, config.source.file)
  const left = planArgs(result, wanted.args)
  const volumes = planVolumes(result, wanted)
  const named = [...plan.volumes.added, ...plan.volumes.changed.map(({ to }) => to)]
  const isThere = named.every(volume => result.volumes.filter(each => each.name === volume.name).length === 1)
  const counts = [left.added, left.changed, left.removed, volumes.added, volumes.removed].map(each => each.length)
  if (isThere && counts.every(count => count === 0)) return
  throw new AuditError('IMPOSSIBLE', `the edit of ${config.source.file} would not mean what was planned`, {
    path: config.source.file
  })
}
