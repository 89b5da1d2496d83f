import { emptyTotal, lineOf, withEnded } from './batch.ts'
import { KINDS } from './kinds.ts'
import { inputOf, tryInput } from './try-input.ts'

/** Tries a few inputs of every kind in this process and gives the exit code. */
export const tryShortly = async (): Promise<number> => {
  let code = 0
  for (const kind of KINDS) {
    let total = emptyTotal
    for (let seed = 1; seed <= (['manifests', 'policies'].includes(kind.name) ? 300 : 4); seed += 1) {
      const { verdict, slowest, message } = await tryInput(kind, seed, inputOf(kind, seed, true))
      if (message !== undefined) process.stdout.write(`VIOLATION ${kind.name}, seed ${seed}: ${message}\n`)
      if (verdict === 'violation') code = 1
      total = withEnded(total, { seed, verdict, slowest: Math.round(slowest), memory: 0 })
    }
    process.stdout.write(`${lineOf(kind.name, 1, total)}\n`)
  }
  return code
}
