import type { Finding, Severity } from '../finding.ts'
import { formatPath, nodeAt, pairOf, pairStart, type Path, positionOf } from '../text/locate.ts'
import { positionAt, type Source } from '../text/source.ts'

type MapNode = Parameters<typeof pairOf>[0]

const isMapNode = (node: unknown): node is MapNode =>
  typeof node === 'object' && node !== null && Object.prototype.toString.call(node) === '[object Object]' && 'set' in node

/** A finding about the value at a path of a policy. */
export const faultAt = (
  source: Source,
  path: Path,
  severity: Severity,
  code: string,
  message: string,
  remediation?: string
): Finding => ({
  code,
  severity,
  message,
  file: source.file,
  ...positionOf(source, path),
  ...(path.length === 0 ? {} : { field: formatPath(path) }),
  ...(remediation === undefined ? {} : { remediation })
})

/** Where the key of a path stands; where it has none of its own (a list item, an alias), where its value stands. */
export const positionOfKey = (source: Source, path: Path): { line: number; column: number } => {
  const key = path.at(-1)
  const map = nodeAt(source.document, path.slice(0, -1))
  const pair = typeof key === 'string' && isPairHolder(map) ? pairOf(map, key) : undefined
  return pair ? positionAt(source.text, pairStart(pair)) : positionOf(source, path)
}
