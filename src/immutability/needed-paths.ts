import { covers } from '../paths.ts'
import { listAt, stringAt } from '../text/guard.ts'
import { knownImage } from './images/known-images.ts'
import type { PatchOptions } from './patch-options.ts'
import { argvOf } from './requirements/commands.ts'
import { type ContainerSubject, isWritable, mountAt, type VolumeMount } from './subject.ts'
import { commandWrites } from './written/command-writes.ts'
import { namedWrites } from './written/named-writes.ts'
import { oneSpelling, writableDirectories } from './written/writable-directories.ts'
import type { WrittenPath } from './written/written-path.ts'

/** A directory that a container writes and that no volume holds yet. */
export interface NeededPath {
  readonly path: string
  readonly because: string
  /** It may grow without end. */
  readonly grows: boolean
  /** What lies there should outlive the pod. */
  readonly keeps: boolean
  /** Where little lies there that needs no disk. */
  readonly medium?: 'Memory'
}

/** The directories for which a container needs a writable volume where its root file system is read-only. */
export interface NeededPaths {
  readonly needed: readonly NeededPath[]
  /** Why an empty volume does not do for others that it writes: whole sentences without a stop. */
  readonly refused: readonly string[]
  /** What people wrote in it where no empty volume does, and how. */
  readonly byHand: readonly string[]
  /** What most programs write, where nobody said or saw what this one does and its image is none that is known. */
  readonly guess: readonly NeededPath[]
  /** True where that is the case. */
  readonly isUnknown: boolean
}

/** What a container writes, as far as the options, its own command, its variables and its image tell. */
export const neededPaths = (subject: ContainerSubject, options: PatchOptions): NeededPaths => {
  const { container, mounts } = subject
  const isSaidOfIt = (each: { readonly container: string | undefined }): boolean =>
    each.container === container.name || (each.container === undefined && container.list !== 'ephemeralContainers')
  const given = options.writable.filter(isSaidOfIt).map(({ path }) => said(path, 'you say that it is written'))
  const seen = options.written.filter(isSaidOfIt)
  const known = knownImage(stringAt(container.data, 'image') ?? '')
  const isNews = ({ path }: WrittenPath): boolean =>
    ![...given, ...(known?.writes ?? [])].some(each => covers(each.path, path)) && !isHeld(mounts, path)
  const traced = seen.filter(({ isByHand }) => !isByHand).map(({ write }) => write)
  const found = writableDirectories([...traced, ...ownWrites(subject)].filter(isNews))
  const byHand = writableDirectories(seen.flatMap(({ isByHand, write }) => (isByHand ? [write] : [])).filter(isNews))
  const candidates = outermost([
    ...given,
    ...[...found.mounts, ...byHand.mounts].map(({ path, because }) => said(path, because)),
    ...(known?.writes ?? []).map(write => ({ ...write, because: `the image writes it: ${write.what}` }))
  ]).filter(({ path }) => !isHeld(mounts, path))
  const isUnknown = (known === undefined || known.isBase === true) && given.length + traced.length === 0
  const blocked = candidates.flatMap(({ path }) => whyNot(subject, path) ?? [])
  return {
    needed: candidates.filter(({ path }) => whyNot(subject, path) === undefined),
    refused: [
      ...found.refused.map(
        ({ path, directory }) =>
          `it writes ${path}, and an empty ${directory} may hide files of the image (--writable ${directory} says that it does not)`
      ),
      ...blocked
    ],
    byHand: byHand.refused.map(({ path, because }) => `${path}: ${because}`),
    guess: isUnknown
      ? [TEMPORARY].filter(
          ({ path }) => whyNot(subject, path) === undefined && !candidates.some(each => covers(each.path, path))
        )
      : [],
    isUnknown
  }
}

const ownWrites = ({ container }: ContainerSubject): WrittenPath[] => {
  const argv = argvOf(container.data)
  const variables = listAt(container.data, 'env').flatMap(each => {
    const [name, value] = [stringAt(each, 'name'), stringAt(each, 'value')]
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  return [...commandWrites(argv, stringAt(container.data, 'workingDir')), ...namedWrites(argv, variables)]
}

// ValidateVolumeMounts in https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/core/validation/validation.go; what a
// runtime makes of control characters nobody says
const NO_MOUNT_PATH = /[:\0-\x1f\x7f]/

const whyNot = ({ container, mounts }: ContainerSubject, path: string): string | undefined => {
  if (NO_MOUNT_PATH.test(path)) return `it writes ${JSON.stringify(path)}, which no mountPath may be`
  if (listAt(container.data, 'volumeDevices').some(each => stringAt(each, 'devicePath') === path))
    return `it writes ${path}, where a device is`
  return serving(mounts, path) ? `it writes ${path}, where a read-only volume is mounted` : undefined
}

const TEMPORARY: NeededPath = { path: '/tmp', because: 'most programs write there', grows: true, keeps: false }

const said = (path: string, because: string): NeededPath => ({ path, because, grows: false, keeps: false })

const serving = (mounts: readonly VolumeMount[], path: string): VolumeMount | undefined =>
  mountAt(mounts, path) ??
  mountAt(mounts, oneSpelling(path)) ??
  mountAt(mounts, oneSpelling(path).replace(/^\/run(?=\/|$)/, '/var/run'))

const isHeld = (mounts: readonly VolumeMount[], path: string): boolean => {
  const mount = serving(mounts, path)
  return mount !== undefined && isWritable(mount)
}

const outermost = (paths: readonly NeededPath[]): NeededPath[] =>
  paths.filter((each, index) =>
    paths.every((other, at) => {
      const [mine, its] = [oneSpelling(each.path), oneSpelling(other.path)]
      return mine === its ? index <= at : !covers(its, mine)
    })
  )
