import { posix } from 'node:path'
import { textOf } from './fake-files.ts'

/** What a test can make go wrong, and how fast things happen; times are milliseconds. */
export interface Faults {
  /** The faults of the server act only when one of its arguments contains this text. */
  readonly when?: string
  /** Added to the time until the server is ready. */
  readonly slowStart: number
  /** Time from start to ready: a third of it answers 403, a third 500. */
  readonly readyMs: number
  /** The server is not ready for as long as this file is there, a path of the machine; '' for none. */
  readonly heldBy: string
  /** The server listens but never becomes ready. */
  readonly neverReady: boolean
  /** The server exits with code 1 this long after it became ready; 0 means never. */
  readonly exitAfter: number
  /** Audit events are accepted and thrown away. */
  readonly writeNoEvents: boolean
  /** The server prints this as its fatal error and exits with code 1. */
  readonly failWith: string
  /** The server does not react to SIGTERM, so that it is killed at the end of the grace period. */
  readonly ignoreTerm: boolean
  /** How long the server goes on answering after SIGTERM. */
  readonly shutdownDelayMs: number
  /** Certificates named by flags need not exist. */
  readonly ignoreMissingCerts: boolean
  /** The longest a webhook batch waits, and the longest pause between two attempts. */
  readonly webhookWaitMs: number
  /** The kubelet gets no inotify events, only polls. */
  readonly noEvents: boolean
  /** The kubelet does not poll, and gets events only. */
  readonly noPolls: boolean
  /** Time from SIGTERM to SIGKILL. */
  readonly graceMs: number
  /** Pause between the end of the old server and the start of the new one. */
  readonly startDelayMs: number
  /** The second restart after a crash waits this long, each later one twice as long (the first follows at once). */
  readonly backoffMs: number
  readonly backoffCapMs: number
}

/** The kubelet sees no change at all, until other faults are set. */
export const UNSEEN = { noEvents: true, noPolls: true } as const satisfies Partial<Faults>

const DEFAULTS: Faults = {
  slowStart: 0,
  readyMs: 300,
  heldBy: '',
  neverReady: false,
  exitAfter: 0,
  writeNoEvents: false,
  failWith: '',
  ignoreTerm: false,
  shutdownDelayMs: 50,
  ignoreMissingCerts: false,
  webhookWaitMs: 200,
  noEvents: false,
  noPolls: false,
  graceMs: 300,
  startDelayMs: 30,
  backoffMs: 300,
  backoffCapMs: 5000
}

const SERVER_FAULTS = [
  'slowStart',
  'heldBy',
  'neverReady',
  'exitAfter',
  'writeNoEvents',
  'failWith',
  'ignoreTerm'
] as const satisfies readonly (keyof Faults)[]

/** The fault file of a root. */
export const faultFile = (root: string): string => posix.join(root, 'fake-node.json')

/** The switches in force now: the defaults overlaid with the root's fault file. */
export const readFaults = (root: string): Faults => {
  const text = textOf(faultFile(root))
  return text === null || text.trim() === '' ? DEFAULTS : { ...DEFAULTS, ...(JSON.parse(text) as Partial<Faults>) } // as: written by tests
}

/** The switches for a server with these arguments: without the server's faults when `when` is not in any argument. */
export const serverFaults = (root: string, args: readonly string[]): Faults => {
  const faults = readFaults(root)
  const when = faults.when
  if (when === undefined || args.some(arg => arg.includes(when))) return faults
  return { ...faults, ...Object.fromEntries(SERVER_FAULTS.map(key => [key, DEFAULTS[key]])) }
}
