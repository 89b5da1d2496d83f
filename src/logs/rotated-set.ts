/** A file of a log's set: the log itself, or what it was rotated to. */
export interface RotatedName {
  /** The name of the log itself. */
  readonly log: string
  /** When it was rotated, in UTC, as the name has it; empty for the log itself. */
  readonly stamp: string
  readonly isCompressed: boolean
}

// lumberjack, which kube-apiserver writes its log with: backupName and timeFromName
const STAMPED = /^(.*)-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3})(\.[^./]*)?$/

// logrotate counts the files: the higher the older
const COUNTED = /^(.*\.(?:log|json|jsonl))\.(\d{1,4})$/

/** What the name of a file says of it: `audit-2026-11-21T23-40-21.123.log.gz` is a rotated `audit.log`, and so is `audit.log.2`. */
export const rotatedName = (name: string): RotatedName => {
  const isCompressed = name.endsWith('.gz')
  const plain = isCompressed ? name.slice(0, -'.gz'.length) : name
  const [, counted, count] = COUNTED.exec(plain) ?? []
  if (counted !== undefined)
    return { log: counted, stamp: `0${String(9999 - Number(count)).padStart(4, '0')}`, isCompressed }
  const [, stem, stamp, ext = ''] = STAMPED.exec(plain) ?? []
  if (stem === undefined || stamp === undefined) return { log: plain, stamp: '', isCompressed }
  return { log: `${stem}${ext}`, stamp, isCompressed }
}

/**
 * Names of logs with those of one set together, oldest first and the log itself last; the sets in the order in which they
 * come first. While a rotated file is being compressed both are there: then the plain one is taken.
 */
export const inRotatedOrder = (names: readonly string[]): string[] => {
  const all = [...new Set(names)].map(name => ({ name, ...rotatedName(name) }))
  const sets = [...new Set(all.map(({ log }) => log))]
  const isWhole = ({ isCompressed, log, stamp }: RotatedName): boolean =>
    !isCompressed || !all.some(other => !other.isCompressed && other.log === log && other.stamp === stamp)
  return sets.flatMap(set =>
    all
      .filter(each => each.log === set && isWhole(each))
      .sort((a, b) => (inTime(a) < inTime(b) ? -1 : 1))
      .map(({ name }) => name)
  )
}

// the log itself has the youngest events
const inTime = ({ stamp }: RotatedName): string => (stamp === '' ? '~' : stamp)
