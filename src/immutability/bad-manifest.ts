import { AuditError } from '../errors.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'
import type { Source } from '../text/source.ts'

/** The error for a field in whose place something else stands, as a text where a list is wanted. */
export const badManifest = (source: Source, path: Path, wanted: string): AuditError =>
  new AuditError('BAD_MANIFEST', `${formatPath(path)} is no ${wanted}`, {
    path: source.file,
    position: positionOf(source, path)
  })
