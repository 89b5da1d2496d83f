import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { PROGRAM } from '../fake-run.ts'

/** How a run of the program ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  /** True when it did not end by itself and had to be killed. */
  readonly isHung: boolean
}

/** How it is run. */
export interface ProgramOptions {
  /** Words for strace, which then starts the program and follows its main thread; its trace is `strace.log` beside the directory. */
  readonly under?: readonly string[]
  /** The working directory, below the directory. */
  readonly cwd?: string | undefined
  /** What is run; the built program where it is not given. */
  readonly program?: readonly string[]
}

/** The longest that a run may take, in milliseconds. */
const LIMIT = 60_000

/** Where the trace of a run in a directory is. */
export const traceOf = (directory: string): string => `${directory}.strace`

/** Runs the built program to its end, with a home and a state of its own in a directory. */
export const runProgram = (
  args: readonly string[],
  directory: string,
  { under, cwd = '', program = PROGRAM }: ProgramOptions = {}
): Promise<Ended> => {
  const tracer = under ? ['strace', '-y', '-o', traceOf(directory), ...under] : []
  const [file = process.execPath, ...words] = [...tracer, ...program, ...args]
  const child = spawn(file, words, {
    cwd: join(directory, cwd),
    // a group of its own: the tracer and what it traces end together
    detached: true,
    env: { PATH: process.env['PATH'], HOME: directory, XDG_STATE_HOME: join(directory, 'state') },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let [out, err, isHung] = ['', '', false]
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  const timer = setTimeout(() => {
    isHung = true
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, LIMIT)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, out, err, isHung })
    })
  })
}
