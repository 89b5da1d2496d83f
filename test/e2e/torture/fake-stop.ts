import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, textOf } from '../fake-files.ts'
import { PROGRAM } from '../fake-run.ts'
import type { Ended } from './fake-program.ts'
import { traceOf } from './fake-program.ts'
import { type Call, callsBelow, keyOf } from './fake-trace.ts'

/** A run that stood still for a moment. */
export interface Stopped extends Ended {
  /** False where the run never came to the call. */
  readonly wasStopped: boolean
}

// what a run reads outside of its root differs from time to time, and with it the number of a call
const EARLIER = 60
const LIMIT = 120_000

/**
 * Runs the program, and has it stand still just after one of its recorded calls (of a run with the same arguments) while
 * something else happens. `fault` is a call that is made to fail besides.
 */
export const stoppedAfter = async (
  args: readonly string[],
  directory: string,
  call: Call,
  calls: readonly Call[],
  act: () => void,
  fault?: { readonly call: string; readonly nth: number }
): Promise<Stopped> => {
  const log = traceOf(directory)
  const first = Math.max(1, call.nth - EARLIER)
  const names = [call.name, ...(fault ? [fault.call] : [])]
  const stop = ['-e', `trace=${names.join()}`, '-e', `inject=${call.name}:signal=STOP:when=${first}+1`]
  const more = fault ? ['-e', `inject=${fault.call}:error=EIO:when=${fault.nth}`] : []
  const child = spawn('strace', ['-y', '-o', log, ...stop, ...more, ...PROGRAM, ...args], {
    cwd: directory,
    detached: true,
    env: { PATH: process.env['PATH'], HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let [out, err, isHung] = ['', '', false]
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  const ended = new Promise<[number | null, NodeJS.Signals | null]>(resolve =>
    child.once('close', (code, signal) => resolve([code, signal]))
  )
  const timer = setTimeout(() => {
    isHung = true
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, LIMIT)
  const key = keyOf(call, calls)
  let wasStopped = false
  for (let stops = 0; child.exitCode === null && child.signalCode === null;) {
    const found = (textOf(log) ?? '').split('--- stopped by SIGSTOP ---').length - 1
    if (found === stops) {
      await sleep(1)
      continue
    }
    stops = found
    const made = callsBelow(log, directory)
    const last = made.at(-1)
    if (!wasStopped && last && keyOf(last, made) === key) {
      wasStopped = true
      act()
    }
    resume(child.pid ?? 0)
  }
  const [code, signal] = await ended
  clearTimeout(timer)
  return { code, signal, out, err, isHung, wasStopped }
}

// the tracer has one child, the program
const resume = (tracer: number): void => {
  try {
    const [program] = readFileSync(`/proc/${tracer}/task/${tracer}/children`, 'latin1').trim().split(' ')
    if (program) process.kill(Number(program), 'SIGCONT')
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes(errorCode(error))) throw error
  }
}
