import type { Finding, Severity } from '../finding.ts'
import { formatPath, nodeAt, pairOf, pairStart, type Path, positionOf } from '../text/locate.ts'
import { positionAt, type Source } from '../text/source.ts'

type Mapping = Parameters<typeof pairOf>[0]

const isMapping = (node: unknown): node is Mapping =>
  typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)

/** What a finding about a policy says, apart from where. */
export interface Fault {
  readonly severity: Severity
  readonly code: string
  readonly message: string
  readonly remediation?: string
}

/** A finding about the value at a path of a policy. */
export const faultAt = (source: Source, path: Path, fault: Fault): Finding => ({
  ...fault,
  file: source.file,
  ...positionOf(source, path),
  ...(path.length === 0 ? {} : { field: formatPath(path) })
})

/** A finding about the key at a path of a policy. */
export const faultAtKey = (source: Source, path: Path, fault: Fault): Finding => ({
  ...faultAt(source, path, fault),
  ...positionOfKey(source, path)
})

const positionOfKey = (source: Source, path: Path): { line: number; column: number } => {
  const key = path.at(-1)
  const map = nodeAt(source.document, path.slice(0, -1))
  const pair = typeof key === 'string' && isMapping(map) ? pairOf(map, key) : undefined
  return pair ? positionAt(source.text, pairStart(pair)) : positionOf(source, path)
}

/** The 1-based line on which the first key of the mapping at a path stands. */
export const lineOfMapping = (source: Source, path: Path): number => {
  const map = nodeAt(source.document, path)
  const first = isMapping(map) ? map.items[0] : undefined
  if (first === undefined || !('key' in first)) return positionOf(source, path).line
  return positionAt(source.text, pairStart(first)).line
}
