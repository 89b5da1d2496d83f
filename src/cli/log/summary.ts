import { NEWEST } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import { isSameLocalFile } from '../../host/local-files.ts'
import { writeLocalFile } from '../../host/write-local-file.ts'
import type { LogFile } from '../../host/log-bytes.ts'
import { type Summary, summaryOf } from '../../logs/summary.ts'
import type { Policy } from '../../policy/policy.ts'
import { countLogs } from '../../pool/count-logs.ts'
import { COUNTINGS } from '../../pool/countings.ts'
import { logSummaryLines } from '../../render/log-summary.ts'
import { harmless } from '../../render/paint.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import type { Args } from '../options.ts'
import { decodeToUse } from '../policy/judged.ts'
import { readPolicyText } from '../policy/policy-text.ts'
import { countOf, type Session, sessionOf } from '../session.ts'
import { findingsOfLogs, logFilesOf, nameOfLog, refuseNoEvents, threadsOf } from './log-files.ts'
import { readProgress } from './read-progress.ts'

/** Tells what logs say in sum: on the screen, as JSON, or as a page. */
export const summarizeLogs = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const top = countOf(args, 'top')
  if (top === 0) throw new AuditError('USAGE', '--top: at least 1 is wanted, found 0')
  if ([args.text('policy'), ...args.positionals].filter(name => name === '-').length > 1)
    throw new AuditError('USAGE', 'standard input (-) can be read only once')
  const policy = policyOf(args, io)
  const files = logFilesOf(args, io)
  const out = pageOf(args, session, files)
  const { part, badLines, logFindings } = await count(args, io, session, { files, policy })
  const summarize = (rows: number): Summary => {
    const summary = summaryOf(part, { top: rows, ...(policy ? { rules: policy.policy.rules } : {}) })
    return { ...summary, findings: [...summary.findings, ...logFindings] }
  }
  const about = { name: nameOf(files), badLines, ...(policy ? { policy: policy.name } : {}) }
  if (out !== undefined) {
    const { logSummaryHtml, PAGE_ROWS } = await import('../../render/log-summary-html.ts')
    const page = logSummaryHtml(summarize(Math.min(top ?? PAGE_ROWS, PAGE_ROWS)), about)
    if (out === '-') {
      io.out(page)
      return 0
    }
    writeLocalFile(out, page)
    session.say([`${harmless(out)} shows what the log says; open it in a browser`])
  }
  session.give(() => summaryJson(summarize(top ?? JSON_ROWS), about, out))
  if (out === undefined) session.say(logSummaryLines(summarize(top ?? LINES_ROWS), about, session))
  return 0
}

// how many rows of each table there are where nobody says
const LINES_ROWS = 5
const JSON_ROWS = 100

interface NamedPolicy {
  readonly name: string
  readonly policy: Policy
}

const policyOf = (args: Args, io: Io): NamedPolicy | undefined => {
  const given = args.text('policy')
  if (given === undefined) return undefined
  const named = readPolicyText(given, io)
  return { name: named.name, policy: decodeToUse(named, kubernetesVersionOf(args) ?? NEWEST).policy }
}

const pageOf = (args: Args, { isJson }: Session, files: readonly LogFile[]): string | undefined => {
  const out = args.text('html')
  if (out === '') throw new AuditError('USAGE', '--html: a file to write is wanted')
  if (out === '-' && isJson) throw new AuditError('USAGE', 'give --html - or -o json, not both')
  if (out !== undefined && out !== '-' && files.some(({ path }) => path !== '-' && isSameLocalFile(path, out)))
    throw new AuditError('USAGE', `--html: ${out} is the log itself`)
  return out
}

const count = async (
  args: Args,
  io: Io,
  session: Session,
  { files, policy }: { readonly files: readonly LogFile[]; readonly policy: NamedPolicy | undefined }
) => {
  const sizes = files.map(({ size, isCompressed }) => (isCompressed ? null : size))
  const total = sizes.some(size => size === null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  const progress = readProgress(session, io, total, () => performance.now())
  const { counts, readings } = await countLogs('summary', COUNTINGS.summary, policy?.policy ?? null, files, {
    isStrict: args.has('strict'),
    threads: threadsOf(args),
    input: io.input,
    onRead: progress.onRead
  }).finally(progress.close)
  const logFindings = findingsOfLogs(files, readings)
  refuseNoEvents(
    counts.stages.reduce((sum, { events }) => sum + events, 0),
    logFindings
  )
  return { part: counts, logFindings, badLines: readings.reduce((sum, each) => sum + each.badLines, 0) }
}

const nameOf = (files: readonly LogFile[]): string => {
  const [first] = files
  const name = nameOfLog(first?.path ?? '')
  return files.length < 2 ? name : `${name} and ${files.length - 1} more`
}

const summaryJson = (
  { policy, ...summary }: Summary,
  about: { readonly policy?: string; readonly badLines: number },
  html: string | undefined
): Record<string, unknown> =>
  resultOf('LogSummary', {
    badLines: about.badLines,
    ...summary,
    ...(policy && about.policy !== undefined ? { policy: { file: about.policy, ...policy } } : {}),
    ...(html === undefined ? {} : { html })
  })
