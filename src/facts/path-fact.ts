import { type HostPath, parentOf } from '../paths.ts'

/** Who may do what with a file or directory of the host. */
export interface Owner {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** What is at a path of the host. */
export interface PathFact extends Owner {
  readonly path: HostPath
  readonly kind: 'absent' | 'file' | 'directory' | 'other'
  /** True when the last component is a symbolic link. */
  readonly isLink: boolean
  /** Where a link leads to in the end; absent for all else, and where it leads nowhere. */
  readonly target?: HostPath
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** The content of a regular file that is read (a policy, a kubeconfig); absent for all else. */
  readonly bytes?: Uint8Array
  /** Directories above that are not there yet, the outermost first. */
  readonly missing: readonly HostPath[]
}

/** What is known of the host's paths; one that was not looked at is a bug of the caller. */
export type PathFacts = ReadonlyMap<HostPath, PathFact>

/** The fact for a path where nothing is, all directories above being there. */
export const absentFact = (path: HostPath): PathFact => ({
  path,
  kind: 'absent',
  isLink: false,
  size: 0,
  modified: 0,
  mode: 0,
  uid: 0,
  gid: 0,
  missing: []
})

/** The text of a file that was read; undefined for all else. A byte order mark stays, as checksums count it. */
export const textAt = (facts: PathFacts, path: HostPath | undefined): string | undefined => {
  const bytes = path === undefined ? undefined : facts.get(path)?.bytes
  return bytes && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

/** True when a user may do all that the bits (4 read, 2 write, 1 search) say. */
export const mayAccess = (fact: Owner, user: number, group: number, bits: number): boolean => {
  if (user === 0) return true
  const shift = fact.uid === user ? 6 : fact.gid === group ? 3 : 0
  return ((fact.mode >> shift) & bits) === bits
}

/** The paths whose facts a plan needs for files of the host: each and its directory. */
export const pathsOfInterest = (paths: readonly HostPath[]): HostPath[] => [
  ...new Set(paths.flatMap(path => [path, parentOf(path)]))
]
