import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Inputs that one child process tries. */
export interface Batch {
  readonly kind: string
  readonly index: number
  readonly from: number
  readonly count: number
  readonly isLight: boolean
}

/** How one input ended. */
export interface Ended {
  readonly seed: number
  readonly verdict: 'accepted' | 'refused' | 'violation'
  /** Milliseconds of the longest thing that was asked of the product. */
  readonly slowest: number
  /** The most memory of the process so far, in MiB. */
  readonly memory: number
  readonly message?: string
}

/** What came of all inputs of a kind. */
export interface Total {
  readonly accepted: number
  readonly refused: number
  readonly violations: readonly number[]
  readonly slowest: { readonly time: number; readonly seed: number }
  readonly memory: { readonly size: number; readonly seed: number }
}

export const emptyTotal: Total = {
  accepted: 0,
  refused: 0,
  violations: [],
  slowest: { time: 0, seed: 0 },
  memory: { size: 0, seed: 0 }
}

/** A sum with one more input. */
export const withEnded = (total: Total, { seed, verdict, slowest, memory }: Ended): Total => ({
  accepted: total.accepted + (verdict === 'accepted' ? 1 : 0),
  refused: total.refused + (verdict === 'refused' ? 1 : 0),
  violations: verdict === 'violation' ? [...total.violations, seed] : total.violations,
  slowest: slowest > total.slowest.time ? { time: slowest, seed } : total.slowest,
  memory: memory > total.memory.size ? { size: memory, seed } : total.memory
})

/** A sum as a line. */
export const lineOf = (
  kind: string,
  seed: number,
  { accepted, refused, violations, slowest, memory }: Total
): string => {
  const count = accepted + refused + violations.length
  const share = count === 0 ? 0 : Math.round((accepted / count) * 100)
  return `${kind}: ${count} inputs from seed ${seed}, ${violations.length} violations, ${accepted} accepted (${share} %), ${refused} refused, slowest ${slowest.time} ms (seed ${slowest.seed}), most memory ${memory.size} MiB (seed ${memory.seed})`
}

/** MiB that the heap of a child may have, and that all of it may take. */
const [HEAP, MEMORY] = [600, 700]

/** Seconds of its processor's time, and by the clock, after which one input counts as hanging. */
const [BUSY, STUCK] = [20, 120]

/** Tries the inputs of a batch; where one ends its process, or hangs, another goes on behind it. */
export const runBatch = async (directory: string, batch: Batch): Promise<Ended[]> => {
  const ended: Ended[] = []
  const end = batch.from + batch.count
  for (let from = batch.from; from < end;) {
    const fatal = await runChild(directory, { ...batch, from, count: end - from }, each => ended.push(each))
    if (fatal) ended.push(fatal)
    const last = ended.at(-1)?.seed
    if (last === undefined || last < from) throw new Error(`no input of ${batch.kind} was tried from ${from} on`)
    from = last + 1
  }
  return ended
}

const runChild = (
  directory: string,
  { kind, from, count, isLight }: Batch,
  take: (ended: Ended) => void
): Promise<Ended | undefined> =>
  new Promise(resolve => {
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
    const words = [
      '--max-old-space-size=' + HEAP,
      '--enable-source-maps',
      join(directory, 'child.mjs'),
      kind,
      String(from),
      String(count)
    ]
    const child = spawn(process.execPath, [...words, ...(isLight ? ['light'] : [])], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env
    })
    let begun: { seed: number; wall: number; busy: number } | undefined
    let why = 'the process ended'
    let [said, isTold] = ['', false]
    child.stderr?.on('data', (text: Buffer) => void (said = (said + text.toString()).slice(-1500)))
    const lines = createInterface({ input: child.stdio[3] as Readable }) // as: it is a pipe
    lines.on('line', line => {
      const [word = '', rest = ''] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]
      if (word === 'begin') begun = { seed: Number(rest), wall: Date.now(), busy: busySeconds(child) }
      if (word !== 'end') return
      begun = undefined
      const ended: Ended = JSON.parse(rest)
      // told once: what a process has taken it does not give back
      const isOver = ended.memory > MEMORY && !isTold
      isTold ||= isOver
      take(
        isOver && ended.verdict !== 'violation'
          ? { ...ended, verdict: 'violation', message: `${ended.memory} MiB of memory` }
          : ended
      )
    })
    const watch = setInterval(() => {
      if (!begun) return
      const [wall, busy] = [(Date.now() - begun.wall) / 1000, busySeconds(child) - begun.busy]
      if (busy < BUSY && wall < STUCK) return
      why = `it hangs: ${Math.round(busy)} s of the processor, ${Math.round(wall)} s by the clock`
      child.kill('SIGKILL')
    }, 500)
    const isDone = new Promise<void>(done => lines.on('close', done))
    child.on('close', (code, signal) => {
      clearInterval(watch)
      void isDone.then(() =>
        resolve(
          begun && {
            seed: begun.seed,
            verdict: 'violation',
            slowest: Date.now() - begun.wall,
            memory: 0,
            message: `${why} (${signal ?? code}): ${said}`
          }
        )
      )
    })
  })

/** Seconds that a process has had of the processor; fields utime and stime of proc(5), in hundredths. */
const busySeconds = ({ pid }: ChildProcess): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}
