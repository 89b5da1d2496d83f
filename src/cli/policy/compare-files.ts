import { keysOfRequest } from '../../audit/asked-request.ts'
import { type KubernetesVersion, NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { type Comparison, comparePolicies } from '../../policy/compare.ts'
import type { DecodedPolicy } from '../../policy/decode.ts'
import { verdictOf } from '../../policy/explanation.ts'
import { linesOf } from '../../render/code-frame.ts'
import { resultOf } from '../../render/result.ts'
import { harmless, wrapText } from '../../render/paint.ts'
import { differenceLines, type Side } from '../../render/policy-comparison.ts'
import { findingFrame } from '../../render/finding-frame.ts'
import { explainOptions, requestSentence } from '../../render/request-words.ts'
import { exitCode } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import type { Args } from '../options.ts'
import { type Session, sessionOf } from '../session.ts'
import { decodeToJudge, judge, type Readable, readToJudge } from './judged.ts'
import { ruleSourceOf } from './rule-source.ts'

interface Decoded extends DecodedPolicy {
  readonly read: Readable
}

/** Compares the two policies of `policy compare` and gives the exit code. */
export const compareFiles = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  const version = kubernetesVersionOf(args) ?? NEWEST
  const [first = '', second = ''] = args.positionals
  if (first === '-' && second === '-') throw new AuditError('USAGE', 'standard input (-) can be read only once')
  const a = decode(first, io, version)
  const b = decode(second, io, version)
  const findings = [...a.findings, ...b.findings]
  const comparison = a.policy && b.policy ? comparePolicies(a.policy, b.policy) : null
  session.give(() => comparisonJson(a, b, comparison, findings))
  for (const { read, findings: own } of first === second ? [a] : [a, b]) {
    const lines = linesOf(read.text ?? '')
    session.say(own.flatMap(each => [...findingFrame(each, lines, session.paint, session.width), '']))
  }
  session.say(comparison ? comparisonLines(a, b, comparison, session) : [nothingCompared(a, b)])
  return comparison?.kind === 'different' ? exitCode('findings') : judge(args, findings)
}

const nothingCompared = (a: Decoded, b: Decoded): string => {
  const broken = [...new Set([a, b].filter(({ policy }) => !policy).map(({ read }) => read.file))]
  return harmless(`nothing was compared: ${broken.join(' and ')} must be mended first`)
}

const decode = (given: string, io: Io, version: KubernetesVersion): Decoded => {
  const read = readToJudge(given, io)
  return { read, ...decodeToJudge(read, version) }
}

const sideOf = ({ policy, source }: Decoded, comparison: Comparison, side: 'a' | 'b'): Side | null =>
  policy && source && comparison.kind === 'different'
    ? {
        verdict: verdictOf(policy, comparison.request, comparison[side]),
        source: ruleSourceOf(policy, source)
      }
    : null

const comparisonJson = (
  a: Decoded,
  b: Decoded,
  comparison: Comparison | null,
  findings: readonly Finding[]
): Record<string, unknown> => {
  const request = comparison?.kind === 'different' ? comparison.request : null
  return resultOf('PolicyCompare', {
    files: [a.read.file, b.read.file],
    equal: comparison && comparison.kind === 'equal',
    request: request && keysOfRequest(request),
    sentence: request && requestSentence(request),
    options: request && explainOptions(request),
    a: comparison && (sideOf(a, comparison, 'a')?.verdict ?? null),
    b: comparison && (sideOf(b, comparison, 'b')?.verdict ?? null),
    findings
  })
}

const comparisonLines = (a: Decoded, b: Decoded, comparison: Comparison, { paint, width }: Session): string[] => {
  const [left, right] = [sideOf(a, comparison, 'a'), sideOf(b, comparison, 'b')]
  if (comparison.kind === 'different' && left && right)
    return differenceLines(comparison.request, [left, right], paint, width)
  const text = `${a.read.file} and ${b.read.file} record the same of every request`
  return wrapText(harmless(text), width).map(paint.green)
}
