import type { ApplyOptions } from '../apply/options.ts'
import { AuditError } from '../errors.ts'
import { BACKUP_DIRECTORY } from '../host/backup.ts'
import type { HostPath } from '../paths.ts'
import type { Args } from './options.ts'
import { countOf, durationOf, hostPathOf } from './session.ts'
import { VERSION } from './version.ts'

/** Where backup sets are kept. */
export const backupDirectoryOf = (args: Args): HostPath => hostPathOf(args, 'backup-dir') ?? BACKUP_DIRECTORY

/** How a plan is to be performed. Throws USAGE. */
export const applyOptionsOf = (args: Args): ApplyOptions => {
  if (args.has('wait') && args.has('no-wait')) throw new AuditError('USAGE', 'give --wait or --no-wait, not both')
  return {
    version: VERSION,
    backupDirectory: backupDirectoryOf(args),
    backupKeep: countOf(args, 'backup-keep') ?? 10,
    wait: args.has('wait') ? true : args.has('no-wait') ? false : undefined,
    waitTimeout: durationOf(args, 'wait-timeout') ?? 300_000,
    waitStable: durationOf(args, 'wait-stable'),
    rollback: !args.has('no-rollback'),
    restartKubelet: args.text('restart-kubelet') === 'if-stuck'
  }
}
