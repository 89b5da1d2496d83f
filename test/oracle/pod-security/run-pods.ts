import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { NEWEST } from '../../../src/audit/version.ts'
import { defaultedPod } from '../../../src/immutability/pod-security/defaulted-pod.ts'
import { corpusOf } from '../../fixtures/manifest/corpus.ts'
import type { Oracle } from '../oracle.ts'
import { podDifference } from './difference.ts'
import { generatePod } from './generate-pod.ts'
import { minorsOf } from './minors-of.ts'
import { podsInText } from './pods-in-text.ts'
import { askServer, type AskedPod, type ServerVerdict, startServer } from './server.ts'
import { tallyOf, untried } from './tally.ts'
import { upstreamPods } from './upstream-pods.ts'

/** What to compare. */
export interface WantedPods {
  readonly seed: number
  readonly pods: number
  readonly shown: number
  /** A directory of real files with an index. */
  readonly corpus: string
}

/** Compares our verdicts on pods with those of Kubernetes' evaluator, and prints what came out: the number of faults. */
export const runPods = async (top: string, wanted: WantedPods): Promise<number> => {
  const oracle = startServer(top)
  try {
    const generated = await compare(oracle, generatedPods(wanted), 'generated pods')
    console.log(
      generated.tallies.map(({ form, allowed, forbidden }) => `  ${form}: ${allowed}, ${forbidden}`).join('\n')
    )
    for (const form of generated.untried) console.log(`  FAILED: ${form}`)
    const upstream = await compareUpstream(oracle, top)
    const corpus = await compareCorpus(oracle, join(top, wanted.corpus))
    const differences = [...generated.differences, ...upstream, ...corpus]
    for (const each of differences.slice(0, wanted.shown)) console.log(`\n${each}`)
    return differences.length + generated.untried.length
  } finally {
    oracle.close()
  }
}

const generatedPods = ({ seed, pods }: WantedPods): AskedPod[] =>
  Array.from({ length: pods }, (_, index) => ({ pod: generatePod(seed, index), minors: minorsOf(seed, index) }))

const compare = async (oracle: Oracle, asked: readonly AskedPod[], what: string): Promise<Compared> => {
  const start = Date.now()
  const answers = await askServer(oracle, asked)
  const verdicts = asked.flatMap(({ pod, minors }, at) => {
    const answer = answers[at] ?? 'no answer'
    if (typeof answer === 'string') return []
    return minors.flatMap((minor, index) => {
      const verdict = answer[index]
      return verdict === undefined ? [] : [{ pod, minor, verdict }]
    })
  })
  const differences = verdicts.flatMap(({ pod, minor, verdict }) => {
    const difference = podDifference(pod, minor, verdict)
    return difference === undefined ? [] : [`1.${minor} ${JSON.stringify(pod)}\n  ${difference}`]
  })
  const refused = answers.filter(answer => typeof answer === 'string')
  for (const reason of new Set(refused)) console.log(`  not decoded: ${reason}`)
  const tallies = tallyOf(verdicts.map(({ minor, verdict }) => [minor, verdict]))
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  console.log(
    `pod security: ${asked.length - refused.length} ${what} (${refused.length} not decoded), ${verdicts.length * 2} verdicts: ` +
      `${differences.length} differences (${seconds} s)`
  )
  return { differences, tallies, untried: untried(tallies), verdicts: answers }
}

interface Compared {
  readonly differences: readonly string[]
  readonly tallies: ReturnType<typeof tallyOf>
  readonly untried: readonly string[]
  readonly verdicts: readonly (readonly ServerVerdict[] | string)[]
}

// the pods that Kubernetes tests its own checks with, each with the verdict that its file's place says
const compareUpstream = async (oracle: Oracle, top: string): Promise<string[]> => {
  const pods = upstreamPods(top).map(each => ({ ...each, pod: defaultedPod(each.pod) }))
  const { differences, verdicts } = await compare(oracle, pods, "of Kubernetes' own test pods")
  const wrong = pods.filter(({ level, isAllowed }, at) => {
    const [verdict] = verdicts[at] ?? []
    return typeof verdict !== 'object' || verdict[level].allowed !== isAllowed
  })
  return [...differences, ...wrong.map(({ file }) => `${file} is not judged as its place says`)]
}

const compareCorpus = async (oracle: Oracle, directory: string): Promise<readonly string[]> => {
  const files = corpusOf(['workload', 'apiserver'], pathToFileURL(`${directory}/`))
  if (files.length === 0) {
    console.error(`SKIPPED: there are no real files in ${directory}`)
    return []
  }
  const found = files.map(({ text }) => podsInText(text))
  const unread = found.reduce((sum, { unread }) => sum + unread, 0)
  console.log(`${files.length} real files, of which ${unread} documents are no YAML`)
  const minors = Array.from({ length: NEWEST.minor + 2 }, (_, minor) => NEWEST.minor + 1 - minor)
  const asked = found.flatMap(({ pods }) => pods.map(pod => ({ pod, minors })))
  return (await compare(oracle, asked, 'pods of real files')).differences
}
