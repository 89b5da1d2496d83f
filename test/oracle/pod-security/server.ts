import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesVersion } from '../../../src/audit/version.ts'
import type { PodData } from '../../../src/immutability/pod-security/judged-pod.ts'
import type { PodViolation } from '../../../src/immutability/pod-security/pod-security.ts'
import { spawnGo } from '../go.ts'
import { type Oracle, startOracle } from '../oracle.ts'

/** What Kubernetes' evaluator says of a pod at one level. */
export interface ServerJudgement {
  readonly allowed: boolean
  readonly reason: string
  readonly detail: string
  readonly forbidden: readonly Omit<PodViolation, 'level'>[]
  /** Every check of the level and version. */
  readonly asked: readonly string[]
}

/** What it says at one version. */
export interface ServerVerdict {
  readonly baseline: ServerJudgement
  readonly restricted: ServerJudgement
}

/** A pod, and the minor releases whose checks count. */
export interface AskedPod {
  readonly pod: PodData
  readonly minors: readonly number[]
}

/** The version of a minor release. */
export const versionOf = (minor: number): KubernetesVersion => ({ major: 1, minor })

/** Builds the program of this directory, and starts it. */
export const startServer = (top: string): Oracle => startOracle(build(top))

const build = (top: string): string => {
  const directory = join(top, 'node_modules/.tmp/oracle')
  mkdirSync(directory, { recursive: true })
  const program = join(directory, 'pod-security')
  const args = ['build', '-buildvcs=false', '-o', program, '.']
  const { status, stderr, error } = spawnGo('go', args, { cwd: join(top, 'test/oracle/pod-security') })
  if (status !== 0) throw new Error(`the oracle of pod security was not built: ${error?.message ?? status} ${stderr}`)
  return program
}

/** The verdicts on each pod, one for each of its minor releases; a text where the decoder refuses the pod. */
export const askServer = async (
  oracle: Oracle,
  asked: readonly AskedPod[]
): Promise<(readonly ServerVerdict[] | string)[]> => {
  const questions = asked.map(({ pod, minors }) => ({ ...pod, versions: minors.map(minor => `v1.${minor}`) }))
  // as: the program beside this file wrote them
  const answers = (await oracle.ask(questions)) as { verdicts?: ServerVerdict[]; error?: string }[]
  return answers.map(({ verdicts, error }) => error ?? verdicts ?? [])
}
