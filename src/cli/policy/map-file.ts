import { NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import { isSameLocalFile } from '../../host/local-files.ts'
import { writeLocalFile } from '../../host/write-local-file.ts'
import { resultOf } from '../../render/result.ts'
import { harmless } from '../../render/paint.ts'
import { policyMapHtml } from '../../render/policy-map.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { decodeToUse } from './judged.ts'
import { readPolicyText } from './policy-text.ts'

/** Writes the page of `policy map`. */
export const mapFile = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  const out = args.text('html')
  if (out === undefined || out === '') throw new AuditError('USAGE', '--html: a file to write is wanted')
  const isOnStdout = out === '-'
  if (isOnStdout && session.isJson) throw new AuditError('USAGE', 'give --html - or -o json, not both')
  const given = args.positionals[0] ?? ''
  if (isSameLocalFile(given, out)) throw new AuditError('USAGE', `--html: ${out} is the policy itself`)
  const named = readPolicyText(given, io)
  const { policy } = decodeToUse(named, kubernetesVersionOf(args) ?? NEWEST)
  const page = policyMapHtml(policy, named.name, named.text)
  if (isOnStdout) {
    io.out(page)
    return 0
  }
  writeLocalFile(out, page)
  session.give(() =>
    resultOf('PolicyMap', { file: named.name, html: out, rules: policy.rules.length, bytes: Buffer.byteLength(page) })
  )
  session.say([`${harmless(out)} shows who is recorded at which level; open it in a browser`])
  return 0
}
