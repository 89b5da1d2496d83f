import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { Sender } from '../../src/audit/request.ts'
import { ANONYMOUS, UNKNOWN_SENDER } from '../../src/audit/request.ts'

const ADMIN_TLS = new URL('../fixtures/tls/', import.meta.url)
const AUTHENTICATED = 'system:authenticated'

/** Those who send requests, as the policy sees them. */
export const SENDERS = {
  admin: { user: 'kubernetes-admin', groups: ['system:masters', AUTHENTICATED] },
  anonymous: ANONYMOUS,
  jane: { user: 'jane', groups: ['developers', AUTHENTICATED] },
  robot: { user: 'system:serviceaccount:ci:robot', groups: ['system:serviceaccounts', AUTHENTICATED] },
  stranger: UNKNOWN_SENDER
} as const satisfies Record<string, Sender>

/** A token file for those of them who come with a token. */
export const TOKENS = `jane,jane,1,"developers"\nrobot,system:serviceaccount:ci:robot,2,"system:serviceaccounts"\n`

/** A request to send, and what is to come of it. */
export interface Sent {
  readonly id: string
  readonly as: keyof typeof SENDERS
  readonly method: string
  readonly path: string
  readonly status: number
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  /** The protocol that is asked for. */
  readonly upgrade?: string
  /** True: the client leaves once the answer has begun. */
  readonly leaves?: true
  /** True: the connection ends without an answer. */
  readonly hangsUp?: true
}

/** Sends requests one after another, each with its id as audit ID; gives the status of each. */
export const sendAll = async (port: number, sent: readonly Sent[]): Promise<Map<string, number>> => {
  const statuses = new Map<string, number>()
  for (const each of sent) statuses.set(each.id, await send(port, each))
  return statuses
}

const send = (port: number, sent: Sent): Promise<number> =>
  new Promise((resolve, reject) => {
    const settings = { host: '127.0.0.1', port, agent: false, rejectUnauthorized: false, timeout: 60_000 }
    const { method, path } = sent
    const outgoing = request({ ...settings, ...certificateOf(sent), method, path, headers: headersOf(sent) })
    outgoing.on('response', response => finish(response, sent.leaves === true, resolve))
    outgoing.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode ?? 0)
    })
    outgoing
      .on('error', cause => (sent.hangsUp ? resolve(0) : reject(new Error(`${sent.id}: ${cause.message}`, { cause }))))
      .on('timeout', () => outgoing.destroy(new Error(`${sent.id}: no answer`)))
    outgoing.end(sent.body && JSON.stringify(sent.body))
  })

const finish = (response: IncomingMessage, leaves: boolean, resolve: (status: number) => void): void => {
  const status = response.statusCode ?? 0
  response.on('close', () => resolve(status)).on('error', () => resolve(status))
  if (leaves) response.once('data', () => response.destroy())
  else response.resume()
}

const certificateOf = ({ as }: Sent): object =>
  as === 'admin'
    ? { cert: readFileSync(new URL('admin.crt', ADMIN_TLS)), key: readFileSync(new URL('admin.key', ADMIN_TLS)) }
    : {}

const headersOf = ({ id, as, method, body, headers, upgrade }: Sent): Record<string, string> => ({
  'audit-id': id,
  'user-agent': 'stand-in-test',
  // without a length Node sends no body with a DELETE
  ...(body ? { 'content-length': String(Buffer.byteLength(JSON.stringify(body))) } : {}),
  ...(body ? { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' } : {}),
  ...(as === 'admin' || as === 'anonymous' ? {} : { authorization: `Bearer ${as}` }),
  ...(upgrade ? { connection: 'Upgrade', upgrade, ...WEBSOCKET } : {}),
  ...headers
})

const WEBSOCKET = {
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'v5.channel.k8s.io'
}
