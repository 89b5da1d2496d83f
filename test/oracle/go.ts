import { spawnSync, type SpawnSyncReturns } from 'node:child_process'

/** What Go says when it is the network that failed it. */
export const NETWORK =
  /dial tcp|no such host|i\/o timeout|module lookup disabled|toolchain not available|connection re(?:fused|set)|TLS handshake|GOAWAY|unexpected EOF|Client\.Timeout|: (?:429|50[0234]) /

/** The milliseconds to wait before each further try when the network failed one; elsewhere than in CI nobody waits. */
const pauses = (): readonly number[] => (process.env.CI === undefined ? [] : [5000, 30_000])

/** Runs Go, or what runs it; once more where the network failed it. What it says on stderr is in the result. */
export const spawnGo = (file: string, args: readonly string[], options: GoOptions = {}): SpawnSyncReturns<string> => {
  const start = (): SpawnSyncReturns<string> =>
    spawnSync(file, args, {
      maxBuffer: 1 << 28,
      ...options,
      env: { ...process.env, GOWORK: 'off', ...options.env },
      encoding: 'utf8'
    })
  for (const pause of pauses()) {
    const result = start()
    if (result.status === 0 || !NETWORK.test(result.stderr)) return result
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause)
  }
  return start()
}

interface GoOptions {
  readonly cwd?: string
  readonly input?: string
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
}
