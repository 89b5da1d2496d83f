import { dirname, join, normalize } from 'node:path'
import type { LogFiles } from '../host/growing-file.ts'
import { rotatedName } from '../logs/rotated-set.ts'

/** A rotated file of a log, known by the moment in its name. It may be there plain, compressed or, for a while, both. */
export interface RotatedLog {
  readonly stamp: string
  readonly plain: string
  readonly zipped: string
}

/** The files that a log was rotated to, the oldest first. */
export const rotatedLogs = (path: string, files: LogFiles): readonly RotatedLog[] => {
  const log = normalize(path)
  const directory = dirname(log)
  const rotated = files
    .names(directory)
    .map(name => ({ path: join(directory, name), ...rotatedName(join(directory, name)) }))
    .filter(each => each.log === log && each.stamp !== '')
    .map(({ path: name, stamp, isCompressed }) => {
      const plain = isCompressed ? name.slice(0, -'.gz'.length) : name
      return [stamp, { stamp, plain, zipped: `${plain}.gz` }] as const
    })
  return [...new Map(rotated).values()].sort((a, b) => (a.stamp < b.stamp ? -1 : 1))
}
