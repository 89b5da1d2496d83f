import type { ClientRequest, IncomingMessage } from 'node:http'
import type { HttpAnswer, HttpRequest } from './host.ts'

const LARGEST_BODY = 64 * 1024

/**
 * One GET as the kubelet probes: the certificate is not checked, redirects and proxies are not followed, the connection is
 * not kept. The time limit covers the whole exchange; a body is cut at 64 KiB. Never throws: `status` 0 is no answer.
 */
export const httpGet = async (request: HttpRequest): Promise<HttpAnswer> => {
  const url = URL.canParse(request.url) ? new URL(request.url) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return noAnswer(`${request.url} is not an http or https address`)
  const { request: start } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  return new Promise(resolve => {
    try {
      const { clientCertificate } = request
      const outgoing = start(url, {
        // A new agent without keep-alive, and without the proxy that NODE_USE_ENV_PROXY gives the global one.
        agent: false,
        headers: { 'user-agent': request.userAgent, accept: '*/*' },
        // As the kubelet: the probe asks whether the server lives, not who it is (pkg/probe/http/http.go).
        rejectUnauthorized: false,
        ...(clientCertificate && { cert: clientCertificate.certificate, key: clientCertificate.key })
      })
      exchange(outgoing, request.timeout, resolve)
    } catch (error) {
      // A client certificate that is not one, or a header that HTTP does not allow.
      resolve(noAnswer(messageOf(error)))
    }
  })
}

const noAnswer = (error: string): HttpAnswer => ({ status: 0, body: '', error })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const exchange = (outgoing: ClientRequest, timeout: number, resolve: (answer: HttpAnswer) => void): void => {
  const finish = (answer: HttpAnswer): void => {
    clearTimeout(timer)
    resolve(answer)
    outgoing.destroy()
  }
  const timer = setTimeout(() => finish(noAnswer(`no answer within ${timeout} ms`)), timeout)
  outgoing.on('error', error => finish(noAnswer(messageOf(error))))
  outgoing.on('response', response => collect(response, finish))
  outgoing.end()
}

const collect = (response: IncomingMessage, finish: (answer: HttpAnswer) => void): void => {
  const pieces: Buffer[] = []
  let size = 0
  const done = (): void =>
    finish({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).subarray(0, LARGEST_BODY).toString('utf8') })
  response.on('data', (piece: Buffer) => {
    pieces.push(piece)
    size += piece.length
    if (size >= LARGEST_BODY) done()
  })
  response.on('end', done)
  response.on('error', error => finish(noAnswer(messageOf(error))))
}
