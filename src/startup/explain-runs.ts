import type { LogLine } from '../facts/node.ts'
import type { Cause, CauseFacts, Speaker } from './cause.ts'
import { causeOf } from './causes.ts'

/** A line that may tell why kube-apiserver does not run, and who said it. */
export interface SpokenLine extends LogLine {
  readonly by: Speaker
}

/** A cause, the line that shows it, and a second line where that one alone would not. */
export interface Shown {
  readonly cause: Cause
  readonly line: SpokenLine
  readonly also?: SpokenLine
}

/** One container of kube-apiserver, from its start to its end or to now: the lines of one log. */
export interface Run {
  readonly where: string
  readonly lines: readonly SpokenLine[]
  readonly first: number
  readonly last: number
  /** The line with which it ended; undefined while it runs, and where it was killed. */
  readonly fatal: SpokenLine | undefined
  readonly isServing: boolean
  /** Since when; 0 where it never has. */
  readonly served: number
}

// cobra's usage error, klog's fatal and error lines, a panic
const FATAL = /^(?:Error: |F\d{4} |panic: |fatal error: )|"command failed" err=/
const SERVING = /Serving securely on/
// it installs its APIs once etcd has answered
const PAST_ETCD = /Serving securely on|Adding GroupVersion |Skipping API \S+ because/
const TOLD_TO_END = /Received signal to terminate|shutdown event" name="ShutdownInitiated"/
// a word of a crash loop is no cause, but says that the container is gone
const BACK_OFF = /back-off .*restarting failed container=kube-apiserver/

/** The runs of kube-apiserver that lines tell of, the newest first. */
export const runsOf = (lines: readonly SpokenLine[]): Run[] => {
  const logs = new Map<string, SpokenLine[]>()
  for (const line of lines) {
    if (line.by !== 'kube-apiserver') continue
    const log = logs.get(line.where) ?? []
    log.push(line)
    logs.set(line.where, log)
  }
  const backOff = Math.max(0, ...lines.filter(each => BACK_OFF.test(each.line)).map(timeOf))
  return [...logs].map(([where, own]) => runOf(where, own, backOff)).sort((a, b) => b.last - a.last)
}

/** When a line was written; 0 where that is not known. */
export const timeOf = ({ time }: LogLine): number => time ?? 0

const runOf = (where: string, lines: readonly SpokenLine[], backOff: number): Run => {
  const times = lines.map(timeOf).filter(time => time > 0)
  const last = Math.max(0, ...times)
  const fatal = lines.findLast(each => FATAL.test(each.line))
  const serving = lines.findLastIndex(each => SERVING.test(each.line))
  const ended = lines.findLastIndex(each => TOLD_TO_END.test(each.line))
  return {
    where,
    lines,
    first: Math.min(...(times.length > 0 ? times : [0])),
    last,
    fatal,
    served: serving < 0 ? 0 : timeOf(lines[serving] ?? { where, line: '', time: null }),
    isServing: serving >= 0 && ended < serving && !fatal && backOff <= last
  }
}

/** Why a run ended or does not serve, as its own words have it. */
export const causeOfRun = ({ lines, fatal }: Run, facts: CauseFacts): Shown | undefined => {
  const own = fatal && causeOf('kube-apiserver', fatal.line, facts)
  if (own && !own.isSymptom) return { cause: own, line: fatal }
  // what it complained of before it went on is over
  const since = lines.findLastIndex(each => PAST_ETCD.test(each.line)) + 1
  const symptoms = lines.slice(since).flatMap(line => {
    const cause = causeOf('kube-apiserver', line.line, facts)
    return cause?.isSymptom === true ? [{ cause, line }] : []
  })
  const best = Math.min(...symptoms.map(each => each.cause.rank))
  const shown = symptoms.findLast(each => each.cause.rank === best)
  if (!shown) return own && { cause: own, line: fatal }
  return fatal && fatal !== shown.line ? { ...shown, also: fatal } : shown
}

/** The lines of the kubelet and the kernel that tell of a cause, in their order. */
export const saidByOthers = (lines: readonly SpokenLine[], facts: CauseFacts): Shown[] =>
  lines.flatMap(line => {
    if (line.by === 'kube-apiserver') return []
    const cause = causeOf(line.by, line.line, facts)
    return cause ? [{ cause, line }] : []
  })
