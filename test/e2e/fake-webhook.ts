import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Locate } from './fake-audit-log.ts'
import { statOf } from './fake-files.ts'
import { goFileError, goQuote } from './fake-go.ts'
import { decodeFirst, fieldsOf, listOf, stringOf, type Fields } from './fake-yaml.ts'

const ATTEMPTS = 5

/** Where and when batches go; times are milliseconds. */
export interface WebhookOptions {
  readonly url: string
  readonly wait: number
  readonly most: number
  readonly backoff: number
}

/** A running webhook backend. */
export interface Webhook {
  readonly send: (event: unknown) => void
  readonly flush: () => Promise<void>
}

/** The server URL of a kubeconfig, or the error after `initializing audit webhook: `. */
export const readKubeconfig = (path: string, locate: Locate): { readonly url: string } | string => {
  const { real } = locate(path)
  if (statOf(real) === null) return goFileError('stat', path, Object.assign(new Error(), { code: 'ENOENT' }))
  try {
    const decoded = decodeFirst(readFileSync(real, 'utf8'))
    return decoded.kind === 'error'
      ? `error loading config file ${goQuote(path)}: ${decoded.error}`
      : clusterOf(fieldsOf(decoded.value), path, locate)
  } catch (error) {
    return `error loading config file ${goQuote(path)}: ${goFileError(statOf(real)?.isDirectory() ? 'read' : 'open', path, error)}`
  }
}

const clusterOf = (config: Fields, path: string, locate: Locate): { readonly url: string } | string => {
  const current = stringOf(config['current-context'])
  const context = entry(config, 'contexts', current, 'context')
  if (context === null)
    return current === ''
      ? 'invalid configuration: no configuration has been provided'
      : `invalid configuration: [context was not found for specified context: ${current}, cluster has no server defined]`
  const cluster = entry(config, 'clusters', stringOf(context['cluster']), 'cluster')
  const url = stringOf(cluster?.['server'])
  if (cluster === null || url === '') return 'invalid configuration: cluster has no server defined'
  const user = entry(config, 'users', stringOf(context['user']), 'user') ?? {}
  const files = [
    ['certificate-authority', cluster],
    ['client-certificate', user],
    ['client-key', user]
  ] as const
  for (const [key, owner] of files) {
    const file = stringOf(owner[key])
    const full = posix.resolve(posix.dirname(path), file)
    if (file !== '' && statOf(locate(full).real) === null)
      return `invalid configuration: unable to read ${key} ${full} for ${stringOf(context[owner === cluster ? 'cluster' : 'user'])} due to open ${full}: no such file or directory`
  }
  return { url }
}

const entry = (config: Fields, list: string, name: string, key: string): Fields | null => {
  const found = listOf(config[list])
    .map(fieldsOf)
    .find(each => each['name'] === name)
  return found === undefined ? null : fieldsOf(found[key])
}

/** Starts a backend that sends EventLists in batches, each tried a few times and then dropped with a message. */
export const startWebhook = (options: WebhookOptions, complain: (message: string, events: number) => void): Webhook => {
  const state: { queue: unknown[]; timer: NodeJS.Timeout | null } = { queue: [], timer: null }
  const sending = new Set<Promise<void>>()
  const ship = (): void => {
    if (state.timer !== null) clearTimeout(state.timer)
    state.timer = null
    const items = state.queue.splice(0, options.most)
    if (items.length === 0) return
    const body = JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items })
    const sent = deliver(options, body, 1).then(failure => {
      sending.delete(sent)
      if (failure !== null) complain(failure, items.length)
    })
    sending.add(sent)
    if (state.queue.length > 0) ship()
  }
  return {
    send: event => {
      state.queue.push(event)
      if (state.queue.length >= options.most) ship()
      else state.timer ??= setTimeout(ship, options.wait)
    },
    flush: async () => {
      ship()
      await Promise.all(sending)
    }
  }
}

const deliver = async (options: WebhookOptions, body: string, attempt: number): Promise<string | null> => {
  const failure = await post(options.url, body)
  if (failure === null || attempt === ATTEMPTS) return failure
  await sleep(options.backoff * 1.5 ** (attempt - 1))
  return deliver(options, body, attempt + 1)
}

const post = (address: string, body: string): Promise<string | null> =>
  new Promise(resolve => {
    const url = new URL(address)
    const refused = `Post ${goQuote(`${address}?timeout=30s`)}: dial tcp ${url.host}: connect: connection refused`
    if (!/^(localhost|127\..*|\[::1\])$/.test(url.hostname)) return resolve(refused)
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const request = send(url, { method: 'POST', headers, timeout: 3000, rejectUnauthorized: false }, response => {
      const code = response.statusCode ?? 0
      response
        .resume()
        .on('end', () => resolve(code < 300 ? null : `the server responded with the status code ${code}`))
    })
    request.on('timeout', () => request.destroy()).on('error', () => resolve(refused))
    request.end(body)
  })
