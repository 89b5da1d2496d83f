import { BAD_KEPT, type BadLine, type LogReading } from './log-reading.ts'

/** Counts the bad lines of a log; what is refused stands at the place that was named last. */
export interface BadLines {
  readonly at: (line: number, byte: number) => void
  readonly refuse: (why: string) => void
  readonly count: () => number
  readonly reading: (lines: number, isCut: boolean) => LogReading
}

/** No bad lines yet. */
export const badLines = (): BadLines => {
  const bad: BadLine[] = []
  let [line, byte, count] = [1, 0, 0]
  return {
    at: (newLine, newByte) => {
      line = newLine
      byte = newByte
    },
    refuse: why => {
      count += 1
      if (bad.length < BAD_KEPT) bad.push({ line, byte, why })
    },
    count: () => count,
    reading: (lines, isCut) => ({ lines, badLines: count, bad, isCut })
  }
}
