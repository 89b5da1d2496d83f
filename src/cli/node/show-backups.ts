import { listBackups } from '../../host/backup.ts'
import { nodeHostReader } from '../../host/node-host-reader.ts'
import type { Finding } from '../../finding.ts'
import { findingLines } from '../../render/findings.ts'
import { resultOf } from '../../render/result.ts'
import { backupDirectoryOf } from '../apply-options.ts'
import { reportInterrupted } from '../report-interrupted.ts'
import { rootOf, sessionOf } from '../session.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'

/** Lists the backups, the newest first. Gives the exit code. */
export const showBackups = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const host = nodeHostReader({ root: rootOf(args) })
  reportInterrupted(host, session)
  const { sets, damaged } = listBackups(host, backupDirectoryOf(args))
  const findings = damaged.map((each): Finding => ({
    code: 'damaged-backup',
    severity: 'warning',
    message: each.error.message
  }))
  session.give(() =>
    resultOf('BackupList', {
      backups: sets.map(({ directory, ...set }) => ({ ...set, directory: `${directory}/${set.id}` })),
      findings
    })
  )
  const lines = sets.map(
    set =>
      `${set.id}  before ${set.command.padEnd(7)}  ${set.files.map(file => `${file.role}${file.before ? '' : ' (was not there)'}`).join(', ')}`
  )
  session.say([...(lines.length > 0 ? lines : ['no backups']), ...findingLines(findings, session.paint, session.width)])
  return 0
}
