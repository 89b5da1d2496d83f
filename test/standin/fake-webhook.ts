import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { Event } from './fake-standin.ts'

/** A webhook on loopback and what it was sent. */
export interface Webhook {
  readonly batches: readonly (readonly Event[])[]
  /** Writes a kubeconfig that names it. */
  readonly kubeconfig: (path: string) => string
}

/** Starts a webhook that takes every batch. */
export const startWebhook = async (t: Test): Promise<Webhook> => {
  const batches: Event[][] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      batches.push((JSON.parse(text) as { items: Event[] }).items) // as: an EventList is all that is sent
      response.end('{}')
    })
  })
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo // as: it listens on TCP
  return { batches, kubeconfig: path => writeKubeconfig(path, port) }
}

const writeKubeconfig = (path: string, port: number): string => {
  const cluster = { name: 'webhook', cluster: { server: `http://127.0.0.1:${port}/events` } }
  const context = { name: 'default', context: { cluster: 'webhook', user: '' } }
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      contexts: [context],
      'current-context': 'default'
    })
  )
  return path
}
