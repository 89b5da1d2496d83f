import { nodeHostReader } from '../../host/node-host-reader.ts'
import type { HostReader } from '../../host/host.ts'
import { planEnableOn } from '../../inspect/plan-node.ts'
import { withForecastOf } from './forecast.ts'
import { AuditError } from '../../errors.ts'
import { isEmpty, type Plan } from '../../plan/change.ts'
import { findingLines } from '../../render/findings.ts'
import { planJson } from '../../render/json.ts'
import { planLines } from '../../render/plan.ts'
import { lintingInputOf } from '../enable-input.ts'
import { exitCode } from '../exit-codes.ts'
import { backupDirectoryOf } from '../apply-options.ts'
import { reportInterrupted } from '../report-interrupted.ts'
import { manifestPathOf } from '../manifest-path.ts'
import { rootOf, type Session, sessionOf } from '../session.ts'
import type { Io } from '../io.ts'
import { type Args, SETTINGS } from '../options.ts'

/** Shows what apply, or with --remove what remove would write and why; writes nothing. Gives the exit code. */
export const showPlan = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const host = nodeHostReader({ root: rootOf(args) })
  const interrupted = reportInterrupted(host, session)
  const result = await planOn(host, args, session)
  session.give(() => planJson(result, interrupted))
  const { paint, width } = session
  if (isEmpty(result))
    session.say([...findingLines(result.findings, paint, width), paint.green(`nothing to do: ${wanted(args)}`)])
  else session.say([...planLines(result, paint, width), '', `nothing was written; auditpatch ${doer(args)} does it`])
  return exitCode(args.has('exit-code') && !isEmpty(result) ? 'findings' : 'done')
}

const planOn = async (host: HostReader, args: Args, session: Session): Promise<Plan> => {
  const manifest = manifestPathOf(args, host, session)
  const backups = backupDirectoryOf(args)
  if (!args.has('remove')) {
    if (args.has('purge')) throw new AuditError('USAGE', '--purge goes with --remove')
    return withForecastOf(host, planEnableOn(host, manifest, await lintingInputOf(args)))
  }
  const other = SETTINGS.find(
    name => name !== 'manifest' && (args.text(name) !== undefined || args.list(name).length > 0)
  )
  if (other !== undefined) throw new AuditError('USAGE', `--remove goes without --${other}: it takes every setting out`)
  const { planDisableOn } = await import('../../inspect/plan-way-back.ts')
  return planDisableOn(host, manifest, args.has('purge'), backups)
}

const wanted = (args: Args): string =>
  args.has('remove') ? 'there are no audit settings' : 'the audit settings are as wished'

const doer = (args: Args): string => (args.has('remove') ? `remove${args.has('purge') ? ' --purge' : ''}` : 'apply')
