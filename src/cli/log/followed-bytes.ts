import type { LogBytes } from '../../logs/read-log.ts'

/** Chunks that come as they please as bytes that are asked for. `onCaughtUp` is called for an empty chunk: for now there is no more. */
export const followedBytes = (chunks: AsyncIterator<Uint8Array>, onCaughtUp: () => void): LogBytes => {
  let left: Uint8Array = new Uint8Array()
  const next = async (): Promise<boolean> => {
    for (;;) {
      const { value, done } = await chunks.next()
      if (done === true) return false
      left = value
      if (left.length > 0) return true
      onCaughtUp()
    }
  }
  return {
    read: async (into, at) => {
      if (left.length === 0 && !(await next())) return 0
      const taken = left.subarray(0, into.length - at)
      into.set(taken, at)
      left = left.subarray(taken.length)
      return taken.length
    }
  }
}
