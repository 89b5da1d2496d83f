import type { Position } from '../errors.ts'
import type { Finding, Severity } from '../finding.ts'
import { goNodeAt, goOffsetOf, goPairAt, type GoSource } from '../text/go-source.ts'
import { formatPath, nodeAt, offsetOf, pairOf, pairStart, type Path } from '../text/locate.ts'
import { lineTable, positionAt, type Source } from '../text/source.ts'

/** A text that was parsed as the API server does, or one of ours. */
export type PolicyText = GoSource | Source

type Mapping = Parameters<typeof pairOf>[0]

const isMapping = (node: unknown): node is Mapping =>
  typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)

const offsetIn = (source: PolicyText, path: Path): number =>
  'root' in source ? goOffsetOf(source, path) : offsetOf(source, path)

const positionIn = (source: PolicyText, path: Path): Position => positionAt(source.text, offsetIn(source, path))

/** What a finding about a policy says, apart from where. */
export interface Fault {
  readonly severity: Severity
  readonly code: string
  readonly message: string
  readonly remediation?: string
}

/** A finding about the value at a path of a policy. */
export const faultAt = (source: PolicyText, path: Path, fault: Fault): Finding => ({
  ...fault,
  file: source.file,
  ...positionIn(source, path),
  ...(path.length === 0 ? {} : { field: formatPath(path) })
})

/** A finding about the key at a path of a policy. */
export const faultAtKey = (source: PolicyText, path: Path, fault: Fault): Finding => ({
  ...faultAt(source, path, fault),
  ...positionOfKey(source, path)
})

const positionOfKey = (source: PolicyText, path: Path): Position => {
  const start = keyStart(source, path)
  return start === undefined ? positionIn(source, path) : positionAt(source.text, start)
}

const keyStart = (source: PolicyText, path: Path): number | undefined => {
  const key = path.at(-1)
  if (typeof key !== 'string') return undefined
  if ('root' in source) return goPairAt(source, path)?.key.start
  const map = nodeAt(source.document, path.slice(0, -1))
  const pair = isMapping(map) ? pairOf(map, key) : undefined
  return pair && pairStart(pair)
}

/** A function that gives the 1-based line on which the first key of the mapping at a path stands. */
export const mappingLines = (source: PolicyText): ((path: Path) => number) => {
  const lineAt = lineTable(source.text)
  return path => lineAt(mappingStart(source, path) ?? offsetIn(source, path))
}

const mappingStart = (source: PolicyText, path: Path): number | undefined => {
  if ('root' in source) {
    const node = goNodeAt(source, path)
    return node?.kind === 'map' ? node.pairs[0]?.key.start : undefined
  }
  const map = nodeAt(source.document, path)
  const first = isMapping(map) ? map.items[0] : undefined
  return first !== undefined && 'key' in first ? pairStart(first) : undefined
}

/** The 1-based line on which the first key of the mapping at a path stands. */
export const lineOfMapping = (source: PolicyText, path: Path): number => mappingLines(source)(path)
