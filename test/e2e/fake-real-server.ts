import { spawnSync } from 'node:child_process'
import { chmodSync, realpathSync } from 'node:fs'
import { enterBinary } from './fake-enter-build.ts'
import type { RealServer } from './fake-run-pod.ts'
import { standInBinary } from './fake-standin-build.ts'

/** A server of Kubernetes' own code, and the program that makes a container for it. */
export const realServer = async (): Promise<RealServer | null> => {
  const server = await standInBinary()
  if (server === null) return null
  // another user may have to execute it
  chmodSync(server, 0o755)
  return { server: realpathSync(server), enter: await enterBinary() }
}

/** Why there is no server of Kubernetes' own code here; false where there is one. */
export const noRealServer = async (): Promise<string | false> => {
  const isRoot = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0
  const why = isRoot ? ((await standInBinary()) === null ? 'NEEDS GO' : false) : 'NEEDS ROOT, and the right to mount'
  // where everything has to be tested a missing tool is a failure, and the tests say so
  if (why !== false && process.env.CI !== undefined) throw new Error(why)
  return why
}
