import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { ask, freePort } from '../e2e/fake-client.ts'
import { TOKENS } from './fake-requests.ts'

const TLS = fileURLToPath(new URL('../fixtures/tls/', import.meta.url))
const LIMIT = 60_000

/** An audit event as it stands in the log. */
export interface Event extends Readonly<Record<string, unknown>> {
  readonly auditID: string
  readonly stage: string
  readonly level: string
}

/** What a server that ended left. */
export interface Ended {
  readonly code: number | null
  readonly err: string
}

/** A server that runs. */
export interface StandIn {
  readonly port: number
  /** Ends it by SIGTERM and waits for it. */
  readonly stop: () => Promise<Ended>
}

/** A command line that was run to its end. */
export const runStandIn = async (command: readonly string[]): Promise<Ended> => endOf(begin(command))

/** The flags of a server with the certificates of the tests, and tokens for those who send requests. */
export const servingFlags = (dir: string, port: number): string[] => {
  const tokens = join(dir, 'tokens.csv')
  writeFileSync(tokens, TOKENS)
  return [
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    `--tls-cert-file=${join(TLS, 'apiserver.crt')}`,
    `--tls-private-key-file=${join(TLS, 'apiserver.key')}`,
    `--client-ca-file=${join(TLS, 'admin.crt')}`,
    `--token-auth-file=${tokens}`,
    '--authorization-mode=Node,RBAC'
  ]
}

/** Starts a server in a directory and waits until it answers; it ends with the test at the latest. */
export const startStandIn = async (
  t: Test,
  binary: string,
  dir: string,
  flags: readonly string[]
): Promise<StandIn> => {
  const port = await freePort()
  const running = begin([binary, ...servingFlags(dir, port), ...flags])
  t.teardown(() => running.child.kill('SIGKILL'))
  const end = endOf(running)
  const limit = Date.now() + LIMIT
  while ((await ask(port, '/readyz', { admin: true })).status !== 200) {
    if (running.child.exitCode !== null || Date.now() > limit) throw new Error(`no server: ${running.err()}`)
    await wait(50)
  }
  return {
    port,
    stop: () => {
      running.child.kill('SIGTERM')
      return end
    }
  }
}

/** Writes a policy in a directory and gives the flag that names it. */
export const policyFlag = (dir: string, policy: object): string => {
  const path = join(dir, 'policy.json')
  writeFileSync(path, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', ...policy }))
  return `--audit-policy-file=${path}`
}

/** The events in a log and in what was rotated out of it, the oldest first. */
export const readEvents = (log: string): Event[] => {
  const stem = basename(log, '.log')
  const files = readdirSync(dirname(log)).filter(name => name.startsWith(stem))
  const rotated = files.filter(name => name !== basename(log)).sort()
  return [...rotated, basename(log)].flatMap(name => eventsOf(readFileSync(join(dirname(log), name), 'utf8')))
}

/** The events in a text, one a line. */
export const eventsOf = (text: string): Event[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Event) // as: the server writes nothing else

/** The events of each request, by its audit ID. */
export const byRequest = (events: readonly Event[]): Map<string, Event[]> => {
  const groups = new Map<string, Event[]>()
  for (const event of events) groups.set(event.auditID, [...(groups.get(event.auditID) ?? []), event])
  return groups
}

interface Begun {
  readonly child: ChildProcess
  readonly err: () => string
}

const begin = ([file = '', ...args]: readonly string[]): Begun => {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk))
  return { child, err: () => err }
}

const endOf = async ({ child, err }: Begun): Promise<Ended> => {
  await once(child, 'close')
  return { code: child.exitCode, err: err() }
}
