import { closeLog, type LogFile } from '../host/log-bytes.ts'
import { joined, type LogReading, NOTHING_READ } from '../logs/log-reading.ts'
import { tasksOf } from './count-tasks.ts'
import { type Counting, type CountSession, type CountTask, type TaskCounts, taskReader } from './counter.ts'
import type { CountingName } from './countings.ts'
import { countInThreads, processors, workerProgram } from './pool.ts'

export interface CountOptions extends CountSession {
  /** How many threads count; undefined for as many as are worth it. */
  readonly threads?: number | undefined
}

/** What was counted of several logs, and what was met in each of them. */
export interface LogsCounts<C> {
  readonly counts: C
  readonly readings: readonly LogReading[]
}

/** The least for which to start threads is worth it. */
const LARGE = 64 * 1024 * 1024
const MOST_THREADS = 4
/** More threads than this take memory and no less time. */
const WORTH = 16

/** Counts the events of logs, with worker threads where there is much to read. The number of threads changes no count. */
export const countLogs = async <S, C>(
  name: CountingName,
  counting: Counting<S, C>,
  setup: S,
  files: readonly LogFile[],
  options: CountOptions
): Promise<LogsCounts<C>> => {
  try {
    return await countOpenLogs(name, counting, setup, files, options)
  } finally {
    files.forEach(closeLog)
  }
}

const countOpenLogs = async <S, C>(
  name: CountingName,
  counting: Counting<S, C>,
  setup: S,
  files: readonly LogFile[],
  options: CountOptions
): Promise<LogsCounts<C>> => {
  const tasks = files.flatMap((file, index) => tasksOf(file).map(task => ({ ...task, index })))
  const found: LogReading[] = []
  const threads = threadsFor(tasks, options)
  const program = threads < 2 ? undefined : workerProgram()
  let counts: C | undefined
  const take = (index: number, { reading, counts: more }: TaskCounts<C>): void => {
    found[index] = reading
    counts = counts === undefined ? more : counting.merge(counts, more)
  }
  if (program === undefined) {
    const read = taskReader(counting.prepare(setup), options)
    for (const [index, task] of tasks.entries()) take(index, await read(task))
  } else {
    const takeInOrder = inOrder(take)
    await countInThreads(program, threads, { name, setup, isStrict: options.isStrict }, tasks, (index, answer) => {
      takeInOrder(index, answer as TaskCounts<C>) // as: the worker counts by the same name
      options.onRead?.(sizeOf(tasks[index]))
    })
  }
  return { counts: counts ?? counting.prepare(setup)(true).counts(), readings: byFile(files, tasks, found) }
}

// what comes too early waits
const inOrder = <T>(take: (index: number, value: T) => void): ((index: number, value: T) => void) => {
  const waiting = new Map<number, T>()
  let next = 0
  return (index, value) => {
    waiting.set(index, value)
    for (let ready = waiting.get(next); ready !== undefined; ready = waiting.get(next)) {
      take(next, ready)
      waiting.delete(next)
      next += 1
    }
  }
}

const byFile = (
  files: readonly LogFile[],
  tasks: readonly { readonly index: number }[],
  found: readonly LogReading[]
): LogReading[] =>
  files.map((_, file) => found.filter((_, place) => tasks[place]?.index === file).reduce(joined, NOTHING_READ))

const sizeOf = (task: CountTask | undefined): number => {
  const size = task?.file.size ?? 0
  return task?.part ? Math.min(task.part.until, size) - task.part.from : size
}

const threadsFor = (tasks: readonly CountTask[], { threads }: CountOptions): number => {
  // standard input and pipes belong to this thread
  if (tasks.some(({ file }) => file.size === null)) return 1
  const size = tasks.reduce((sum, task) => sum + sizeOf(task), 0)
  return Math.min(tasks.length, WORTH, threads ?? (size < LARGE ? 1 : Math.min(processors(), MOST_THREADS)))
}
