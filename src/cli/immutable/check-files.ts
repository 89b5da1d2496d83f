import { type KubernetesVersion, NEWEST } from '../../audit/version.ts'
import { errorFinding } from '../../error-finding.ts'
import { AuditError } from '../../errors.ts'
import { type CheckedFile, checkManifests } from '../../immutability/check.ts'
import { FINDING_KINDS } from '../../immutability/finding-kinds.ts'
import { immutableCheckJson, immutableCheckLines } from '../../render/immutable-check.ts'
import { jsonLine } from '../../render/json-line.ts'
import { resultOf } from '../../render/result.ts'
import { sarifOf } from '../../render/sarif.ts'
import type { Io } from '../io.ts'
import { kubernetesVersionOf } from '../kubernetes-version.ts'
import type { Args } from '../options.ts'
import { judge } from '../policy/judged.ts'
import { sessionOf } from '../session.ts'
import { VERSION } from '../version.ts'
import { type ManifestFile, manifestFilesOf, readManifests } from './manifest-files.ts'

/** Checks the containers of `immutable check` and gives the exit code. */
export const checkFiles = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  const version = kubernetesVersionOf(args) ?? NEWEST
  const files = manifestFilesOf(args.positionals)
    .map(file => ({ isFound: file.isFound, ...checkFile(file, version, io) }))
    .filter(({ isFound, findings }) => !isFound || findings.some(({ code }) => code !== 'no-workload'))
  const findings = files.flatMap(file => file.findings)
  session.give(() => resultOf('ImmutableResult', { files: files.map(immutableCheckJson) }))
  if (session.isSarif) io.out(jsonLine(sarifOf(findings, FINDING_KINDS, VERSION)))
  session.say(immutableCheckLines(files, session.paint, session.width))
  return judge(args, findings)
}

const checkFile = ({ name }: ManifestFile, version: KubernetesVersion, io: Io): CheckedFile => {
  try {
    const { file, text } = readManifests(name, io)
    return checkManifests(text, file, version)
  } catch (error) {
    if (!(error instanceof AuditError) || !['NOT_UTF8', 'TOO_LARGE'].includes(error.code)) throw error
    const file = error.path ?? name
    return { file, text: null, workloads: [], findings: [errorFinding(error, 'manifest', file)] }
  }
}
