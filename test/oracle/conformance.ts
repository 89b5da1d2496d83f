import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildOracle, hasGo, type Minor, MINORS } from './build-oracle.ts'
import { type Oracle, startOracle } from './oracle.ts'
import { runUrls } from './run-urls.ts'
import { compareDefaults, runFlags, shrinkFlags } from './run-flags.ts'
import { POD_VECTORS, writePodVectors } from './pod-security/pod-vectors.ts'
import { runPods } from './pod-security/run-pods.ts'
import { makeVectors } from './write-vectors.ts'
import { runFiles } from './run-files.ts'
import { type Difference, kindOf, runPolicies, shrinkDifference } from './run-policies.ts'

/** Where the vectors are, from the top of the project. */
export const VECTORS = 'test/fixtures/conformance/vectors.jsonl.br'

/** Compares this project with Kubernetes' own code on generated cases; the number to exit with. */
export const runConformance = async (top: string, argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      cases: { type: 'string', default: '10000' },
      requests: { type: 'string', default: '26' },
      minors: { type: 'string', default: MINORS.map(minor => `1.${minor}`).join() },
      pods: { type: 'string', default: '5000' },
      corpus: { type: 'string', default: '../shared/corpus' },
      shown: { type: 'string', default: '10' },
      write: { type: 'boolean', default: false }
    }
  })
  if (!hasGo()) return skip()
  if (values.write) return write(top, Number(values.seed))
  const minors = MINORS.filter(minor => values.minors.split(',').includes(`1.${minor}`))
  let differences = 0
  for (const minor of minors) {
    differences += await runMinor(top, minor, {
      seed: Number(values.seed),
      cases: Number(values.cases),
      requests: Number(values.requests),
      shown: Number(values.shown),
      files: positionals
    })
  }
  if (positionals.length === 0) {
    const [seed, pods, shown] = [Number(values.seed), Number(values.pods), Number(values.shown)]
    differences += await runPods(top, { seed, pods, shown, corpus: values.corpus })
  }
  return differences === 0 ? 0 : 1
}

const write = async (top: string, seed: number): Promise<number> => {
  const programs = new Map(MINORS.map(minor => [minor as number, buildOracle(top, minor)]))
  const lines = await makeVectors(join(top, VECTORS), seed, minor => startOracle(programs.get(minor) ?? ''))
  for (const line of lines) console.log(ascii(line))
  console.log(await writePodVectors(top, join(top, POD_VECTORS), seed))
  return 0
}

const skip = (): number => {
  const isWanted = process.env.CI !== undefined
  console.error(`CONFORMANCE ${isWanted ? 'FAILED' : 'SKIPPED'}: there is no Go, so Kubernetes' own code was not run.`)
  return isWanted ? 1 : 0
}

interface Wanted {
  readonly seed: number
  readonly cases: number
  readonly requests: number
  readonly shown: number
  /** Policy files to ask about in the place of generated ones. */
  readonly files: readonly string[]
}

const runMinor = async (top: string, minor: Minor, wanted: Wanted): Promise<number> => {
  const oracle = startOracle(buildOracle(top, minor))
  try {
    if (wanted.files.length > 0) return await runFiles(oracle, minor, wanted.files)
    const start = Date.now()
    const { counts, differences } = await runPolicies(oracle, minor, wanted)
    const seconds = ((Date.now() - start) / 1000).toFixed(1)
    console.log(
      `1.${minor}: ${counts.policies} policies (${counts.accepted} accepted, ${counts.lenient} of them with a warning), ` +
        `${counts.pairs} requests decided: ${differences.length} differences (${seconds} s)`
    )
    const shown: Difference[] = []
    for (const each of spread(differences, wanted.shown)) shown.push(await shrinkDifference(oracle, minor, each))
    for (const each of shown) show(minor, wanted.seed, each)
    return differences.length + (await compareFlags(oracle, minor, wanted)) + (await compareUrls(oracle, minor, wanted))
  } finally {
    oracle.close()
  }
}

const compareFlags = async (oracle: Oracle, minor: Minor, { seed, cases, shown }: Wanted): Promise<number> => {
  const run = await runFlags(oracle, minor, seed, Math.ceil(cases / 4))
  console.log(
    `1.${minor}: ${run.cases} sets of flags (${run.accepted} accepted): ${run.differences.length} differences`
  )
  const defaults = await compareDefaults(oracle, minor)
  for (const each of defaults) console.log(`1.${minor} ${each}`)
  for (const each of run.differences.slice(0, shown)) {
    const { args, words } = await shrinkFlags(oracle, minor, each)
    console.log(`\n1.${minor} ${ascii(JSON.stringify(args))}\n  ${words.replaceAll('\n', '; ')}`)
  }
  return run.differences.length + defaults.length
}

const compareUrls = async (oracle: Oracle, minor: Minor, { seed, cases, shown }: Wanted): Promise<number> => {
  const run = await runUrls(oracle, seed, Math.ceil(cases / 2))
  console.log(`1.${minor}: ${run.cases} URIs: ${run.differences.length} differences`)
  for (const each of run.differences.slice(0, Math.min(3, shown))) console.log(`\n1.${minor} ${each}`)
  return run.differences.length
}

// some of each kind
const spread = (differences: readonly Difference[], most: number): Difference[] => {
  const kinds = groupByKind(differences)
  const share = Math.max(1, Math.ceil(most / Math.max(1, kinds.size)))
  return [...kinds.values()].flatMap(each => each.slice(0, share)).slice(0, most)
}

const show = (minor: Minor, seed: number, { index, found, words, message }: Difference): void => {
  const text = typeof found.text === 'string' ? found.text : `bytes ${Buffer.from(found.text).toString('base64')}`
  console.log(`\n1.${minor} seed ${seed} case ${index}: ${words}`)
  console.log(`  text ${ascii(JSON.stringify(text))}`)
  for (const request of found.requests) console.log(`  request ${JSON.stringify(request)}`)
  if (message !== '') console.log(`  the server: ${message}`)
}

const groupByKind = (differences: readonly Difference[]): Map<string, Difference[]> => {
  const groups = new Map<string, Difference[]>()
  for (const each of differences) {
    const kind = `${kindOf(each.words)} ${each.message.replace(/\d+|".*"|'.*'|\(.*\)|\{.*\}/gs, '')}`
    groups.set(kind, [...(groups.get(kind) ?? []), each])
  }
  return groups
}

// so that a terminal shows what cannot be seen
const ascii = (text: string): string =>
  text.replace(/[^ -~]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
