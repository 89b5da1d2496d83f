import { maxsizeOf, type Rotation } from '../../audit/rotation.ts'
import { NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { recordedOf, replayOf } from '../../logs/replay.ts'
import { policyAdvice } from '../../plan/policy-advice.ts'
import { lintDecodedPolicy, type PolicyLint } from '../../policy/lint.ts'
import type { Policy } from '../../policy/policy.ts'
import { countLogs } from '../../pool/count-logs.ts'
import { COUNTINGS } from '../../pool/countings.ts'
import { replayJson } from '../../render/replay-json.ts'
import { replayLines } from '../../render/replay.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import type { Args, OptionName } from '../options.ts'
import { decodeToUse } from '../policy/judged.ts'
import { readPolicyText } from '../policy/policy-text.ts'
import { countOf, sessionOf } from '../session.ts'
import { findingsOfLogs, logFilesOf, refuseNoEvents, threadsOf } from './log-files.ts'
import { readProgress } from './read-progress.ts'

/** Tells what policies would have kept of logs. */
export const replayLogs = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const names = policyNamesOf(args)
  if ([...names, ...args.positionals].filter(name => name === '-').length > 1)
    throw new AuditError('USAGE', 'standard input (-) can be read only once')
  const rotation = rotationOf(args)
  const threads = threadsOf(args)
  const policies = names.map(name => namedPolicy(name, args, io))
  const files = logFilesOf(args, io)
  const progress = readProgress(session, io, sizeOf(files), () => performance.now())
  const { counts, readings } = await countLogs(
    'replay',
    COUNTINGS.replay,
    policies.map(({ policy }) => policy),
    files,
    { isStrict: args.has('strict'), threads, input: io.input, onRead: progress.onRead }
  ).finally(progress.close)
  const recorded = recordedOf(counts)
  const ofLogs = findingsOfLogs(files, readings)
  refuseNoEvents(recorded.events, ofLogs)
  const findings = [...ofLogs, ...policies.flatMap(({ advice }) => advice)]
  const replays = policies.map(({ name, policy }, index) => {
    const candidate = counts.candidates[index]
    if (!candidate) throw new AuditError('IMPOSSIBLE', 'a policy was not counted')
    return { policy: name, ...replayOf(counts, candidate, policy.rules, rotation) }
  })
  const badLines = readings.reduce((sum, reading) => sum + reading.badLines, 0)
  const result = { recorded, replays, differences: counts.differences, rotation, badLines, findings }
  session.give(() => resultOf('Replay', replayJson(result)))
  session.say(replayLines(result, session))
  return 0
}

const policyNamesOf = (args: Args): string[] => {
  const policy = args.text('policy')
  if (policy === undefined) throw new AuditError('USAGE', '--policy: the policy to replay the log with is wanted')
  const against = args.text('against')
  return against === undefined ? [policy] : [policy, against]
}

interface NamedPolicy {
  readonly name: string
  readonly policy: Policy
  /** What lint has to say of it. */
  readonly advice: readonly Finding[]
}

const namedPolicy = (given: string, args: Args, io: Io): NamedPolicy => {
  const { name, text } = readPolicyText(given, io)
  const version = kubernetesVersionOf(args) ?? NEWEST
  const decoded = decodeToUse({ name, text }, version)
  const { policy } = decoded
  const lint = (): PolicyLint => lintDecodedPolicy(decoded, name, version)
  return { name, policy, advice: policyAdvice({ name, text, policy, findings: [] }, version, new Map(), lint) }
}

// as plan and apply set them
const DEFAULTS = { 'log-maxage': 30, 'log-maxbackup': 10, 'log-maxsize': 100 } as const satisfies Partial<
  Record<OptionName, number>
>

const rotationOf = (args: Args): Rotation => {
  const value = (name: keyof typeof DEFAULTS): number => countOf(args, name) ?? DEFAULTS[name]
  const maxsize = maxsizeOf(value('log-maxsize'), kubernetesVersionOf(args) ?? NEWEST)
  return { maxage: value('log-maxage'), maxbackup: value('log-maxbackup'), maxsize }
}

const sizeOf = (files: readonly { readonly size: number | null; readonly isCompressed: boolean }[]): number | null =>
  files.reduce<number | null>(
    (sum, { size, isCompressed }) => (sum === null || size === null || isCompressed ? null : sum + size),
    0
  )
