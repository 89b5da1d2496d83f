import { posix } from 'node:path'

// PATH_MAX of Linux: the kernel takes no longer one
const LONGEST = 4096

/** A path as the kernel resolves it from a directory, absolute and normalised; undefined for a relative one without a directory. */
export const resolvePath = (path: string, directory: string | undefined): string | undefined => {
  if (path.length > LONGEST || path.includes('\0')) return undefined
  if (path.startsWith('/')) return normalise(path)
  return directory === undefined ? undefined : normalise(`${directory}/${path}`)
}

const normalise = (path: string): string => {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}
