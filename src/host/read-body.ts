import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpRequestHead } from './http-server.ts'

/** How the body of a request is read, in so many milliseconds at most. */
export const readBody = (
  request: IncomingMessage,
  response: ServerResponse,
  patience: number
): Pick<HttpRequestHead, 'read' | 'stop'> => {
  const { socket } = request
  let stop = (): void => undefined
  const read: HttpRequestHead['read'] = take =>
    new Promise(resolve => {
      const finish = (how: 'whole' | 'stopped' | 'cut'): void => {
        clearTimeout(timer)
        request.off('data', onPiece).off('end', onEnd).off('close', onClose)
        // whoever is too slow gets no answer
        if (how === 'cut') socket.destroy()
        resolve(how)
      }
      const onPiece = (piece: Buffer): void => {
        if (!take(piece)) finish('stopped')
      }
      const onEnd = (): void => finish('whole')
      const onClose = (): void => finish('cut')
      const timer = setTimeout(onClose, patience)
      if (socket.destroyed) return finish('cut')
      stop = () => finish('stopped')
      request.on('data', onPiece).once('end', onEnd).once('close', onClose)
      if (request.headers.expect !== undefined) response.writeContinue()
      socket.resume()
      request.resume()
    })
  return { read, stop: () => stop() }
}
