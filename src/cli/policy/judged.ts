import type { KubernetesVersion } from '../../audit/version.ts'
import { AuditError } from '../../errors.ts'
import { type Finding, SEVERITIES } from '../../finding.ts'
import { type DecodedPolicy, decodePolicy } from '../../policy/decode.ts'
import { errorFinding } from '../../error-finding.ts'
import type { Policy } from '../../policy/policy.ts'
import type { GoSource } from '../../text/go-source.ts'
import { exitCode } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import type { NamedText } from '../../plan/enable.ts'
import { readPolicyText } from './policy-text.ts'

/** A text that was read, or what is wrong with it; `text` is null where it is none. */
export interface Readable {
  readonly file: string
  readonly text: string | null
  readonly findings: readonly Finding[]
}

/**
 * Reads what a command is to judge: what is no text, or too much of it, is a finding. Throws where it cannot be opened.
 */
export const readToJudge = (given: string, io: Io): Readable => {
  try {
    const { name, text } = readPolicyText(given, io)
    return { file: name, text, findings: [] }
  } catch (error) {
    if (!(error instanceof AuditError) || !UNREADABLE.includes(error.code)) throw error
    const file = error.path ?? given
    return { file, text: null, findings: [errorFinding(error, 'policy', file)] }
  }
}

const UNREADABLE: readonly string[] = ['NOT_UTF8', 'TOO_LARGE']

/** A policy to be judged, null with findings where the API server would not start with it. */
export const decodeToJudge = ({ file, text, findings }: Readable, version: KubernetesVersion): DecodedPolicy =>
  text === null ? { policy: null, lenient: false, findings, source: null } : decodePolicy(text, file, version)

/** A policy to be worked with. Throws BAD_POLICY with all findings where the API server would not start with it. */
export const decodeToUse = (
  { name, text }: NamedText,
  version: KubernetesVersion
): DecodedPolicy & { readonly policy: Policy; readonly source: GoSource } => {
  const decoded = decodePolicy(text, name, version)
  const { policy, findings, source } = decoded
  if (policy && source) return { ...decoded, policy, source }
  const [first] = findings.filter(({ severity }) => severity === 'error')
  const { line = 1, column = 1 } = first ?? {}
  throw new AuditError('BAD_POLICY', first?.message ?? 'kube-apiserver would not start with this policy', {
    path: name,
    position: { line, column },
    findings
  })
}

/** The exit code for findings, by `--fail-on`. */
export const judge = (args: Args, findings: readonly Finding[]): number => {
  const mildest = SEVERITIES.findIndex(severity => severity === (args.text('fail-on') ?? 'error'))
  const fails = findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= mildest)
  return exitCode(fails ? 'findings' : 'done')
}
