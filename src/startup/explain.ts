import type { NodeFacts } from '../facts/node.ts'
import type { Finding } from '../finding.ts'
import { unquoted } from './cause.ts'
import { CAUSES } from './causes.ts'
import { causeFacts, judgeLines, type LogVerdict } from './explain-log.ts'
import { placeOf } from './explain-place.ts'
import { beforeRestart } from './explain-restart.ts'
import { probeFault } from './explain-probes.ts'
import type { Shown, SpokenLine } from './explain-runs.ts'
import type { Place } from './fault.ts'
import type { Layer, StartFault } from './start-fault.ts'
import { unreadFile } from './unread-file.ts'

/** A line that proves a cause, and the file or unit that it stands in. */
export interface Evidence {
  readonly where: string
  readonly line: string
}

/** Why kube-apiserver does not run, in plain words. */
export interface ExplainedCause {
  readonly code: string
  readonly title: string
  readonly why: string
  /** The command or the edit that repairs it. */
  readonly fix: string
  /** Certain where a line of a log and the node's files agree; past where the files show it no more. */
  readonly confidence: 'certain' | 'likely' | 'past'
  readonly evidence: readonly Evidence[]
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** What can be said of a kube-apiserver that does not run. */
export interface FailureExplanation {
  /** `running` is a server that does not answer as healthy; `unknown` a node without processes, faults and logs. */
  readonly state: 'up' | 'running' | 'down' | 'unknown'
  /** False where the state was told by files and logs alone, as of a disk of another node. */
  readonly live: boolean
  readonly cause: ExplainedCause | null
  /** Further causes, and of a server that is up what had kept it down, or would keep it from starting again. */
  readonly others: readonly ExplainedCause[]
  readonly looked: readonly string[]
  readonly findings: readonly Finding[]
}

/** The lines of a node's logs that may tell, and where they were looked for. */
export interface FailureLogs {
  readonly lines: readonly SpokenLine[]
  readonly looked: readonly string[]
}

/**
 * Names the likeliest cause for which kube-apiserver does not run, from a node's files and its logs; `faults` are those of
 * the files, in the order of the start.
 */
export const explainFailure = (
  facts: NodeFacts,
  logs: FailureLogs,
  faults: readonly StartFault[]
): FailureExplanation => {
  const verdict = judgeLines(facts, logs.lines)
  const fault = faults[0] ?? null
  const state = stateOf(facts, verdict, fault, logs)
  const agreed = fault && findAgreed(fault, verdict)
  const ofFiles = fault ? explainFault(fault, agreed, facts) : missingManifest(facts)
  const ofLog = verdict.shown ? explainShown(verdict.shown, facts, faults) : null
  const probe = fault ? null : badProbe(facts, verdict)
  // said of a manifest that has been replaced since: the kubelet is at work on the new one
  const isHistory = facts.isLive && ofLog?.confidence === 'past' && !verdict.isFresh
  const found = choose(ofFiles, isHistory ? null : ofLog, fault, agreed, verdict)
  const likeliest =
    found === null || found.code === 'probe-fails'
      ? (probe ?? found ?? beforeRestart(facts, logs.lines))
      : withEtcd(found, logs.lines)
  const cause = state === 'up' ? null : (missingKubelet(facts, state, verdict) ?? likeliest)
  const rest = [ofFiles, ofLog, probe, ...verdict.others.map(each => explainShown(each, facts, faults))]
  return {
    state,
    live: facts.isLive,
    cause,
    others: rest
      .flatMap(each => (each && !isSame(each, cause) ? [each] : []))
      // of a node that runs here, what is over is over
      .filter(({ confidence }) => !facts.isLive || confidence !== 'past')
      .filter((each, index, all) => all.findIndex(other => isSame(each, other)) === index)
      .slice(0, MOST),
    looked: logs.looked,
    findings: [...(fault ? [findingOf(fault)] : []), ...unreadFile(facts, 'policy'), ...unreadFile(facts, 'webhook')]
  }
}

const MOST = 4

// one line has one cause
const isSame = (one: ExplainedCause, other: ExplainedCause | null): boolean => {
  const line = one.evidence[0]?.line
  return one.code === other?.code || (line !== undefined && line === other?.evidence[0]?.line)
}

const stateOf = (
  facts: NodeFacts,
  verdict: LogVerdict,
  fault: StartFault | null,
  logs: FailureLogs
): FailureExplanation['state'] => {
  if (facts.isLive) return facts.servers.length === 0 ? 'down' : facts.isHealthy === true ? 'up' : 'running'
  if (logs.lines.length === 0 && !fault && facts.manifest.text !== null) return 'unknown'
  // of files alone: it serves unless something was said since, or the kubelet would end it
  if (!verdict.isServing || facts.manifest.text === null || fault?.layer === 'kubelet' || endOfKubelet(verdict))
    return 'down'
  return verdict.shown === null && !probeFault(facts) ? 'up' : 'running'
}

const choose = (
  ofFiles: ExplainedCause | null,
  ofLog: ExplainedCause | null,
  fault: StartFault | null,
  agreed: Shown | null,
  verdict: LogVerdict
): ExplainedCause | null => {
  if (agreed) return ofFiles
  // no container can have run with such a manifest: what a log says is of one before
  const isEarly = fault ? fault.layer === 'kubelet' || (fault.layer === 'mount' && !verdict.isFresh) : true
  if (ofFiles && isEarly) return ofFiles
  if (ofLog && (verdict.isFresh || !ofFiles)) return ofLog
  return ofFiles
}

// two words for one thing: what the log cannot tell apart, the files can
const SAME: readonly (readonly string[])[] = [
  ['policy-not-mounted', 'policy-missing'],
  ['webhook-not-mounted', 'webhook-missing'],
  ['hostpath-missing', 'hostpath-wrong-kind', 'policy-missing', 'webhook-missing', 'log-directory-missing'],
  ['stray-word', 'typographic-dash', 'bad-flag-word', 'removed-flag', 'unknown-flag'],
  ['broken-yaml', 'duplicate-key', 'wrong-type', 'not-a-pod', 'unknown-api-version', 'invalid-pod']
]

const findAgreed = (fault: StartFault, verdict: LogVerdict): Shown | null =>
  [verdict.shown, ...verdict.others].find(each => each !== null && agree(fault, each)) ?? null

const agree = (fault: StartFault, { cause, line }: Shown): boolean => {
  const printed = unquoted(fault.printed).trim()
  if (printed !== '' && unquoted(line.line).includes(printed)) return true
  if (fault.code === cause.code) return true
  return fault.layer === cause.layer && SAME.some(each => each.includes(fault.code) && each.includes(cause.code))
}

const evidenceOf = ({ line, also }: Shown): Evidence[] =>
  [line, ...(also ? [also] : [])].map(({ where, line: text }) => ({ where, line: text }))

const placeKeys = ({ file, line, column }: Place): Place => ({
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
  ...(column === undefined ? {} : { column })
})

const explainShown = (shown: Shown, facts: NodeFacts, faults: readonly StartFault[]): ExplainedCause => {
  const { cause } = shown
  const base = { code: cause.code, title: cause.title, fix: cause.fix, evidence: evidenceOf(shown) }
  if (isOver(shown, facts, faults))
    return { ...base, why: `${cause.why}; but the files no longer show it: it may be repaired`, confidence: 'past' }
  const place = placeOf(cause, facts)
  return {
    ...base,
    why: cause.why,
    confidence: place && !cause.isSymptom ? 'certain' : 'likely',
    ...(place ? placeKeys(place) : {})
  }
}

/** What is seen in the files as long as it lasts, whatever a log says of it. */
const SEEN_IN_FILES: readonly string[] = [
  ...['unknown-flag', 'stray-word', 'typographic-dash', 'broken-yaml', 'not-a-pod', 'duplicate-volume'],
  ...['duplicate-mount-path', 'mount-without-volume']
]
const SEEN_LAYERS: readonly Layer[] = ['mount', 'policy', 'log', 'webhook']

const isOver = (shown: Shown, { manifest }: NodeFacts, faults: readonly StartFault[]): boolean => {
  const { code, layer } = shown.cause
  const isSeen = SEEN_LAYERS.includes(layer) || SEEN_IN_FILES.includes(code)
  const isShown = (fault: StartFault): boolean =>
    agree(fault, shown) || (code.endsWith('-is-directory') && fault.code === 'hostpath-wrong-kind')
  return isSeen && manifest.pod !== null && !faults.some(isShown)
}

const explainFault = (fault: StartFault, agreed: Shown | null, facts: NodeFacts): ExplainedCause => {
  const rows = CAUSES.filter(each => each.code === fault.code && each.layer === fault.layer)
  // of several titles only the line tells which
  const row = new Set(rows.map(each => each.title)).size === 1 ? rows[0] : undefined
  const words = agreed?.cause.code === fault.code ? agreed.cause : undefined
  return {
    code: fault.code,
    title: words?.title ?? row?.title ?? fault.message,
    why: fault.message,
    fix:
      words?.fix ?? fault.remediation ?? (row ? fixOf(row.fix, facts) : `correct ${fault.file ?? facts.manifest.path}`),
    confidence: agreed ? 'certain' : 'likely',
    evidence: agreed ? evidenceOf(agreed) : [],
    ...placeKeys(fault)
  }
}

const fixOf = (fix: (typeof CAUSES)[number]['fix'], facts: NodeFacts): string =>
  typeof fix === 'string' ? fix : fix({}, causeFacts(facts))

const findingOf = ({ layer: _, printed: __, ...finding }: StartFault): Finding => finding

const missingManifest = ({ manifest }: NodeFacts): ExplainedCause | null =>
  manifest.text === null && manifest.error?.code === 'NOT_FOUND'
    ? {
        code: 'manifest-missing',
        title: 'the manifest of kube-apiserver is not there',
        why: 'the kubelet runs what lies in its directory of manifests, and ends what does not',
        fix: `put the manifest back at ${manifest.path}: auditpatch backups lists the copies that auditpatch made (auditpatch restore ID), else look for one beside the directory and in /etc/kubernetes/tmp, or: kubeadm init phase control-plane apiserver --config FILE, with the ClusterConfiguration of this cluster`,
        confidence: 'likely',
        evidence: []
      }
    : null

/** A probe that cannot succeed, and what the logs say of probes; null where the probes are right. */
const badProbe = (facts: NodeFacts, verdict: LogVerdict): ExplainedCause | null => {
  const fault = probeFault(facts)
  if (!fault) return null
  const shown = [verdict.shown, ...verdict.others].find(each => each?.cause.code === 'probe-fails')
  return {
    code: 'probe-fails',
    title: 'the kubelet ends kube-apiserver because a probe fails',
    why: fault.why,
    fix: fault.fix,
    confidence: shown ? 'certain' : 'likely',
    evidence: shown ? evidenceOf(shown) : [],
    ...placeKeys(fault.place)
  }
}

const ETCD_MANIFEST = '/etc/kubernetes/manifests/etcd.yaml'

/** The same cause with what etcd said last of itself, where it is etcd that does not run. */
const withEtcd = (cause: ExplainedCause, lines: readonly SpokenLine[]): ExplainedCause => {
  const last = cause.code === 'etcd-unreachable' ? lines.findLast(({ by }) => by === 'etcd') : undefined
  if (!last) return cause
  const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(last.line)?.[1] ?? last.line
  return {
    ...cause,
    title: 'etcd ends, and kube-apiserver with it',
    fix: `repair etcd first, in ${ETCD_MANIFEST} or the file that it names: ${error}`,
    evidence: [...cause.evidence, { where: last.where, line: last.line }]
  }
}

const endOfKubelet = (verdict: LogVerdict): Shown | undefined =>
  [verdict.shown, ...verdict.others].find(each => each?.cause.endsKubelet) ?? undefined

/** A node without a kubelet starts nothing, whatever else is wrong. */
const missingKubelet = (
  facts: NodeFacts,
  state: FailureExplanation['state'],
  verdict: LogVerdict
): ExplainedCause | null => {
  const last = endOfKubelet(verdict)
  if (last) return explainShown(last, facts, [])
  if (!facts.isLive || facts.kubelet.pid !== null || state !== 'down') return null
  return {
    code: 'kubelet-not-running',
    title: 'the kubelet does not run',
    why: 'without the kubelet nothing on this node starts kube-apiserver, or starts it again',
    fix: 'systemctl status kubelet; journalctl -u kubelet -n 50; systemctl restart kubelet',
    confidence: 'certain',
    evidence: []
  }
}
