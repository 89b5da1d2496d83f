import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  visit,
  type YAMLMap
} from 'yaml'
import { AuditError } from '../errors.ts'
import type { Path } from './locate.ts'
import { positionAt, type Source } from './source.ts'

/** A text's value as Kubernetes' Go code has it, and the paths of keys that stand twice, of which the last counts. */
export interface GoValue {
  readonly value: unknown
  readonly duplicates: readonly Path[]
}

/** How many nodes were read, in all and through aliases: a few lines may stand for millions of nodes. */
interface Counts {
  nodes: number
  aliased: number
}

interface Reader {
  readonly source: Source
  readonly counts: Counts
  readonly duplicates: Path[]
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>
  /** The aliases that are being followed. */
  readonly open: readonly unknown[]
}

/**
 * Turns a parsed text into the value that sigs.k8s.io/yaml makes of it on its way to JSON (goyaml.v2/decode.go, yaml.go):
 * keys become strings, a merge stands where it is written, the last of equal keys wins. Throws BROKEN_YAML where it gives
 * up: a key that is null or a collection, a number that JSON lacks, an alias to itself or too many of them.
 */
export const goValueOf = (source: Source): GoValue => {
  const duplicates: Path[] = []
  const reader = { source, counts: { nodes: 0, aliased: 0 }, duplicates, targets: targetsOf(source), open: [] }
  return { value: read(reader, source.document.contents, []), duplicates }
}

// an anchor may be set again, and an alias means the last one before it
const targetsOf = ({ document }: Source): ReadonlyMap<Alias, Node> => {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node)
        return
      }
      const target = anchors.get(node.source)
      if (target) targets.set(node, target)
    }
  })
  return targets
}

const fail = (source: Source, node: unknown, message: string): never => {
  const range = (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) && node.range
  const position = positionAt(source.text, range ? range[0] : 0)
  throw new AuditError('BROKEN_YAML', message, { path: source.file, position })
}

const read = (reader: Reader, node: unknown, path: Path): unknown => {
  count(reader, node)
  if (isAlias(node)) {
    const target = reader.targets.get(node)
    if (target === undefined) return fail(reader.source, node, `no anchor &${node.source} stands before this alias`)
    if (reader.open.includes(target)) return fail(reader.source, node, `the anchor &${node.source} contains itself`)
    return read({ ...reader, open: [...reader.open, target] }, target, path)
  }
  if (isMap(node)) {
    const entries = new Map<string, unknown>()
    readMap(reader, node, path, entries)
    return Object.fromEntries(entries)
  }
  if (isSeq(node)) return node.items.map((item, index) => read(reader, item, [...path, index]))
  return isScalar(node) ? readScalar(reader, node) : null
}

// the limits of goyaml.v2/decode.go, unmarshal and allowedAliasRatio
const count = ({ source, counts, open }: Reader, node: unknown): void => {
  counts.nodes += 1
  if (open.length > 0) counts.aliased += 1
  if (counts.aliased <= 100 || counts.nodes <= 1000) return
  const share = (counts.nodes - 400_000) / (4_000_000 - 400_000)
  const allowed = 0.99 - 0.89 * Math.min(1, Math.max(0, share))
  if (counts.aliased / counts.nodes > allowed) fail(source, node, 'the aliases stand for too many nodes')
}

const readScalar = ({ source }: Reader, node: Scalar): unknown => {
  const { value } = node
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return fail(source, node, `JSON, into which policies are turned, has no ${String(node.source)}`)
  }
  if (node.tag === 'tag:yaml.org,2002:binary' && typeof value === 'string') return readBinary(source, node, value)
  return typeof value === 'bigint' ? Number(value) : value
}

const readBinary = (source: Source, node: Scalar, text: string): string => {
  const digits = text.replace(/[\r\n]/g, '')
  const isBase64 = digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits)
  return isBase64 ? Buffer.from(digits, 'base64').toString('utf8') : fail(source, node, '!!binary wants base64')
}

const isMerge = (key: unknown): boolean =>
  isScalar(key) && (key.source === '<<' || key.value === '<<') && (key.type === 'PLAIN' || key.type === undefined)

const readMap = (reader: Reader, map: YAMLMap, path: Path, entries: Map<string, unknown>): void => {
  for (const pair of map.items) {
    if (isMerge(pair.key)) {
      merge(reader, pair.value, path, entries)
      continue
    }
    const key = readKey(reader, pair)
    const value = read(reader, pair.value, [...path, key])
    if (entries.has(key)) reader.duplicates.push([...path, key])
    entries.set(key, value)
  }
}

const merge = (reader: Reader, value: unknown, path: Path, entries: Map<string, unknown>): void => {
  // of several the earlier one wins, and so comes last
  for (const item of isSeq(value) ? [...value.items].reverse() : [value]) {
    const target = isAlias(item) ? reader.targets.get(item) : item
    if (!isMap(target)) return fail(reader.source, item, 'a mapping is wanted behind <<')
    if (reader.open.includes(target)) return fail(reader.source, item, 'the anchor contains itself')
    const open = isAlias(item) ? [...reader.open, target] : reader.open
    count({ ...reader, open }, item)
    readMap({ ...reader, open }, target, path, entries)
  }
}

const readKey = (reader: Reader, { key }: Pair): string => {
  const value = read(reader, key, [])
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return fail(reader.source, key, value === null ? 'null cannot be a key' : 'a collection cannot be a key')
}
