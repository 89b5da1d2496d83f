import { createHash } from 'node:crypto'
import type { Request } from '../../src/audit/request.ts'

/** What one side makes of a policy's text. Two verdicts are the same when all of this is. */
export interface Verdict {
  /** `accepted`, or the step that refuses: `decode`, `header` (apiVersion or kind), `validation`, `no-rules`. */
  readonly reason: Reason
  /** The steps that would refuse as well; the API server names the first only. */
  readonly also: readonly Reason[]
  /** True where the API server warns and decodes leniently. */
  readonly lenient: boolean
  /** The fields that validation refuses, sorted, each once; lists of resources without their index, as upstream names them. */
  readonly faults: readonly string[]
  /** The whole policy that was decoded, as JSON in lists; or `#` and the beginning of its hash; empty where none was. */
  readonly loaded: string
  /** What is decided for each request, as `decisionCode` writes it. */
  readonly decisions: readonly string[]
}

export type Reason = 'accepted' | 'decode' | 'header' | 'validation' | 'no-rules' | 'crash'

/** A policy's text, or the bytes of a file that may be no text, and what is asked about it. */
export interface PolicyCase {
  readonly text: string | Uint8Array
  readonly requests: readonly Request[]
}

interface Decided {
  readonly rule: number | null
  readonly level: string
  readonly omitStages: readonly string[]
  readonly omitManagedFields: boolean
  readonly stages: readonly string[]
}

const INITIALS = { RequestReceived: 'q', ResponseStarted: 's', ResponseComplete: 'c', Panic: 'p' } as const
const isStageName = (name: string): name is keyof typeof INITIALS => Object.hasOwn(INITIALS, name)
const initials = (stages: readonly string[]): string =>
  stages.map(stage => (isStageName(stage) ? INITIALS[stage] : `<${stage}>`)).join('')

/** `2 Metadata -q managed sc`: rule, level, omitted stages (as a set: upstream repeats some), whether managed fields are omitted, recorded stages. */
export const decisionCode = (decided: Decided): string =>
  [
    decided.rule ?? 'none',
    decided.level,
    `-${initials([...new Set(decided.omitStages)].sort())}`,
    decided.omitManagedFields ? 'unmanaged' : 'managed',
    initials(decided.stages)
  ].join(' ')

/** Stands for a decoded policy where that would be long. */
export const fingerprint = (loaded: string): string =>
  loaded === '' ? '' : `#${createHash('sha256').update(loaded).digest('hex').slice(0, 12)}`

/** In words what differs between the API server's verdict and ours, or undefined. */
export const differenceOf = (server: Verdict, ours: Verdict): string | undefined => {
  if (server.reason !== ours.reason && !ours.also.includes(server.reason)) {
    return `the server says ${server.reason}, ours ${[ours.reason, ...ours.also].join('+')}`
  }
  const decoded = server.reason !== 'decode' && server.reason !== 'header'
  if (decoded && server.lenient !== ours.lenient) return `lenient: the server ${server.lenient}, ours ${ours.lenient}`
  if (server.reason === 'validation' && server.faults.join() !== ours.faults.join()) {
    return `faults: the server ${server.faults.join(', ')}; ours ${ours.faults.join(', ')}`
  }
  const loaded = server.loaded.startsWith('#') ? fingerprint(ours.loaded) : ours.loaded
  if (server.loaded !== loaded) return `loaded: the server ${server.loaded}; ours ${ours.loaded}`
  const at = server.decisions.findIndex((each, index) => each !== ours.decisions[index])
  return at === -1 ? undefined : `request ${at}: the server ${server.decisions[at]}; ours ${ours.decisions[at]}`
}
