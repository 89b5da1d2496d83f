import { auditFlag, type AuditFlagName, defaultOf } from './flags.ts'
import { integerOf } from './flag-value.ts'
import { isAtLeast, type KubernetesVersion } from './version.ts'

/** How kube-apiserver rotates its log: days, files and MiB; 0 is no limit. */
export interface Rotation {
  readonly maxage: number
  readonly maxbackup: number
  readonly maxsize: number
}

/** The rotation in force: the flags' values, else the defaults of the release. */
export const rotationOf = (flags: ReadonlyMap<AuditFlagName, string>, version: KubernetesVersion): Rotation => {
  const value = (name: AuditFlagName): number => {
    const flag = auditFlag(name)
    const fallback = flag ? defaultOf(flag, version) : '0'
    // a value that cannot be read is told elsewhere
    return Number(integerOf(flags.get(name) ?? fallback) ?? integerOf(fallback) ?? 0n)
  }
  return {
    maxage: value('audit-log-maxage'),
    maxbackup: value('audit-log-maxbackup'),
    maxsize: maxsizeOf(value('audit-log-maxsize'), version)
  }
}

/** The size in MiB at which a log is rotated where the flag has a value; 0 is no limit. */
export const maxsizeOf = (given: number, version: KubernetesVersion): number =>
  // before 1.36 the library that rotates took 0 for its default
  given === 0 && !isAtLeast(version, 36) ? 100 : given

/** The bytes that a log with its rotated files may come to; undefined where there is no limit. */
export const largestLog = ({ maxbackup, maxsize }: Rotation): number | undefined =>
  maxbackup === 0 || maxsize === 0 ? undefined : maxsize * 1024 * 1024 * (maxbackup + 1)
