import type { NodeFacts } from '../facts/node.ts'
import type { CauseFacts } from './cause.ts'
import { causeOfRun, type Run, runsOf, saidByOthers, type Shown, type SpokenLine, timeOf } from './explain-runs.ts'
import { silentEnd } from './explain-silence.ts'

/** What the logs of a node say. */
export interface LogVerdict {
  /** What keeps kube-apiserver from running now; null where the logs tell nothing of it. */
  readonly shown: Shown | null
  /** True when the cause was said since the manifest was last written. */
  readonly isFresh: boolean
  /** Other causes that the logs tell of, the newest first. */
  readonly others: readonly Shown[]
  /** True when the last that is heard of kube-apiserver is that it serves. */
  readonly isServing: boolean
}

/** What a cause is worded by. */
export const causeFacts = ({ manifest, paths }: NodeFacts): CauseFacts => ({
  manifest: manifest.path,
  pod: manifest.pod,
  paths
})

// a file system may count coarser than a log does
const SLACK = 2000

// what ended the container before was said not long before this one was started
const RECENT = 10 * 60_000

// until its controllers have started it may answer no probe
const SETTLED = 5000

/** Judges the lines of a node's logs: the newest plain words count, and symptoms only where there are none. */
export const judgeLines = (facts: NodeFacts, lines: readonly SpokenLine[]): LogVerdict => {
  const words = causeFacts(facts)
  const runs = runsOf(lines)
  const [newest] = runs
  // once a container has been started, what had kept it from that is over; but not what ended the one before
  const since = newest?.first ?? 0
  const others = saidByOthers(lines, words).filter(
    ({ cause, line }) =>
      timeOf(line) >= since ||
      line.time === null ||
      (cause.code === 'out-of-memory' && newest?.isServing !== true && timeOf(line) >= since - RECENT)
  )
  const ownRuns = newest?.isServing === true ? [newest] : runs
  const own = ownRuns.flatMap(run => causeOfRun(run, words) ?? silentEnd(run, runs, lines, facts) ?? [])
  // while it starts a probe may fail
  const isEarly = ({ cause, line }: Shown): boolean =>
    cause.code === 'probe-fails' && newest?.isServing === true && timeOf(line) < newest.served + SETTLED
  const all = [...own, ...others.filter(each => isAboutNow(each, facts, lines) && !isEarly(each))]
    .reverse()
    .sort(newestFirst)
  const isFresh = ({ line, also }: Shown): boolean =>
    Math.max(timeOf(line), also ? timeOf(also) : 0) >= facts.manifest.modified - SLACK
  const fresh = all.filter(isFresh)
  const ranked = fresh.length > 0 ? fresh : all
  const shown = plainest(ranked, newest)
  return {
    shown: shown ?? null,
    isFresh: fresh.length > 0,
    others: distinct([...ranked, ...all]).filter(each => each.cause.code !== shown?.cause.code),
    isServing:
      newest?.isServing === true && !others.some(each => !each.cause.isSymptom && timeOf(each.line) > newest.last)
  }
}

// of one second the last counts
const newestFirst = (a: Shown, b: Shown): number => timeOf(b.line) - timeOf(a.line)

const plainest = (ranked: readonly Shown[], newest: Run | undefined): Shown | undefined => {
  const plain = ranked.find(({ cause }) => !cause.isSymptom)
  if (plain) return plain
  // a probe fails because of what the server says itself
  const isProbe = ({ cause }: Shown): boolean => cause.code === 'probe-fails'
  const own = ranked.find(each => each.line.where === newest?.where && !isProbe(each))
  return own ?? ranked.find(each => !isProbe(each)) ?? ranked[0]
}

const distinct = (all: readonly Shown[]): Shown[] =>
  all.filter((each, index) => all.findIndex(other => other.cause.code === each.cause.code) === index)

// by which the kubelet shows that it has come past its start
const WORKS =
  /Adding static pod path|Started kubelet|Error syncing pod|pod_workers|SyncLoop|pod_startup_latency|reconciler|file\.go/

/** A kubelet that has ended counts only while it does not run. */
const isAboutNow = ({ cause, line }: Shown, facts: NodeFacts, lines: readonly SpokenLine[]): boolean => {
  if (!cause.endsKubelet) return true
  if (facts.isLive) return facts.kubelet.pid === null
  const behind = lines.slice(lines.indexOf(line) + 1)
  return !behind.some(each => each.by === 'kubelet' && each.where === line.where && WORKS.test(each.line))
}
