import { waitingRoom } from './waiting-room.ts'

/** How much is kept of what was not judged yet; times are milliseconds. */
export interface QueueLimits {
  /** Bodies that wait to be judged. */
  readonly bodies: number
  /** Of all bodies, those that are still coming too. */
  readonly bytes: number
  /** For how long a request waits for room. */
  readonly patience: number
  /** For how long a body may hold room for which others wait, while nothing is judged. */
  readonly grace: number
  /** For how long what waits is still judged when the queue is closed. */
  readonly closing: number
}

/** The room of a body from its first byte until it is put in line. */
export interface Place {
  /** Puts the body in line, which takes its own size instead of the room; false when there will be no room in it. */
  readonly put: (body: Buffer) => Promise<boolean>
  /** Gives back what was not put in line. */
  readonly leave: () => void
}

/** Bodies that are judged one after the other. */
export interface WebhookQueue {
  /** A place with room for so many bytes, undefined when there will be none. `giveUp` is called when others need it more. */
  readonly enter: (bytes: number, giveUp: () => void) => Promise<Place | undefined>
  /** Rejects with what judging a body threw; the bodies behind it are judged no more. */
  readonly failed: Promise<never>
  /** Judges what is in line, in the time that there is for it, and gives how many bodies were not judged. */
  readonly close: () => Promise<number>
}

/** A queue that holds no more than its limits; who finds no room waits. */
export const webhookQueue = (handle: (body: Buffer) => void | Promise<void>, limits: QueueLimits): WebhookQueue => {
  const line: Buffer[] = []
  const coming = new Map<() => void, number>()
  let used = 0
  const { judged, isJudging, failed } = judging(line, handle, body => {
    used -= body.length
    room.settle()
  })
  const room = waitingRoom(limits.grace, () => {
    // what is judged makes room
    const [oldest] = coming
    if (isJudging() || !oldest || performance.now() - oldest[1] < limits.grace) return
    oldest[0]()
  })
  failed.catch(() => room.close())
  const hasPlace = (): boolean => line.length < limits.bodies

  const placeOf = (bytes: number, giveUp: () => void, end: number): Place => {
    coming.set(giveUp, performance.now())
    const leave = (): void => {
      if (!coming.delete(giveUp)) return
      used -= bytes
      room.settle()
    }
    const stand = (body: Buffer): void => {
      used += body.length
      line.push(body)
      leave()
      judged()
    }
    return { put: body => room.wait(hasPlace, () => stand(body), end), leave }
  }

  return {
    failed,
    enter: async (bytes, giveUp) => {
      const end = performance.now() + limits.patience
      const isFree = (): boolean => hasPlace() && used + bytes <= limits.bytes
      return (await room.wait(isFree, () => void (used += bytes), end)) ? placeOf(bytes, giveUp, end) : undefined
    },
    close: async () => {
      room.close()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>(resolve => (timer = setTimeout(resolve, limits.closing)))
      await Promise.race([late, judged(), failed.catch(() => undefined)])
      clearTimeout(timer)
      return line.length + (isJudging() ? 1 : 0)
    }
  }
}

interface Judging {
  /** Judges what is in line; resolves when nothing is left. */
  readonly judged: () => Promise<void>
  readonly isJudging: () => boolean
  readonly failed: Promise<never>
}

const judging = (
  line: Buffer[],
  handle: (body: Buffer) => void | Promise<void>,
  onJudged: (body: Buffer) => void
): Judging => {
  let running: Promise<void> | undefined
  let fail: (error: unknown) => void = () => undefined
  const failed = new Promise<never>((_, reject) => (fail = reject))
  const judge = async (): Promise<void> => {
    for (let body = line.shift(); body; body = line.shift()) {
      // answers are sent first
      await new Promise(setImmediate)
      await handle(body)
      onJudged(body)
    }
    running = undefined
  }
  return {
    judged: () => {
      if (line.length > 0) running ??= judge().catch(fail)
      return running ?? Promise.resolve()
    },
    isJudging: () => running !== undefined,
    failed
  }
}
