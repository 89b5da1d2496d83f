import type { Request } from '../../audit/request.ts'
import { NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import { compilePolicy } from '../../policy/compile.ts'
import { evaluate } from '../../policy/evaluate.ts'
import { explain } from '../../policy/explanation.ts'
import type { Policy } from '../../policy/policy.ts'
import { jsonLine } from '../../render/json-line.ts'
import { resultOf } from '../../render/result.ts'
import { explanationLines, verdictLine } from '../../render/policy-explanation.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import type { Args } from '../options.ts'
import { type Session, sessionOf } from '../session.ts'
import { decodeToUse } from './judged.ts'
import { readPolicyText } from './policy-text.ts'
import { requestLines } from './request-lines.ts'
import { formOf, requestOfOptions } from './request-options.ts'
import { ruleSourceOf } from './rule-source.ts'

/** Tells what a policy does with the requests of `policy explain`, and why. */
export const explainRequests = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const form = formOf(args)
  const version = kubernetesVersionOf(args) ?? NEWEST
  if (args.positionals[0] === '-' && [args.text('event'), args.text('requests')].includes('-'))
    throw new AuditError('USAGE', 'standard input (-) can be read only once')
  const named = readPolicyText(args.positionals[0] ?? '', io)
  const { policy, source } = decodeToUse(named, version)
  if (form === 'requests') {
    await explainMany(policy, requestLines(args.text('requests') ?? '', io, session), session, io)
    return 0
  }
  const request = requestOfOptions(form, args, io, session, policy)
  const explanation = explain(policy, request, each => evaluate(policy, each))
  session.give(() => resultOf('Explanation', { ...explanation }))
  session.say(explanationLines(request, explanation, ruleSourceOf(policy, source), session.paint, session.width))
  return 0
}

const BATCH = 65_536

// as it comes in it goes out: memory does not grow with the number of requests
const explainMany = async (policy: Policy, requests: Iterable<Request>, session: Session, io: Io): Promise<void> => {
  const decide = compilePolicy(policy)
  let batch = ''
  try {
    for (const request of requests) {
      const explanation = explain(policy, request, decide)
      batch += session.isJson
        ? jsonLine(resultOf('Explanation', { ...explanation }))
        : `${verdictLine(request, explanation, session.paint)}\n`
      if (batch.length < BATCH) continue
      io.out(batch)
      batch = ''
      if (!io.isRead()) return
    }
  } finally {
    if (batch !== '') io.out(batch)
  }
}
