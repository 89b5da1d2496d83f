import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AuditError } from '../errors.ts'
import type { CountTask, TaskCounts } from './counter.ts'
import type { WorkerAnswer, WorkerSetup } from './worker.ts'

/** How many threads the machine runs at once. */
export const processors = (): number => availableParallelism()

/** What a worker thread runs: code, or a module of the executable. */
export type WorkerProgram = { readonly code: string } | { readonly module: URL }

/** What a worker thread runs, which is of this very program; undefined where it is not bundled. */
export const workerProgram = (): WorkerProgram | undefined => {
  // where the executable keeps its modules
  if (import.meta.url.startsWith(IN_EXECUTABLE)) return { module: new URL('worker.mjs', IN_EXECUTABLE) }
  const file = fileURLToPath(import.meta.url)
  return file.endsWith('.cjs') ? { code: `require(${JSON.stringify(join(dirname(file), WORKER))})` } : undefined
}

// beside the bundle: a thread that loaded all of it would take 20 MiB more
const WORKER = 'worker.cjs'
const IN_EXECUTABLE = 'file:///$bunfs/root/'

// what a thread makes is thrown away at once: more room for it is memory for nothing
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

const startWorker = (program: WorkerProgram, workerData: WorkerSetup): Worker =>
  'code' in program
    ? new Worker(program.code, { eval: true, workerData, resourceLimits })
    : new Worker(program.module, { workerData, resourceLimits })

/** Hands tasks to worker threads as they become free, and gives what was counted, in any order. Throws what a task throws. */
export const countInThreads = async (
  program: WorkerProgram,
  threads: number,
  setup: WorkerSetup,
  tasks: readonly CountTask[],
  onCounts: (index: number, counts: TaskCounts<unknown>) => void
): Promise<void> => {
  const waiting = [...tasks.entries()]
  const workers: Worker[] = []
  const runWorker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = startWorker(program, setup)
      workers.push(worker)
      let current: number | undefined
      const sendNext = (): void => {
        const [index, task] = waiting.shift() ?? []
        current = index
        if (task === undefined) resolve()
        else worker.postMessage(task)
      }
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.kind === 'failed') {
          reject(new AuditError(answer.code, answer.message, { path: answer.path }))
          return
        }
        if (current !== undefined) onCounts(current, answer)
        sendNext()
      })
      worker.on('error', reject)
      worker.on('exit', () => reject(new AuditError('IMPOSSIBLE', 'a worker thread ended before its work was done')))
      sendNext()
    })
  try {
    await Promise.all(Array.from({ length: threads }, runWorker))
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()))
  }
}
