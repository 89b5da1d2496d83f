/** A line of strace's output, without what its options put in front. */
export interface StraceLine {
  /** Empty where strace names none. */
  readonly pid: string
  readonly text: string
}

// [pid 12] or 12, with -Y its name; -t -tt -ttt -r times; -i and -n numbers
const FRONT =
  /\s*(?:\[pid\s+(\d+)(?:<[^>]{0,64}>)?\]\s+|(\d+)(?:<[^>]{0,64}>)?\s+)?(?:(?:\d\d:\d\d:\d\d(?:\.\d+)?|\d+\.\d+)\s+)?(?:\(\+\s+\d+\.\d+\)\s+)?(?:\[\s*[0-9a-f?]{1,16}\]\s+){0,3}/y

/** Takes the pid, the time and the like off a line of strace. */
export const parseStraceLine = (line: string): StraceLine => {
  FRONT.lastIndex = 0
  const [front = '', bracketed, plain] = FRONT.exec(line) ?? []
  return { pid: bracketed ?? plain ?? '', text: line.slice(front.length) }
}
