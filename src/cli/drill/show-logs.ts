import { lookAt } from '../../drills/seen.ts'
import { withRun } from '../../drills/progress.ts'
import { nodeLogs, POD_LOGS, SYSTEM_LOG } from '../../drills/simulate.ts'
import { changeTree } from '../../host/change-tree.ts'
import type { TreeEntry } from '../../host/file-tree.ts'
import { nodeHostReader } from '../../host/node-host-reader.ts'
import { logLines } from '../../render/drill.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { aboutLine, requireNode } from './node-directory.ts'
import { practiceOf, saveProgress, refuseRoot } from './practice.ts'

/** Lets the kubelet of a drill's node read its manifest, writes what its logs say then, and shows it. Gives the exit code. */
export const showLogs = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  refuseRoot(args)
  const { drill, run } = practiceOf(args, io)
  requireNode(run)
  const host = nodeHostReader({ root: run.directory })
  const logs = nodeLogs(await lookAt(host), host.now())
  const made = new Map<string, TreeEntry>([
    [POD_LOGS, { kind: 'directory', mode: 0o755 }],
    ...[...logs.files].map(([path, lines]): [string, TreeEntry] => [
      path,
      { kind: 'file', text: `${lines.join('\n')}\n`, mode: 0o640 }
    ])
  ])
  const removed = [POD_LOGS.slice(1), SYSTEM_LOG.slice(1)]
  // an end half-way would leave some of them
  io.countInterrupts()
  changeTree(run.directory, { removed, made }, () => saveProgress(io, progress => withRun(progress, run)))
  const files = [...logs.files].map(([path, lines]) => ({ path, lines }))
  session.give(() => resultOf('DrillLogs', { drill: drill.id, container: logs.container, files }))
  session.say([aboutLine(run, session.paint), '', ...logLines(logs.container, files, session.paint, session.width)])
  return 0
}
