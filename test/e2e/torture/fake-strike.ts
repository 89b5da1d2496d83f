import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Ends, runVictim } from './fake-ends.ts'
import { type Ended, traceOf } from './fake-program.ts'
import { type Call, callsBelow, keyOf } from './fake-trace.ts'
import { copyOf } from './fake-victim.ts'

/** A run into which a fault was put. */
export interface Struck {
  readonly directory: string
  readonly ended: Ended
  /** The recorded call that was really hit; undefined when none was. */
  readonly hit: string | undefined
}

const TRIES = 60

/** Why nothing can be struck at a certain system call; false where it can. */
export const noTracer = ((): string | false => {
  const { status } = spawnSync('strace', ['-f', '-o', '/dev/null', '-e', 'trace=rename', 'true'])
  // where everything has to be tested a missing tool is a failure, and the tests say so
  return status !== 0 && process.env.CI === undefined && 'NEEDS strace, and the right to trace'
})()

/**
 * Runs a victim's command with a fault (`signal=KILL`, `error=EIO`) at one of its recorded calls. What a run reads outside of its
 * root (which processes there are) differs from time to time, and with it the number of a call: another is tried then.
 */
export const struckAt = async (ends: Ends, call: Call, slot: number, fault: string): Promise<Struck> => {
  const key = keyOf(call, ends.calls)
  const rank = ends.calls.filter(({ name }) => name === call.name).indexOf(call)
  let nth = call.nth
  for (let turn = 1; ; turn++) {
    const directory = copyOf(ends.model, join(ends.scratch, `copy-${slot}`))
    const under = [
      '-e',
      `trace=${[call.name, ends.victim.failsAt].filter(Boolean).join()}`,
      ...ends.fault,
      '-e',
      `inject=${call.name}:${fault}:when=${nth}`
    ]
    const ended = await runVictim(ends.victim, directory, under)
    const made = callsBelow(traceOf(directory), directory).filter(({ name }) => name === call.name)
    const last = made.findIndex(each => each.nth === nth)
    const struck = made[last]
    const hit = struck && keyOf(struck, made)
    if (hit === key || turn === TRIES) return { directory, ended, hit }
    // how many calls outside of the root came before differs by as much as the rank does
    const passed = made.find(each => keyOf(each, made) === key)
    if (passed) nth = passed.nth
    else nth += last === -1 ? Math.max(1, rank + 1 - made.filter(each => each.nth < nth).length) : rank - last
  }
}
