import { NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import type { NodeFacts } from '../../facts/node.ts'
import { nodeHostReader } from '../../host/node-host-reader.ts'
import { failureLogs, LOOK_FURTHER } from '../../inspect/failure-logs.ts'
import { findManifestToJudge } from '../../inspect/find-manifest.ts'
import { gatherNode } from '../../inspect/node-facts.ts'
import { parentOf } from '../../paths.ts'
import { failureLines } from '../../render/failure-explanation.ts'
import { resultOf } from '../../render/result.ts'
import { shownTexts } from '../../render/shown-texts.ts'
import { explainFailure } from '../../startup/explain.ts'
import { startFaults } from '../../startup/judge.ts'
import { unreadFile } from '../../startup/unread-file.ts'
import { backupDirectoryOf } from '../apply-options.ts'
import type { Io } from '../io.ts'
import { manifestPathOf } from '../manifest-path.ts'
import type { Args } from '../options.ts'
import { rootOf, sessionOf } from '../session.ts'

/** Tells why the API server of a node does not run; it judges nothing, so the exit code is 0. */
export const explainNode = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const host = nodeHostReader({ root: rootOf(args) })
  const facts = await gatherNode(host, {
    manifest: manifestPathOf(args, host, session, findManifestToJudge),
    backups: backupDirectoryOf(args),
    readClusterConfig: () => Promise.resolve({ why: 'not asked' })
  })
  refuseUnusable(facts)
  const { manifest } = facts
  const logs = await failureLogs(host, manifest.path, manifest.pod)
  const explanation = explainFailure(facts, logs, startFaults(facts, manifest.pod?.version ?? NEWEST))
  session.give(() => resultOf('FailureExplanation', { ...explanation }))
  for (const { message } of [...unreadFile(facts, 'policy'), ...unreadFile(facts, 'webhook')])
    session.talk(`note: ${message}`)
  session.say(failureLines(explanation, shownTexts(facts), LOOK_FURTHER, session.paint, session.width))
  return 0
}

// a manifest that is not there is a cause; a directory that is not there is the wrong place to look
const refuseUnusable = ({ manifest, entries }: NodeFacts): void => {
  if (manifest.error?.code === 'OTHER_DISTRIBUTION') throw manifest.error
  if (entries !== null) return
  const directory = parentOf(manifest.path)
  throw new AuditError('NOT_FOUND', `the directory of the manifest, ${directory}, is not there`, { path: directory })
}
