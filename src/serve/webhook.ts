import { type ListenAddress, urlOfAddress, withoutSlash } from '../audit/listen-address.ts'
import type { HttpLimits, HttpReply, HttpRequestHead, HttpServer, HttpServerOptions } from '../host/http-server.ts'
import { growingBytes } from './growing-bytes.ts'
import type { ServerCertificate } from './server-certificate.ts'
import { type QueueLimits, type WebhookQueue, webhookQueue } from './webhook-queue.ts'

/** What senders may take; bytes and milliseconds. */
export interface WebhookLimits extends HttpLimits, QueueLimits {
  /** The largest body. */
  readonly largest: number
}

/** Falco's own limits where it has some: plugins/k8saudit/pkg/k8saudit/{config,source}.go 0.18.0 */
export const WEBHOOK_LIMITS: WebhookLimits = {
  connections: 64,
  slow: 1_000,
  head: 10_000,
  body: 30_000,
  // longer than the 90 s after which Go's client gives up a connection: the one that closes it must not be the other
  idle: 120_000,
  linger: 5_000,
  largest: 12 * 1024 * 1024,
  bodies: 50,
  bytes: 64 * 1024 * 1024,
  // kube-apiserver waits 30 s for an answer, and tries again only 10 s after none: to wait is better than to refuse
  patience: 20_000,
  grace: 1_000,
  closing: 5_000
}

/** How a webhook listens. */
export interface WebhookOptions {
  /** Needed for https. */
  readonly certificate?: ServerCertificate | undefined
  /** What is done with each body, of one request after the other. What it throws is told by `failed`. */
  readonly handle: (body: Buffer) => void | Promise<void>
  /** Of the host: `openHttpServer`. */
  readonly open: (options: HttpServerOptions) => Promise<HttpServer>
  readonly limits?: Partial<WebhookLimits>
  /** Is told of a request that no sender of events would send. */
  readonly onRefused?: (why: string) => void
}

/** A webhook that listens. */
export interface Webhook {
  /** With the port that was found where 0 was asked for. */
  readonly address: ListenAddress
  readonly url: string
  /** Rejects with what handling a body threw; nothing is taken any more. */
  readonly failed: Promise<never>
  /** Takes nothing any more, handles what was taken within 5 seconds, and gives how many bodies were not handled. */
  readonly close: () => Promise<number>
}

/**
 * Listens for audit events as Falco's k8saudit plugin does: a body is answered before it is handled, and bodies are handled
 * in the order in which they came. Throws CANNOT_LISTEN or BAD_CERTIFICATE.
 */
export const openWebhook = async (asked: ListenAddress, options: WebhookOptions): Promise<Webhook> => {
  const limits = { ...WEBHOOK_LIMITS, ...options.limits }
  // the largest one has to find room
  const queue = webhookQueue(options.handle, { ...limits, bytes: Math.max(limits.bytes, limits.largest) })
  const server = await options.open({
    host: asked.host,
    port: asked.port,
    certificate: asked.scheme === 'https' ? options.certificate : undefined,
    limits,
    answer: async request => {
      const refusal = refusalOf(request, asked.path, limits.largest)
      if (refusal)
        options.onRefused?.(`${request.method} ${request.target}: ${refusal.status} ${(refusal.text ?? '').trim()}`)
      return refusal ?? (await take(request, queue, limits.largest))
    }
  })
  const address = { ...asked, port: server.port }
  return {
    address,
    url: urlOfAddress(address),
    failed: queue.failed,
    close: () => {
      server.close()
      return queue.close()
    }
  }
}

const TAKEN: HttpReply = { status: 200 }
const TOO_LARGE: HttpReply = { status: 400, text: 'bad request: http: request body too large\n' }
// client-go sends again after so many seconds: rest/with_retry.go
const LATER: HttpReply = { status: 503, text: 'too much is waiting\n', headers: { 'retry-after': '1' } }

const refusalOf = (
  { method, target, header }: HttpRequestHead,
  path: string,
  largest: number
): HttpReply | undefined => {
  const encoding = header('content-encoding') ?? 'identity'
  if (path !== '/' && withoutSlash(pathOf(target)) !== path) return { status: 404, text: '404 page not found\n' }
  if (method !== 'POST') return { status: 405, text: `${method} method not allowed\n`, headers: { allow: 'POST' } }
  if (!(header('content-type') ?? '').includes('application/json')) return { status: 400, text: 'wrong Content Type\n' }
  // Falco answers 200 and then cannot read it; so the sender is told
  if (encoding !== 'identity') return { status: 415, text: 'the body must not be compressed\n' }
  return Number(header('content-length') ?? 0) > largest ? TOO_LARGE : undefined
}

const pathOf = (target: string): string => {
  const [path = ''] = target.split('?')
  // as to a proxy, with the scheme and the host
  return path.replace(/^https?:\/\/[^/]*/i, '')
}

const take = async (request: HttpRequestHead, queue: WebhookQueue, largest: number): Promise<HttpReply> => {
  const length = Number(request.header('content-length') ?? largest)
  const place = await queue.enter(length, request.stop)
  if (!place) return LATER
  try {
    const bytes = growingBytes(length)
    let isTooLarge = false
    const end = await request.read(piece => !(isTooLarge = !bytes.add(piece)))
    if (isTooLarge) return TOO_LARGE
    // one that was cut comes again
    return end === 'whole' && (await place.put(bytes.bytes())) ? TAKEN : LATER
  } finally {
    place.leave()
  }
}
