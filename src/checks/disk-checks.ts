import { integerOf } from '../audit/flag-value.ts'
import { auditFlag } from '../audit/flags.ts'
import { largestLog, type Rotation } from '../audit/rotation.ts'
import { DEFAULT_ROTATION } from '../audit/wanted.ts'
import type { LogFact, LogGrowth } from '../facts/node.ts'
import { parentOf } from '../paths.ts'
import type { Check, Found, PodContext } from './check.ts'
import { placeOfFlag } from './place.ts'

const MIB = 1024 * 1024
const DAY = 86_400_000

interface Kept {
  readonly flag: (typeof DEFAULT_ROTATION)[number]['name']
  readonly key: keyof Rotation
  readonly title: string
  readonly unit: string
}

const KEPT: readonly Kept[] = [
  { flag: 'audit-log-maxage', key: 'maxage', title: 'Rotated logs are kept for 30 days', unit: 'days' },
  { flag: 'audit-log-maxbackup', key: 'maxbackup', title: 'Ten rotated logs are kept', unit: 'files' },
  { flag: 'audit-log-maxsize', key: 'maxsize', title: 'A log may grow to 100 MiB', unit: 'MiB' }
]

const rotationCheck = ({ flag, key, title, unit }: Kept): Check => ({
  id: `log-${key}-low`,
  subject: 'log',
  title,
  severity: 'warning',
  why: 'the history may be gone before anyone looks',
  cis: `log-${key}`,
  about: 'log',
  needs: 'pod',
  // on standard output the flags do nothing
  run: context => (context.flags.get('audit-log-path') === '-' ? null : tooLittle(context, { flag, key, unit }))
})

function* tooLittle(
  { pod, flags, rotation }: PodContext,
  { flag, key, unit }: Pick<Kept, 'flag' | 'key' | 'unit'>
): Iterable<Found> {
  const wanted = Number(DEFAULT_ROTATION.find(({ name }) => name === flag)?.value)
  const given = flags.get(flag)
  const inForce = rotation[key]
  if (Number(integerOf(given ?? '') ?? 0n) >= wanted) return
  yield {
    // the benchmark asks for the flag, also where without it as much or more is kept
    ...(inForce === 0 || inForce >= wanted ? { severity: 'info' as const } : {}),
    message: `--${flag} is ${given === undefined ? `not set (${inForce === 0 ? 'no limit' : inForce})` : given}; the CIS Benchmark wants ${wanted} ${unit} or more`,
    ...placeOfFlag(pod, flag),
    remediation: `auditpatch apply --${auditFlag(flag)?.option ?? ''} ${wanted}`
  }
}

/** Checks of how long the log lasts, and whether the disk does. */
export const DISK_CHECKS: readonly Check[] = [
  ...KEPT.map(rotationCheck),
  {
    id: 'log-unbounded',
    subject: 'log',
    title: 'Old logs are deleted',
    severity: 'warning',
    why: 'a full disk stops etcd and kube-apiserver',
    about: 'log',
    needs: 'pod',
    run: function* (context) {
      const { log } = context.facts
      const { maxage, maxsize } = context.rotation
      if (!log || largestLog(context.rotation) !== undefined) return
      const isNeverRotated = maxsize === 0
      const hasAge = maxage > 0
      if (!isNeverRotated && hasAge && !fillsDisk(log, maxage * DAY)) return
      yield {
        message: isNeverRotated
          ? 'the log is never rotated, and so grows until the disk is full'
          : hasAge
            ? `rotated logs are kept for ${maxage} days, which is more than the disk holds`
            : 'rotated logs are never deleted: neither --audit-log-maxbackup nor --audit-log-maxage limits them',
        ...placeOfFlag(context.pod, 'audit-log-path'),
        remediation: 'auditpatch apply --log-maxsize 100 --log-maxbackup 10'
      }
    }
  },
  {
    id: 'log-disk',
    subject: 'log',
    title: 'The disk holds all logs that are to be kept',
    severity: 'warning',
    why: 'a full disk stops etcd and kube-apiserver',
    about: 'log',
    needs: 'pod',
    run: diskFor
  },
  {
    id: 'disk-inodes',
    subject: 'log',
    title: 'The file system of the log has room for more files',
    severity: 'warning',
    why: 'without inodes no file can be made, however much space is free',
    about: 'log',
    needs: 'pod',
    run: function* ({ facts: { log } }) {
      if (log?.freeInodes === null || log === null || log.freeInodes >= 1000) return
      yield {
        message: `the file system of ${parentOf(log.path)} has ${log.freeInodes} inodes left`,
        file: log.path,
        remediation: `df -i ${parentOf(log.path)}; delete what is many and small`
      }
    }
  },
  {
    id: 'log-history',
    subject: 'log',
    title: 'The log reaches back far enough',
    severity: 'warning',
    why: 'what was overwritten cannot be looked up',
    about: 'log',
    needs: 'pod',
    run: function* (context) {
      const { log } = context.facts
      const { maxage: wanted, maxbackup: backups, maxsize: size } = context.rotation
      const largest = largestLog(context.rotation)
      const growth = steadyGrowth(log)
      if (!growth || largest === undefined) return
      const days = largest / growth.bytesPerDay
      if (days >= (wanted || 1)) return
      yield {
        ...(days < 1 ? {} : { severity: 'info' as const }),
        message: `at ${mib(growth.bytesPerDay)} a day, ${backups + 1} files of ${size} MiB hold ${days < 2 ? `${round(days * 24)} hours` : `${round(days)} days`}${wanted > 0 ? `, not the ${wanted} days of --audit-log-maxage` : ''}`,
        ...placeOfFlag(context.pod, 'audit-log-maxbackup'),
        remediation: `raise --log-maxbackup, or record less: auditpatch policy lint shows where`
      }
    }
  }
]

// a server that has just started says more than later
const steadyGrowth = (log: LogFact | null): LogGrowth | undefined =>
  log?.growth && log.growth.last - log.growth.first >= 10 * 60_000 ? log.growth : undefined

const fillsDisk = (log: LogFact, time: number): boolean =>
  ((steadyGrowth(log)?.bytesPerDay ?? 0) / DAY) * time > log.free + (log.size ?? 0) + log.rotated.size

function* diskFor(context: PodContext): Iterable<Found> {
  const { log } = context.facts
  const { maxbackup: backups, maxsize: size } = context.rotation
  const wanted = largestLog(context.rotation)
  if (!log || wanted === undefined) return
  const room = log.free + (log.size ?? 0) + log.rotated.size
  if (wanted <= room) return
  const growth = steadyGrowth(log)
  const left = growth && log.free / growth.bytesPerDay
  yield {
    ...((left !== undefined && left < 1) || log.free < 10 * MIB ? { severity: 'error' as const } : {}),
    message: `the log may grow to ${mib(wanted)} (${size} MiB x (${backups} + 1)), but there is room for ${mib(room)} at ${parentOf(log.path)}${left === undefined ? '' : `: as it grows, the disk is full in ${left < 2 ? `${round(left * 24)} hours` : `${round(left)} days`}`}`,
    ...placeOfFlag(context.pod, 'audit-log-maxbackup'),
    remediation:
      size * MIB * 3 > room
        ? `auditpatch apply --log-maxsize ${Math.max(1, Math.floor((room * 0.8) / (backups + 1) / MIB))}, or a larger disk`
        : `auditpatch apply --log-maxbackup ${Math.max(1, Math.floor((room * 0.8) / size / MIB) - 1)}, or a larger disk`
  }
}

const mib = (bytes: number): string =>
  bytes < MIB ? `${Math.round(bytes / 1024)} KiB` : `${Math.round(bytes / MIB)} MiB`
const round = (value: number): string => (value < 10 ? value.toFixed(1) : `${Math.round(value)}`)
