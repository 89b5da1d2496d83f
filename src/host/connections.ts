import type { Socket } from 'node:net'

/** How many connections there may be, and for how many milliseconds they may ask for nothing. */
export interface ConnectionLimits {
  readonly connections: number
  /** After so many a body that is still coming may lose its connection to another. */
  readonly slow: number
  /** Until the first request. */
  readonly head: number
}

/** The connections of a server, each with a clock. */
export interface Connections {
  /** False when it was ended at once: all others have a request under way that is not slow. It may take the place of what it is built on. */
  readonly add: (socket: Socket, below?: Socket) => boolean
  /** A request was read. False while the last one was not answered. */
  readonly begin: (socket: Socket) => boolean
  /** Its body begins to come, or came. */
  readonly reads: (socket: Socket, isReading: boolean) => void
  /** It was answered, and may ask for nothing for so many milliseconds. */
  readonly end: (socket: Socket, time: number) => void
  readonly close: () => void
}

/** Keeps the connections of a server few, and ends those that ask for nothing. */
export const openConnections = (limits: ConnectionLimits): Connections => {
  // the one that waits the longest comes first
  const waiting = new Map<Socket, NodeJS.Timeout>()
  // with the time at which the body began to come
  const busy = new Map<Socket, number>()
  let isClosed = false
  const leave = (socket: Socket): void => {
    clearTimeout(waiting.get(socket))
    waiting.delete(socket)
    busy.delete(socket)
  }
  const wait = (socket: Socket, time: number): void => {
    busy.delete(socket)
    waiting.set(
      socket,
      setTimeout(() => socket.destroy(), time)
    )
  }
  const slowest = (): Socket | undefined => {
    const [slow] = [...busy].sort(([, one], [, other]) => one - other)
    return slow && performance.now() - slow[1] > limits.slow ? slow[0] : undefined
  }
  const makeRoom = (): boolean => {
    if (waiting.size + busy.size < limits.connections) return true
    const [oldest = slowest()] = waiting.keys()
    if (!oldest) return false
    leave(oldest)
    oldest.destroy()
    return true
  }
  return {
    add: (socket, below) => {
      socket.on('error', () => undefined)
      if (below) leave(below)
      if (isClosed || !makeRoom()) {
        socket.destroy()
        return false
      }
      socket.once('close', () => leave(socket))
      wait(socket, limits.head)
      return true
    },
    begin: socket => {
      if (isClosed || !waiting.has(socket)) return false
      leave(socket)
      busy.set(socket, Infinity)
      return true
    },
    reads: (socket, isReading) => {
      if (busy.has(socket)) busy.set(socket, isReading ? performance.now() : Infinity)
    },
    end: (socket, time) => {
      if (busy.has(socket) && !socket.destroyed) wait(socket, time)
    },
    close: () => {
      isClosed = true
      for (const socket of busy.keys()) socket.destroy()
      // an answer may still be on its way
      for (const socket of waiting.keys()) socket.destroySoon()
    }
  }
}
