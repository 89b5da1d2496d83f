import { parentPort, workerData } from 'node:worker_threads'
import { AuditError, type ErrorCode } from '../errors.ts'
import { type CountTask, type StartCounter, type TaskCounts, taskReader } from './counter.ts'
import { COUNTINGS, type CountingName } from './countings.ts'

/** What a worker is given when it starts. */
export interface WorkerSetup {
  readonly name: CountingName
  readonly setup: unknown
  readonly isStrict: boolean
}

/** What a worker says of a task: what it counted, or why it could not. */
export type WorkerAnswer =
  | ({ readonly kind: 'counted' } & TaskCounts<unknown>)
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string; readonly path: string | undefined }

/** Counts the tasks that this thread is sent, for as long as it is let. */
export const work = (): void => {
  const port = parentPort
  if (port === null) throw new AuditError('IMPOSSIBLE', 'a worker runs in a thread of its own')
  const { name, setup, isStrict } = workerData as WorkerSetup // as: the pool gives it
  const prepare = COUNTINGS[name].prepare as (setup: unknown) => StartCounter<unknown> // as: of the same name
  const read = taskReader(prepare(setup), { isStrict })
  const answerTo = async (task: CountTask): Promise<WorkerAnswer> => {
    try {
      return { kind: 'counted', ...(await read(task)) }
    } catch (error) {
      // an error of its own class would lose it on the way
      if (!(error instanceof AuditError)) throw error
      const { code, message, path } = error
      return { kind: 'failed', code, message, path }
    }
  }
  port.on('message', (task: CountTask) => void answerTo(task).then(answer => port.postMessage(answer)))
}
