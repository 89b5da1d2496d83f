import type { NodeFacts } from '../facts/node.ts'
import { recordAt } from '../text/guard.ts'
import type { Cause } from './cause.ts'
import { CAUSES } from './causes.ts'
import type { Run, Shown, SpokenLine } from './explain-runs.ts'

const BACK_OFF = /back-off .*restarting failed container=kube-apiserver/

/**
 * Why a server ended that said nothing of it: one with a limit of memory was killed for it, as far as can be told.
 * Undefined where it said something, and where nothing shows that it ended.
 */
export const silentEnd = (
  run: Run,
  runs: readonly Run[],
  lines: readonly SpokenLine[],
  facts: NodeFacts
): Shown | undefined => {
  if (run.fatal || run.isServing || run.lines.length === 0) return undefined
  const backOff = lines.findLast(each => BACK_OFF.test(each.line))
  const hasFollower = runs.some(other => other !== run && other.first >= run.last && sameContainer(other, run))
  const line = backOff ?? (hasFollower ? run.lines.at(-1) : undefined)
  if (!line || !hasMemoryLimit(facts)) return undefined
  return { cause: outOfMemory(facts), line }
}

const sameContainer = (a: Run, b: Run): boolean => parent(a.where) === parent(b.where)

const parent = (path: string): string => path.slice(0, path.lastIndexOf('/'))

const limitOf = ({ manifest }: NodeFacts): unknown =>
  recordAt(recordAt(manifest.pod?.container, 'resources'), 'limits').memory

const hasMemoryLimit = (facts: NodeFacts): boolean => limitOf(facts) !== undefined

const outOfMemory = (facts: NodeFacts): Cause => {
  const limit = String(limitOf(facts))
  return {
    code: 'out-of-memory',
    layer: 'runtime',
    title: 'kube-apiserver is killed, it seems for want of memory',
    why: `it ends without a word, and the container may use ${limit} of memory and no more`,
    fix: `raise resources.limits.memory (${limit}) in ${facts.manifest.path}, or take it out; dmesg | grep -i oom shows the kernel's word`,
    said: {},
    isSymptom: true,
    endsKubelet: false,
    rank: CAUSES.length
  }
}
