/** A piece of a log that is no event. `line` counts from 1, `byte` from 0, both in the file. */
export interface BadLine {
  readonly line: number
  readonly byte: number
  readonly why: string
}

/** What was met while a log, or a part of one, was read. */
export interface LogReading {
  /** Line breaks that were passed. */
  readonly lines: number
  readonly badLines: number
  /** The first of them. */
  readonly bad: readonly BadLine[]
  /** True where the last line has no line break and is no event: it was being written, or is cut off. */
  readonly isCut: boolean
  /** Why what is behind it could not be read, where that is so. */
  readonly fault?: string | undefined
}

/** How many bad lines are kept of those that are counted. */
export const BAD_KEPT = 20

/** Nothing read yet. */
export const NOTHING_READ: LogReading = { lines: 0, badLines: 0, bad: [], isCut: false }

/** Two parts of one file as one: the lines of the later are counted on from those of the earlier. */
export const joined = (first: LogReading, then: LogReading): LogReading => ({
  lines: first.lines + then.lines,
  badLines: first.badLines + then.badLines,
  bad: [...first.bad, ...then.bad.map(each => ({ ...each, line: each.line + first.lines }))].slice(0, BAD_KEPT),
  isCut: then.isCut,
  fault: then.fault ?? first.fault
})
