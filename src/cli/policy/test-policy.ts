import { NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { readCases } from '../../policy/cases.ts'
import { rejectionOf } from '../../policy/decode.ts'
import { type CaseResult, doubtfulCases, runCases } from '../../policy/run-cases.ts'
import { linesOf } from '../../render/code-frame.ts'
import { resultOf } from '../../render/result.ts'
import { harmless } from '../../render/paint.ts'
import { findingFrame } from '../../render/finding-frame.ts'
import { caseJson, policyTestLines } from '../../render/policy-test.ts'
import { exitCode } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import type { Args } from '../options.ts'
import { type Session, sessionOf } from '../session.ts'
import { decodeToJudge, judge, type Readable, readToJudge } from './judged.ts'
import { ruleSourceOf } from './rule-source.ts'

/** Tries the cases of `policy test` on a policy and gives the exit code. */
export const testPolicy = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  const version = kubernetesVersionOf(args) ?? NEWEST
  const [file = '', given = ''] = args.positionals
  if (file === '-' && given === '-') throw new AuditError('USAGE', 'standard input (-) can be read only once')
  const subject = readToJudge(file, io)
  const cases = readToJudge(given, io)
  const { policy, source, findings: faults } = decodeToJudge(subject, version)
  const read = cases.text === null ? { cases: [], findings: cases.findings } : readCases(cases.text, cases.file)
  const doubts = policy ? doubtfulCases(policy, read.cases, cases.file) : []
  const findings = [...faults, ...read.findings, ...doubts]
  const results = policy ? runCases(policy, read.cases) : []
  session.give(() => testJson(subject, cases, results, findings))
  for (const [about, own] of [
    [subject, faults],
    [cases, read.findings],
    [cases, doubts.slice(0, SHOWN)]
  ] as const)
    session.say(framesOf(about, own, session))
  if (doubts.length > SHOWN) session.say([`${doubts.length - SHOWN} more doubts about cases; all are in -o json`, ''])
  if (!policy || !source) session.say([`${harmless(subject.file)}: ${rejectionOf(faults)}; no case was tried`])
  else if (read.cases.length > 0) {
    const rules = ruleSourceOf(policy, source)
    session.say(policyTestLines(results, cases.file, rules, session.paint, session.width))
  }
  return results.some(({ misses }) => misses.length > 0) ? exitCode('findings') : judge(args, findings)
}

/** How many doubts about cases are shown. */
const SHOWN = 20

const framesOf = ({ text }: Readable, findings: readonly Finding[], { paint, width }: Session): string[] => {
  const lines = linesOf(text ?? '')
  return findings.flatMap(finding => [...findingFrame(finding, lines, paint, width), ''])
}

const testJson = (
  subject: Readable,
  cases: Readable,
  results: readonly CaseResult[],
  findings: readonly Finding[]
): Record<string, unknown> => {
  const passed = results.filter(({ misses }) => misses.length === 0).length
  return resultOf('PolicyTest', {
    file: subject.file,
    cases: cases.file,
    passed,
    failed: results.length - passed,
    results: results.map(caseJson),
    findings
  })
}
