import { containerPath } from '../../paths.ts'

// PATH_MAX of Linux: the kernel takes no longer one
const LONGEST = 4096

/** A path as the kernel resolves it from a directory, absolute and normalised; undefined for a relative one without a directory. */
export const resolvePath = (path: string, directory: string | undefined): string | undefined => {
  if (path.length > LONGEST || path.includes('\0')) return undefined
  if (path.startsWith('/')) return containerPath(path)
  return directory === undefined ? undefined : containerPath(`${directory}/${path}`)
}
