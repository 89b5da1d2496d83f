import { parentPort, workerData } from 'node:worker_threads'
import { AuditError, type ErrorCode } from '../errors.ts'
import type { LogReading } from '../logs/log-reading.ts'
import { type Counter, type CountTask, taskReader } from './counter.ts'
import { COUNTINGS, type CountingName } from './countings.ts'

/** What a worker is given when it starts. */
export interface WorkerSetup {
  readonly name: CountingName
  readonly setup: unknown
  readonly isStrict: boolean
}

/** What a worker is told: to read a part of a log, or, with null, that there are no more. */
export type WorkerTask = CountTask | null

/** What a worker says: what it met in a part, and counted in it where parts are counted for themselves, what it counted in all, or why it could not. */
export type WorkerAnswer =
  | { readonly kind: 'read'; readonly reading: LogReading; readonly counts: unknown }
  | { readonly kind: 'counted'; readonly counts: unknown }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly path: string | undefined }

/** Counts the tasks that this thread is sent, until there are no more. */
export const work = (): void => {
  const port = parentPort
  if (port === null) throw new AuditError('IMPOSSIBLE', 'a worker runs in a thread of its own')
  const { name, setup, isStrict } = workerData as WorkerSetup // as: the pool gives it
  const counting = COUNTINGS[name]
  const start = (): Counter<unknown> => (counting.start as (setup: unknown) => Counter<unknown>)(setup) // as: of the same name
  let counter = start()
  let read = taskReader(counter, { isStrict })
  const answerTo = async (task: WorkerTask): Promise<WorkerAnswer> => {
    if (task === null) return { kind: 'counted', counts: counter.counts() }
    try {
      const reading = await read(task)
      if (!counting.isByPart) return { kind: 'read', reading, counts: null }
      const counts = counter.counts()
      counter = start()
      read = taskReader(counter, { isStrict })
      return { kind: 'read', reading, counts }
    } catch (error) {
      // an error of its own class would lose it on the way
      if (!(error instanceof AuditError)) throw error
      const { code, message, path } = error
      return { kind: 'failed', code, message, path }
    }
  }
  port.on('message', (task: WorkerTask) => void answerTo(task).then(answer => port.postMessage(answer)))
}
