import { type KubernetesVersion, NEWEST } from '../audit/version.ts'
import { errorFinding } from '../error-finding.ts'
import { AuditError } from '../errors.ts'
import { type Finding, sortFindings } from '../finding.ts'
import type { Workload } from '../pod/workloads.ts'
import { isForWindows, type JudgedPod, judgePod, type Unmet } from './judge-pod.ts'
import { type FilePart, isParsed, type ParsedDocument, parseDocuments, placeIn } from './parsed-document.ts'
import { NOTHING_KNOWN, optionsFor, type PatchOptions } from './patch-options.ts'
import { defaultedPod } from './pod-security/defaulted-pod.ts'
import { type PodSecurity, podSecurity } from './pod-security/pod-security.ts'

/** A finding about a workload; `fixable` where a patch mends it. */
export interface ImmutableFinding extends Finding {
  readonly fixable?: true
}

/** A workload with what keeps its containers from being immutable. */
export interface CheckedWorkload {
  readonly workload: Workload
  readonly line: number
  /** What the Pod Security Standards say of it. */
  readonly podSecurity: PodSecurity
  readonly findings: readonly ImmutableFinding[]
}

/** A file that was checked; `text` is null where it could not be read as text. */
export interface CheckedFile {
  readonly file: string
  readonly text: string | null
  /** All there is to say, the gravest first. */
  readonly findings: readonly ImmutableFinding[]
  readonly workloads: readonly CheckedWorkload[]
}

/** Checks every container of a file of manifests. What cannot be read is a finding. */
export const checkManifests = (text: string, file: string, version: KubernetesVersion = NEWEST): CheckedFile => {
  try {
    return { text, ...checkDocuments(parseDocuments(text, file), file, version, NOTHING_KNOWN) }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return { file, text, workloads: [], findings: [errorFinding(error, 'manifest', file)] }
  }
}

/** Checks every container of a file that is parsed, as {@link checkManifests}. */
export const checkDocuments = (
  parts: readonly FilePart[],
  file: string,
  version: KubernetesVersion,
  options: PatchOptions
): Omit<CheckedFile, 'text'> => {
  const workloads = parts
    .filter(isParsed)
    .flatMap(document => document.workloads.map(workload => checkWorkload(document, workload, version, options)))
  const findings = workloads.flatMap(each => each.findings)
  const nothing = workloads.length === 0 ? [noWorkload(file)] : []
  return { file, workloads, findings: sortFindings([...findings, ...nothing]) }
}

const noWorkload = (file: string): Finding => ({
  code: 'no-workload',
  severity: 'info',
  message: 'no pod, and nothing that makes pods, is in this file',
  file,
  line: 1,
  column: 1
})

const checkWorkload = (
  document: ParsedDocument,
  workload: Workload,
  version: KubernetesVersion,
  options: PatchOptions
): CheckedWorkload => {
  const judged = judgePod(workload, optionsFor(workload, options))
  const { file } = document.source
  return {
    workload,
    line: placeIn(document, workload.path).line ?? document.line,
    podSecurity: podSecurity(defaultedPod({ metadata: workload.podMetadata, spec: workload.spec }), version),
    findings: sortFindings([
      ...unmetOf(judged).map(unmet => ({ ...findingOf(unmet), file, ...placeIn(document, unmet.shortfall.path) })),
      ...judged.exceptions.faults.map(({ path, code, severity = 'warning', message, remediation }) => ({
        ...{ code, severity, message, remediation, file },
        ...placeIn(document, path)
      })),
      ...(isForWindows(workload) ? [{ ...windows, file, ...placeIn(document, workload.specPath) }] : [])
    ])
  }
}

const windows = {
  code: 'windows-pod',
  severity: 'info',
  message: 'a pod for Windows is not judged: the API server takes none of these settings for it'
} as const

/** Everything that is not met in a pod and its containers. */
export const unmetOf = ({ unmet, containers }: JudgedPod): Unmet[] => [
  ...unmet,
  ...containers.flatMap(container => container.unmet)
]

const findingOf = ({ requirement, shortfall, allowed, fix }: Unmet): Omit<ImmutableFinding, 'file'> => {
  const { message, remediation } = shortfall
  if (allowed !== undefined)
    return { code: 'allowed', severity: 'info', message: `${message}; allowed (${requirement.code}): ${allowed}` }
  const severity = shortfall.severity ?? requirement.severity
  if (fix && 'edits' in fix)
    return {
      code: requirement.code,
      severity,
      message,
      remediation: `${remediation}; immutable patch does it`,
      fixable: true
    }
  const left = fix ? `; immutable patch leaves it: ${fix.refused}` : ''
  return { code: requirement.code, severity, message, remediation: `${remediation}${left}` }
}
