import { closeLog, type LogFile } from '../host/log-bytes.ts'
import { joined, type LogReading, NOTHING_READ } from '../logs/log-reading.ts'
import { tasksOf } from './count-tasks.ts'
import { type Counting, type CountSession, type CountTask, taskReader } from './counter.ts'
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
  if (program === undefined)
    return { counts: await countHere(counting, setup, tasks, options, found), readings: byFile(files, tasks, found) }
  let counts = counting.start(setup).counts()
  const merge = (more: unknown): void => {
    counts = counting.merge(counts, more as C) // as: the worker counts by the same name
  }
  const mergeInOrder = inOrder(merge)
  await countInThreads(program, threads, { name, setup, isStrict: options.isStrict }, tasks, {
    onReading: (index, reading, ofPart) => {
      found[index] = reading
      if (counting.isByPart) mergeInOrder(index, ofPart)
      options.onRead?.(sizeOf(tasks[index]))
    },
    onCounts: more => {
      if (!counting.isByPart) merge(more)
    }
  })
  return { counts, readings: byFile(files, tasks, found) }
}

const countHere = async <S, C>(
  counting: Counting<S, C>,
  setup: S,
  tasks: readonly CountTask[],
  options: CountOptions,
  found: LogReading[]
): Promise<C> => {
  let counter = counting.start(setup)
  let read = taskReader(counter, options)
  let counts: C | undefined
  for (const task of tasks) {
    found.push(await read(task))
    if (!counting.isByPart) continue
    counts = counts === undefined ? counter.counts() : counting.merge(counts, counter.counts())
    counter = counting.start(setup)
    read = taskReader(counter, options)
  }
  return counts ?? counter.counts()
}

// what comes too early waits
const inOrder = <T>(take: (value: T) => void): ((index: number, value: T) => void) => {
  const waiting = new Map<number, T>()
  let next = 0
  return (index, value) => {
    waiting.set(index, value)
    while (waiting.has(next)) {
      take(waiting.get(next) as T) // as: it is there
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
