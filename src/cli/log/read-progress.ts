import { bytesText } from '../../text/amount.ts'
import type { Io } from '../io.ts'
import type { Session } from '../session.ts'

/** Tells on a terminal how far reading has come. */
export interface ReadProgress {
  readonly onRead: (bytes: number) => void
  /** Takes the line away. */
  readonly close: () => void
}

const FIRST = 500
const EVERY = 200

/** The progress of reading `total` bytes, with rate and time left; where the total is not known, null, without the latter. */
export const readProgress = (session: Session, io: Io, total: number | null, now: () => number): ReadProgress => {
  const start = now()
  let [read, told, isOpen] = [0, start + FIRST - EVERY, false]
  const tell = (time: number): void => {
    const rate = read / Math.max(1, time - start)
    const left = total === null || read === 0 ? '' : `, ${Math.ceil((total - read) / rate / 1000)} s left`
    const of = total === null ? '' : ` of ${bytesText(total)}`
    io.err(`\r\u001b[K${`read ${bytesText(read)}${of}, ${bytesText(rate * 1000)}/s${left}`.slice(0, io.width - 1)}`)
    isOpen = true
  }
  return {
    onRead: bytes => {
      read += bytes
      const time = now()
      if (!io.isErrTerminal || session.isQuiet || time - told < EVERY) return
      told = time
      tell(time)
    },
    close: () => {
      if (isOpen) io.err('\r\u001b[K')
      isOpen = false
    }
  }
}
