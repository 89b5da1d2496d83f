import { posix } from 'node:path'

/** An absolute path on the node, without the `--root` directory in front. */
export type HostPath = string & { readonly brand: 'HostPath' }

/** An absolute path as a process inside the kube-apiserver container sees it. */
export type ContainerPath = string & { readonly brand: 'ContainerPath' }

/** Brands an absolute path of the node, normalised (`//` and `.` removed, no slash at the end). */
export const hostPath = (path: string): HostPath => normalise(path) as HostPath

/** Brands an absolute path inside the container, normalised like {@link hostPath}. */
export const containerPath = (path: string): ContainerPath => normalise(path) as ContainerPath

const normalise = (path: string): string => {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

/** True when `path` is `directory` itself or lies below it. */
export const covers = (directory: string, path: string): boolean =>
  directory === '/' || path === directory || path.startsWith(`${directory}/`)

/** What remains of `path` below `directory`: `''` for the directory itself, else a relative path. */
export const below = (directory: string, path: string): string =>
  path === directory ? '' : path.slice(directory === '/' ? 1 : directory.length + 1)

/** The directory that holds a path, of the same kind as the path. */
export const parentOf = <P extends HostPath | ContainerPath>(path: P): P => posix.dirname(path) as P

/** A path below another, of the same kind. */
export const join = <P extends HostPath | ContainerPath>(path: P, ...rest: string[]): P =>
  normalise(posix.join(path, ...rest)) as P

/** The last component of a path. */
export const nameOf = (path: string): string => posix.basename(path)
