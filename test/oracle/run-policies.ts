import { generateCase } from './generate-case.ts'
import { type Oracle, policyQuestion, serverVerdict } from './oracle.ts'
import { judgeHere } from './ours.ts'
import { shrinkCase } from './shrink.ts'
import { differenceOf, type PolicyCase } from './verdict.ts'

export interface Counts {
  policies: number
  accepted: number
  lenient: number
  pairs: number
}

export interface Difference {
  readonly index: number
  readonly found: PolicyCase
  readonly words: string
  readonly message: string
}

export interface PolicyRun {
  readonly counts: Counts
  readonly differences: readonly Difference[]
}

const BATCH = 200

/** Asks both sides about as many generated policies as wanted, and gives the cases in which they differ. */
export const runPolicies = async (
  oracle: Oracle,
  minor: number,
  { seed, cases, requests }: { readonly seed: number; readonly cases: number; readonly requests: number }
): Promise<PolicyRun> => {
  const counts: Counts = { policies: 0, accepted: 0, lenient: 0, pairs: 0 }
  const differences: Difference[] = []
  for (let start = 0; start < cases; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, cases - start) }, (_, at) =>
      generateCase(seed, start + at, requests)
    )
    const answers = oracle.ask(batch.map(policyQuestion))
    const ours = batch.map(each => judgeHere(each, { major: 1, minor }))
    for (const [at, answer] of (await answers).entries()) {
      const [found, own] = [batch[at], ours[at]]
      if (!found || !own) continue
      const server = serverVerdict(answer)
      counts.policies += 1
      counts.pairs += server.decisions.length
      if (server.reason === 'accepted') counts.accepted += 1
      if (server.reason === 'accepted' && server.lenient) counts.lenient += 1
      const words = differenceOf(server, own)
      if (words !== undefined) differences.push({ index: start + at, found, words, message: server.message })
    }
  }
  return { counts, differences }
}

/** The same difference, or one of its kind, in a smaller case. */
export const shrinkDifference = async (oracle: Oracle, minor: number, difference: Difference): Promise<Difference> => {
  const kind = kindOf(difference.words)
  const look = async (tried: PolicyCase): Promise<{ words: string | undefined; message: string }> => {
    const [answer] = await oracle.ask([policyQuestion(tried)])
    const server = serverVerdict(answer)
    return { words: differenceOf(server, judgeHere(tried, { major: 1, minor })), message: server.message }
  }
  const found = await shrinkCase(difference.found, async tried => {
    const { words } = await look(tried)
    return words !== undefined && kindOf(words) === kind
  })
  const { words, message } = await look(found)
  return { ...difference, found, words: words ?? difference.words, message }
}

/** What sort of difference it is, without what it is about. */
export const kindOf = (words: string): string => words.replace(/^(request|faults|loaded).*$/s, '$1')
