import { type KubernetesVersion, NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import { LINT_RULES, lintPolicy } from '../../policy/lint.ts'
import { jsonLine } from '../../render/json-line.ts'
import { resultOf } from '../../render/result.ts'
import { type LintedFile, policyLintLines } from '../../render/policy-lint.ts'
import { sarifOf } from '../../render/sarif.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { VERSION } from '../version.ts'
import { judge, type Readable, readToJudge } from './judged.ts'

/** Lints the policies of `policy lint` and gives the exit code. */
export const lintFiles = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  const version = kubernetesVersionOf(args) ?? NEWEST
  if (args.positionals.filter(given => given === '-').length > 1)
    throw new AuditError('USAGE', 'standard input (-) can be read only once')
  const files = args.positionals.map(given => readToJudge(given, io)).map(each => lintText(each, version))
  const findings = files.flatMap(file => file.findings)
  session.give(() => resultOf('PolicyLint', { files: files.map(({ text: _, ...rest }) => rest) }))
  if (session.isSarif) io.out(jsonLine(sarifOf(findings, LINT_RULES, VERSION)))
  const blocks = files.map(file => policyLintLines([file], session.paint, session.width))
  session.say(blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])))
  return judge(args, findings)
}

const lintText = ({ file, text, findings }: Readable, version: KubernetesVersion): LintedFile => ({
  file,
  text,
  ...(text === null ? { accepted: false, lenient: false, findings } : lintPolicy(text, file, version))
})
