import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as Listener, Socket } from 'node:net'
import { AuditError, errnoOf } from '../errors.ts'
import { type Connections, openConnections } from './connections.ts'
import { readBody } from './read-body.ts'

/** What a client may take of the server; times are milliseconds. */
export interface HttpLimits {
  /** Connections at a time. One more takes the place of one that asks for nothing, or else of a slow one. */
  readonly connections: number
  /** After this time a body that is still coming is slow. */
  readonly slow: number
  /** For the handshake and the head of a request. */
  readonly head: number
  /** For a body to come. */
  readonly body: number
  /** For a connection that is kept, and asks for nothing. */
  readonly idle: number
  /** For one that goes on with a body after it was refused: ended at once, it may not see why. */
  readonly linger: number
}

/** A request whose head was read. */
export interface HttpRequestHead {
  readonly method: string
  /** What stands behind the method: a path with its query. */
  readonly target: string
  /** The value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined
  /**
   * Reads the body, a piece at a time, and not before. `whole` says that it came to its end, `stopped` that `take` said
   * false or `stop` was called, `cut` that the client went away or was too slow.
   */
  readonly read: (take: (piece: Buffer) => boolean) => Promise<'whole' | 'stopped' | 'cut'>
  /** Ends the reading. */
  readonly stop: () => void
}

export interface HttpReply {
  readonly status: number
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpServerOptions {
  /** Empty for every address of this machine. */
  readonly host: string
  /** 0 for one that is free. */
  readonly port: number
  /** PEM texts, for https. */
  readonly certificate?: { readonly certificate: string; readonly key: string } | undefined
  readonly limits: HttpLimits
  /** What a request is answered with. Never rejects. */
  readonly answer: (request: HttpRequestHead) => Promise<HttpReply>
}

export interface HttpServer {
  readonly port: number
  /** Ends every connection; what was answered is still sent. */
  readonly close: () => void
}

const BAD = '400 Bad Request'
const TOO_LONG = '431 Request Header Fields Too Large'
const LARGEST_HEAD = 16 * 1024

/**
 * Listens for requests by HTTP/1.1, one after the other on each connection. What a client sends, or does not, ends its own
 * connection at most. Throws CANNOT_LISTEN.
 */
export const openHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const { createServer } = await import('node:http')
  // connections are handed over, and their times kept here: what a runtime does by itself differs from one to the other
  const http = createServer({ maxHeaderSize: LARGEST_HEAD, keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 })
  const connections = openConnections(options.limits)
  http.on('request', (request, response) => serve(request, response, connections, options))
  http.on('checkContinue', (request, response) => serve(request, response, connections, options))
  http.on('clientError', (error, socket) => {
    const status = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW' ? TOO_LONG : BAD
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`, () => socket.destroy())
    else socket.destroy()
  })
  const listener = await listenerOf(options, http, connections)
  const port = await listening(listener, options)
  // as of a process without file descriptors to spare: the next connection may be had again
  listener.on('error', () => undefined)
  return {
    port,
    close: () => {
      listener.close()
      connections.close()
    }
  }
}

const listenerOf = async (options: HttpServerOptions, http: Server, connections: Connections): Promise<Listener> => {
  const { certificate } = options
  if (certificate === undefined) {
    const { createServer } = await import('node:net')
    return createServer({ allowHalfOpen: true, noDelay: true }, socket => {
      if (connections.add(socket)) http.emit('connection', socket)
    })
  }
  const { createServer } = await import('node:tls')
  const { certificate: cert, key } = certificate
  // with HTTP/2 on offer Go's client would choose it
  const secured = { cert, key, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], noDelay: true } as const
  const listener = secureListener(() => createServer(secured))
  // what is below the handshake, by its other end, which both have in common
  const below = new Map<string, Socket>()
  listener.on('connection', (socket: Socket) => {
    const end = otherEnd(socket)
    if (!connections.add(socket)) return
    below.set(end, socket)
    socket.once('close', () => below.delete(end))
  })
  listener.on('secureConnection', socket => {
    if (connections.add(socket, below.get(otherEnd(socket)))) http.emit('connection', socket)
  })
  listener.on('tlsClientError', (_, socket) => socket.destroy())
  return listener
}

const otherEnd = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress ?? ''} ${remotePort ?? ''}`

const secureListener = <T>(make: () => T): T => {
  try {
    return make()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AuditError('BAD_CERTIFICATE', `nothing can be encrypted with the certificate and its key: ${why}`, {
      cause
    })
  }
}

const listening = (listener: Listener, { host, port }: HttpServerOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    listener.once('error', error => reject(cannotListen(host, port, error)))
    listener.listen({ port, ...(host === '' ? {} : { host }) }, () => {
      listener.removeAllListeners('error')
      const address = listener.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

const REASONS: Readonly<Record<string, readonly [why: string, next: string]>> = {
  EADDRINUSE: ['another process listens there', 'choose another port, or end the other: ss -ltnp shows it'],
  EACCES: ['ports below 1024 are for root', 'choose a port from 1024 up'],
  EADDRNOTAVAIL: ['this machine has no such address', 'choose an address of this machine, as 127.0.0.1'],
  ENOTFOUND: ['there is no such host', 'choose an address of this machine, as 127.0.0.1']
}

const cannotListen = (host: string, port: number, cause: unknown): AuditError => {
  const errno = errnoOf(cause) ?? String(cause)
  const [why, next] = REASONS[errno] ?? []
  return new AuditError(
    'CANNOT_LISTEN',
    `cannot listen on ${host === '' ? 'any address' : host}, port ${port}: ${why === undefined ? errno : `${why} (${errno})`}`,
    { cause, next }
  )
}

const serve = (
  request: IncomingMessage,
  response: ServerResponse,
  connections: Connections,
  { answer, limits }: HttpServerOptions
): void => {
  const { socket } = request
  request.on('error', () => undefined)
  response.on('error', () => undefined)
  // sent before the last was answered
  if (!connections.begin(socket)) return void socket.destroy()
  // not read before it is asked for: the runtime of the executable does so where it did not open the connection itself
  request.pause()
  socket.pause()
  const body = readBody(request, response, limits.body)
  const head = {
    method: request.method ?? '',
    target: request.url ?? '',
    header: (name: string) => [request.headers[name]].flat().join(', ') || undefined,
    ...body,
    read: async (take: (piece: Buffer) => boolean) => {
      connections.reads(socket, true)
      const end = await body.read(take)
      connections.reads(socket, false)
      return end
    }
  }
  void answer(head).then(reply => {
    connections.end(socket, request.complete ? limits.idle : limits.linger)
    if (socket.destroyed) return
    send(response, reply)
    socket.resume()
    request.resume()
  })
}

const send = (response: ServerResponse, { status, text = '', headers = {} }: HttpReply): void => {
  const own = text === '' ? {} : { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
  response.writeHead(status, { ...own, ...headers, 'content-length': Buffer.byteLength(text) }).end(text)
}
