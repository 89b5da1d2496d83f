import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer, type Server } from 'node:net'

const TLS = new URL('../fixtures/tls/', import.meta.url)

/**
 * A port of 127.0.0.1 for a server that starts and stops: nobody listens on it, no other test is given it, and it lies below
 * the ports that the kernel lends to clients (32768 and up), of which one could take it while the server is down.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    // Held until this process ends, on another loopback address: the claim that other test processes see.
    const claim = await listen(port, '127.0.0.9')
    const probe = claim && (await listen(port, '127.0.0.1'))
    if (!probe) {
      claim?.close()
      continue
    }
    await new Promise(closed => probe.close(closed))
    return port
  }
}

const listen = (port: number, host: string): Promise<Server | null> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, host, () => resolve(server.unref()))
  })

/** How a request is sent. */
export interface AskOptions {
  readonly userAgent?: string
  /** True: with the client certificate of a cluster administrator; else anonymous. */
  readonly admin?: boolean
}

/** Sends a GET to the API server; status 0 when nothing answers. */
export const ask = (port: number, path: string, options: AskOptions = {}): Promise<{ status: number; body: string }> =>
  new Promise(resolve => {
    const { userAgent = 'fake-node-test', admin = false } = options
    const certificate = admin
      ? { cert: readFileSync(new URL('admin.crt', TLS)), key: readFileSync(new URL('admin.key', TLS)) }
      : {}
    // long: a machine that stands still for seconds must not look like a server that does not answer
    const settings = { host: '127.0.0.1', port, path, agent: false, timeout: 30_000, rejectUnauthorized: false }
    const sent = request({ ...settings, ...certificate, headers: { 'user-agent': userAgent } }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
      response.on('error', () => resolve({ status: 0, body: '' }))
    })
    sent.on('timeout', () => sent.destroy()).on('error', () => resolve({ status: 0, body: '' }))
    sent.end()
  })
