import { replayCounter, type ReplayCounts } from '../logs/replay-count.ts'
import { mergeReplays } from '../logs/replay-merge.ts'
import { summaryCounter } from '../logs/summary-counter.ts'
import { mergeSummaries, type SummaryPart } from '../logs/summary-part.ts'
import { compilePolicy } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import type { Counting } from './counter.ts'

const replay: Counting<readonly Policy[], ReplayCounts> = {
  prepare: policies => {
    const candidates = policies.map(policy => ({
      rules: policy.rules.length,
      decide: compilePolicy(policy),
      notes: []
    }))
    return isWhole => replayCounter(candidates, isWhole)
  },
  merge: (first, then) => mergeReplays([first, then])
}

const summary: Counting<Policy | null, SummaryPart> = {
  prepare: policy => {
    const options = policy ? { decide: compilePolicy(policy) } : {}
    return () => {
      const { take, result } = summaryCounter(options)
      return { take, counts: result }
    }
  },
  merge: (first, then) => mergeSummaries([first, then])
}

/** What a worker can count, by name. */
export const COUNTINGS = { replay, summary }

/** The name of something that can be counted. */
export type CountingName = keyof typeof COUNTINGS
