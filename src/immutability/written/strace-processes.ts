/** What is known of a traced process. */
export interface TracedProcess {
  /** Its working directory, which threads share. */
  place: { directory: string | undefined }
  /** The first part of a call that strace has not shown to the end. */
  pending: string | undefined
  /** How often that call was broken off. */
  breaks: number
}

/** The processes of one trace. */
export interface TracedProcesses {
  /** The process of a line; pid is empty where strace names none. */
  readonly of: (pid: string) => TracedProcess
  /** A process started another; `isThread` when both have one working directory. */
  readonly started: (parent: TracedProcess, pid: string, isThread: boolean) => void
  /** A process is there of which nothing says who started it. */
  readonly attached: (pid: string) => void
  readonly wait: (process: TracedProcess, call: string) => void
  readonly resume: (process: TracedProcess) => string | undefined
  /** A call has come to its end. */
  readonly done: (process: TracedProcess) => void
  readonly ended: (pid: string) => void
}

/** A call that starts a process. */
export const STARTS = /^(?:clone3?|v?fork)\(/
export const SHARES_DIRECTORY = /\bCLONE_FS\b/

// more that are starting one at the same time are not worth the time to look through
const MOST_PARENTS = 32
// strace breaks a call off twice at most; joining without an end would take the square of the time
const MOST_BREAKS = 4

/** Follows the processes of a trace as strace -f names them: the first has no pid until there is a second. */
export const traceProcesses = (): TracedProcesses => {
  const running = new Map<string, TracedProcess>()
  const starting = new Set<TracedProcess>()
  const unnamed: TracedProcess = { place: { directory: undefined }, pending: undefined, breaks: 0 }
  let unnamedPid: string | undefined
  let isUnnamedSeen = false

  // strace may show a child before the call that started it has come to its end
  const adopted = (): TracedProcess => {
    const parents = [...take(starting, MOST_PARENTS)]
    const [first] = parents
    const isCertain = parents.every(each => each.place.directory === first?.place.directory)
    const place = { directory: isCertain && starting.size <= MOST_PARENTS ? first?.place.directory : undefined }
    const isThread = parents.length === 1 && SHARES_DIRECTORY.test(first?.pending ?? '')
    return { place: isThread && first ? first.place : place, pending: undefined, breaks: 0 }
  }
  const appeared = (pid: string): TracedProcess => {
    const isFirst = isUnnamedSeen && unnamedPid === undefined
    if (isFirst) unnamedPid = pid
    const process = isFirst ? unnamed : adopted()
    running.set(pid, process)
    return process
  }
  return {
    of: pid => {
      if (pid !== '') return running.get(pid) ?? appeared(pid)
      const [last] = running.size === 1 ? running.values() : []
      isUnnamedSeen = true
      return unnamedPid !== undefined && !running.has(unnamedPid) && last ? last : unnamed
    },
    started: (parent, pid, isThread) => {
      if (running.has(pid)) return
      running.set(pid, { place: isThread ? parent.place : { ...parent.place }, pending: undefined, breaks: 0 })
    },
    attached: pid => {
      if (!running.has(pid)) running.set(pid, adopted())
    },
    wait: (process, call) => {
      process.breaks += 1
      process.pending = process.breaks > MOST_BREAKS ? undefined : call
      if (STARTS.test(call)) starting.add(process)
    },
    resume: process => {
      const call = process.pending
      process.pending = undefined
      starting.delete(process)
      return call
    },
    done: process => {
      process.breaks = 0
    },
    ended: pid => {
      const process = running.get(pid)
      if (process) starting.delete(process)
      running.delete(pid)
    }
  }
}

function* take<T>(items: Iterable<T>, most: number): Generator<T> {
  let left = most
  for (const item of items) {
    if (left-- <= 0) return
    yield item
  }
}
