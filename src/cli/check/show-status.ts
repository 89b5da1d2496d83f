import { nodeHostReader } from '../../host/node-host-reader.ts'
import { findManifestToJudge } from '../../inspect/find-manifest.ts'
import { gatherNode } from '../../inspect/node-facts.ts'
import { statusOf } from '../../inspect/status.ts'
import { resultOf } from '../../render/result.ts'
import { statusLines } from '../../render/status.ts'
import { backupDirectoryOf } from '../apply-options.ts'
import { exitCode } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { manifestPathOf } from '../manifest-path.ts'
import type { Args } from '../options.ts'
import { rootOf, sessionOf } from '../session.ts'

/** Shows the status of a node and gives the exit code. */
export const showStatus = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const host = nodeHostReader({ root: rootOf(args) })
  const facts = await gatherNode(host, {
    manifest: manifestPathOf(args, host, session, findManifestToJudge),
    backups: backupDirectoryOf(args),
    readClusterConfig: () => Promise.resolve({ why: 'status does not ask the cluster' })
  })
  const result = statusOf(facts)
  session.give(() => resultOf('Status', { ...result }))
  session.say(statusLines(result, facts.now, session.paint, session.width))
  return exitCode('done')
}
