import type { Rotation } from '../audit/rotation.ts'
import type { Finding } from '../finding.ts'
import type { Recorded, Replay } from '../logs/replay.ts'
import type { Amount } from '../logs/replay-count.ts'

/** A policy with what it would have kept. */
export interface NamedReplay extends Replay {
  /** The file of the policy. */
  readonly policy: string
}

/** What was found when a log was replayed with one policy, or with two. */
export interface ReplayResult {
  readonly recorded: Recorded
  readonly replays: readonly NamedReplay[]
  /** What only the first of two policies keeps, and what only the second. */
  readonly differences: readonly [first: Amount, second: Amount]
  readonly rotation: Rotation
  readonly badLines: number
  readonly findings: readonly Finding[]
}

/** The members of the kind Replay; the second policy stands under `against`. */
export const replayJson = ({
  recorded,
  replays,
  differences,
  rotation,
  badLines,
  findings
}: ReplayResult): Record<string, unknown> => {
  const [one, other] = replays
  const { first, last, ...amount } = recorded
  const [onlyPolicy, onlyAgainst] = differences
  return {
    ...amount,
    ...one,
    first: first || null,
    last: last || null,
    rotation,
    badLines,
    ...(other ? { against: other, differences: { onlyPolicy, onlyAgainst } } : {}),
    findings
  }
}
