import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { withFlags, withMount } from './fake-edit.ts'
import { textOf } from './fake-files.ts'
import { makeNode, startKubelet, writeAtomic, type FakeNode, type Kubelet, type NodeOptions } from './fake-node.ts'

/** A policy that records every request at level Metadata. */
export const POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n'
export const POLICY_PATH = '/etc/kubernetes/audit/policy.yaml'
export const LOG_PATH = '/var/log/kubernetes/audit/audit.log'

/** Writes a file of the node, with the directories above it. */
export const put = (node: FakeNode, path: string, text: string): void => {
  mkdirSync(dirname(join(node.dir, path)), { recursive: true })
  writeFileSync(join(node.dir, path), text)
}

/** Waits until something holds; fails after `limit` milliseconds. */
export const until = async (
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  limit = 60_000
): Promise<void> => {
  const end = Date.now() + limit
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${limit} ms in vain for: ${typeof what === 'string' ? what : what()}`)
    await sleep(25)
  }
}

/**
 * The container logs of the API server once they hold `words`. What a test says of a crashing server it says of this text:
 * the kubelet takes old logs away as it starts further containers, so a second look may find others.
 */
export const podLogWith = async (kubelet: Kubelet, words: string, what = words): Promise<string> => {
  let log = ''
  await until(`${what}, in the log of the container`, () => (log = kubelet.podLog()).includes(words))
  return log
}

/** A webhook's server that ends with the test: its address, and the bodies that have come whole so far. */
export const listenForEvents = async (t: Test): Promise<{ readonly origin: string; readonly bodies: string[] }> => {
  const bodies: string[] = []
  const listener = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      bodies.push(body)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  t.teardown(() => void listener.close())
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo // as: it listens on a port
  return { origin: `http://127.0.0.1:${port}`, bodies }
}

/** A kubeadm manifest that reads the policy at POLICY_PATH. */
export const withPolicy = (manifest: string): string =>
  withMount(withFlags(manifest, `--audit-policy-file=${POLICY_PATH}`), {
    name: 'audit',
    path: POLICY_PATH,
    type: 'File',
    readOnly: true
  })

/** A kubeadm manifest that logs to LOG_PATH by the policy at POLICY_PATH, with further flags. */
export const withLog = (manifest: string, ...flags: readonly string[]): string =>
  withMount(withFlags(withPolicy(manifest), `--audit-log-path=${LOG_PATH}`, ...flags), {
    name: 'audit-log',
    path: dirname(LOG_PATH),
    type: 'DirectoryOrCreate'
  })

/** The events of an audit log of the node; none when it is not there. */
export const eventsOf = (node: FakeNode, path = LOG_PATH): Record<string, unknown>[] => {
  // it goes away for a moment while it is rotated; behind the last line break is what is being written
  const lines = (textOf(join(node.dir, path)) ?? '').split('\n').slice(0, -1)
  return lines.filter(line => line.trim() !== '').map(line => JSON.parse(line) as Record<string, unknown>) // as: the fake server writes objects
}

/** Applies a manifest and waits until the server it asks for is ready. */
export const restartWith = async (node: FakeNode, kubelet: Kubelet, manifest: string): Promise<void> => {
  const before = kubelet.restarts()
  writeAtomic(node.manifest, manifest)
  await until('a new server', () => kubelet.restarts() > before)
  await kubelet.ready()
}

/** A node of its own for a test, with a running kubelet that ends with the test, and its manifest's text. */
export const setUp = async (t: Test, options: NodeOptions = {}) => {
  const running: Kubelet[] = []
  // Before t.testdir(): what is registered later runs after the directory is gone.
  t.teardown(() => Promise.all(running.map(kubelet => kubelet.stop())))
  const node = await makeNode(t.testdir(), { fileCheckFrequency: '200ms', faults: { readyMs: 60 }, ...options })
  const kubelet = await startKubelet(node.dir)
  running.push(kubelet)
  return { node, kubelet, good: readFileSync(node.manifest, 'utf8') }
}
