import { AuditError } from '../../errors.ts'
import { type ParsedDocument, isParsed, parseDocuments, placeIn } from '../../immutability/parsed-document.ts'
import { type PodSubject, subjectOf } from '../../immutability/subject.ts'
import type { HostPath } from '../../paths.ts'
import type { Workload } from '../../pod/workloads.ts'
import type { Path } from '../../text/locate.ts'
import type { Shortfall } from '../drill.ts'
import type { Seen } from '../seen.ts'
import { refusalOf } from './workload-refusal.ts'

/** A workload in a file of the node. */
export interface FiledWorkload {
  readonly file: HostPath
  readonly document: ParsedDocument
  readonly workload: Workload
  readonly pod: PodSubject
}

/** The workloads of a file's text, or why there are none to be had. */
export const workloadsIn = (text: string, file: HostPath): readonly FiledWorkload[] | Shortfall => {
  try {
    return parseDocuments(text, file)
      .filter(isParsed)
      .flatMap(document => document.workloads.map(workload => ({ file, document, workload, pod: subjectOf(workload) })))
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return { code: 'manifest-unreadable', found: error.message, file, ...error.position }
  }
}

/** The one workload of a file of the node, or why the API server would not take it. */
export const workloadIn = (seen: Seen, file: HostPath): FiledWorkload | Shortfall => {
  const text = seen.text(file)
  if (text === null) return { code: 'file-missing', found: `${file} is not there`, file }
  const found = workloadsIn(text, file)
  if ('code' in found) return found
  const [first, second] = found
  if (!first) return { code: 'no-workload', found: 'no pod, and nothing that makes pods, is in this file', file }
  if (second) return shortfallAt(second, second.workload.path, 'second-workload', 'a second workload is in this file')
  return refusalOf(first)
}

/** What falls short, told at a place in the workload's file: that of the innermost mapping around it where it is not written. */
export const shortfallAt = (
  { document, file }: Pick<FiledWorkload, 'document' | 'file'>,
  path: Path,
  code: string,
  found: string
): Shortfall => {
  const { field: _, ...place } = placeIn(document, path)
  return { code, found, file, ...place }
}
