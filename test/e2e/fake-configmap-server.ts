import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { DISCOVERY } from './fake-discovery.ts'

const OBJECT = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config'
// what the server itself looks after: a body without it does not take it away
const OWN_FIELDS = ['uid', 'creationTimestamp', 'managedFields'] as const

export interface ConfigMap {
  readonly apiVersion: 'v1'
  readonly kind: 'ConfigMap'
  readonly metadata: Readonly<Record<string, unknown>> & { readonly resourceVersion: string }
  readonly data: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
}

/** A request for the object; `body` is the text that came. */
export interface Asked {
  readonly method: string
  readonly query: string
  readonly body: string
}

/** What a server says in place of its answer. */
export interface Reply {
  readonly status: number
  readonly body: string
  /** In seconds: with it a client may try again by itself. */
  readonly retryAfter?: number
}

/** What becomes of a request: a reply, no reply at all (`silence`), or a connection that is closed (`cut`). */
export type Outcome = Reply | 'silence' | 'cut'

/** An API server on loopback with one object: the ConfigMap kubeadm-config. */
export interface ConfigMapServer {
  readonly url: string
  /** The object as it is stored now; undefined when there is none. */
  readonly object: () => ConfigMap | undefined
  /** The requests for the object, in their order; discovery is not among them. */
  readonly asked: readonly Asked[]
  /** Every path that was asked for. */
  readonly paths: readonly string[]
  /** Changes the object as another client would: it gets a new resourceVersion. */
  readonly change: (data: Readonly<Record<string, string>>) => void
  /** Called when a GET of the object has been answered. */
  onRead: (() => void) | undefined
  /** Decides about a request; `perform` does what the server would do, and gives its reply. */
  instead: ((asked: Asked, perform: () => Reply) => Outcome) | undefined
}

/** Starts a server; it ends with the test. */
export const startConfigMapServer = async (t: Test, object: ConfigMap | undefined): Promise<ConfigMapServer> => {
  const asked: Asked[] = []
  const paths: string[] = []
  let stored = object
  const store = (next: Omit<ConfigMap, 'metadata'> & { metadata: Readonly<Record<string, unknown>> }): ConfigMap =>
    (stored = { ...next, metadata: { ...next.metadata, resourceVersion: String(newer(stored)) } })
  const replace = (body: string): Reply => {
    const given = JSON.parse(body) as ConfigMap // as: kubectl sends the kind that the path names
    const version: unknown = given.metadata.resourceVersion
    if (stored === undefined) return missing()
    if (version !== undefined && version !== '' && version !== stored.metadata.resourceVersion) return conflict()
    const kept = Object.fromEntries(OWN_FIELDS.map(name => [name, stored?.metadata[name]]))
    return { status: 200, body: JSON.stringify(store({ ...given, metadata: { ...kept, ...given.metadata } })) }
  }
  const perform = ({ method, body }: Asked): Reply => {
    if (method === 'PUT') return replace(body)
    if (method !== 'GET') return failure(405, 'MethodNotAllowed', `the server does not allow ${method}`)
    return stored === undefined ? missing() : { status: 200, body: JSON.stringify(stored) }
  }
  const server: ConfigMapServer = {
    url: '',
    object: () => stored,
    asked,
    paths,
    change: data => {
      if (stored === undefined) throw new Error('there is no object to change')
      store({ ...stored, data })
    },
    onRead: undefined,
    instead: undefined
  }
  const url = await listen(t, (method, path, query, body) => {
    paths.push(path)
    if (path !== OBJECT) return discover(path)
    const request = { method, query, body }
    asked.push(request)
    const outcome = server.instead ? server.instead(request, () => perform(request)) : perform(request)
    if (method === 'GET') server.onRead?.()
    return outcome
  })
  return Object.assign(server, { url })
}

type Handler = (method: string, path: string, query: string, body: string) => Outcome

const listen = async (t: Test, handle: Handler): Promise<string> => {
  const server = createServer((request, response) => void answer(request, response, handle))
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // as: it listens on TCP
}

const answer = async (request: IncomingMessage, response: ServerResponse, handle: Handler): Promise<void> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // as: no encoding is set
  const { pathname, search } = new URL(request.url ?? '/', 'http://server')
  const outcome = handle(request.method ?? '', pathname, search, Buffer.concat(chunks).toString())
  if (outcome === 'cut') request.socket.destroy()
  if (typeof outcome === 'string') return
  const { status, body, retryAfter } = outcome
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body)
}

const discover = (path: string): Reply => {
  const found = DISCOVERY[path]
  return found === undefined ? failure(404, 'NotFound', `the server has no ${path}`) : { status: 200, body: found }
}

const newer = (object: ConfigMap | undefined): number => Number(object?.metadata.resourceVersion ?? 0) + 1

/** A Status, as the API server says no. */
export const failure = (code: number, reason: string, message: string): Reply => ({
  status: code,
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code })
})

const missing = (): Reply => failure(404, 'NotFound', 'configmaps "kubeadm-config" not found')

const conflict = (): Reply =>
  failure(
    409,
    'Conflict',
    'Operation cannot be fulfilled on configmaps "kubeadm-config": the object has been modified; ' +
      'please apply your changes to the latest version and try again'
  )
