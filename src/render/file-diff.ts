import { sha256 } from '../sha256.ts'
import { redactKubeconfig } from '../audit/redact-kubeconfig.ts'
import type { FileState, PlannedFile } from '../plan/change.ts'
import { unifiedDiff } from '../text/unified-diff.ts'

/** The text of a file's state as it may be shown: the values of a sensitive one are taken out. */
const shownText = (file: PlannedFile, state: FileState | null): string | null => {
  if (!state) return null
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(state.bytes)
  return file.isSensitive ? redactKubeconfig(text) : text
}

/** The unified diff of a planned file. */
export const fileDiff = (file: PlannedFile): string =>
  unifiedDiff(file.path, shownText(file, file.before), shownText(file, file.after))

const hashOf = (state: FileState | null): string | null => state && sha256(state.bytes)

/** A planned file for JSON: the texts of a sensitive one are null and their hashes given instead. */
export const fileJson = (file: PlannedFile): Record<string, unknown> => ({
  path: file.path,
  before: file.isSensitive ? null : shownText(file, file.before),
  after: file.isSensitive ? null : shownText(file, file.after),
  ...(file.isSensitive ? { sensitive: true, sha256: { before: hashOf(file.before), after: hashOf(file.after) } } : {}),
  unified: fileDiff(file)
})
