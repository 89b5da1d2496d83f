import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'

const TLS = new URL('../fixtures/tls/', import.meta.url)

/** A port of the loopback interface that nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
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
    const settings = { host: '127.0.0.1', port, path, agent: false, timeout: 2000, rejectUnauthorized: false }
    const sent = request({ ...settings, ...certificate, headers: { 'user-agent': userAgent } }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
      response.on('error', () => resolve({ status: 0, body: '' }))
    })
    sent.on('timeout', () => sent.destroy()).on('error', () => resolve({ status: 0, body: '' }))
    sent.end()
  })
