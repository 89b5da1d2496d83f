import type { NodeFacts } from '../facts/node.ts'
import type { ExplainedCause } from './explain.ts'
import type { SpokenLine } from './explain-runs.ts'

// so long the kubelet may take to end the old server and to start the new one
const RESTART = 90_000
// the longest time that the kubelet waits, and some more
const LONGEST_BACK_OFF = 6 * 60_000

const BACK_OFF = /back-off (?<wait>\S+) restarting failed container=kube-apiserver/

// of this manifest, and with no word of kube-apiserver since
const isAboutNow = ({ time }: SpokenLine, facts: NodeFacts, lines: readonly SpokenLine[]): boolean =>
  time !== null &&
  facts.now - time < LONGEST_BACK_OFF &&
  time > facts.manifest.modified &&
  !lines.some(each => each.by === 'kube-apiserver' && (each.time ?? 0) > time)

/** Why no server runs on a node where nothing is wrong: it is being restarted, or the kubelet waits. Null for neither. */
export const beforeRestart = (facts: NodeFacts, lines: readonly SpokenLine[]): ExplainedCause | null => {
  // an old server may still be ending, and a new one not be ready yet
  if (!facts.isLive || facts.isHealthy === true || facts.kubelet.pid === null) return null
  const line = lines.findLast(each => BACK_OFF.test(each.line))
  if (line && facts.servers.length === 0 && isAboutNow(line, facts, lines))
    return {
      code: 'backing-off',
      title: 'the kubelet waits before it starts kube-apiserver again',
      why: `it ended more than once, and the kubelet waits longer each time (${BACK_OFF.exec(line.line)?.groups?.wait ?? ''}); why it ended the logs do not tell any more`,
      fix: `wait; or add an annotation to the pod in ${facts.manifest.path}: a new pod is started at once`,
      confidence: 'likely',
      evidence: [{ where: line.where, line: line.line }]
    }
  const since = facts.now - facts.manifest.modified
  if (since > RESTART) return null
  return {
    code: 'restarting',
    title: 'kube-apiserver is being restarted',
    why: `the manifest was changed ${Math.max(0, Math.round(since / 1000))} s ago, and nothing speaks against it: a restart takes 15 to 60 s`,
    fix: 'wait a minute, then look again',
    confidence: 'likely',
    evidence: []
  }
}
