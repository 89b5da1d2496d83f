import { AuditError } from '../errors.ts'
import { resolveScalar } from './go-yaml/resolve.ts'
import type { GoNode, GoPair } from './go-yaml/tree.ts'
import type { Path } from './locate.ts'
import { DEEPEST, tooDeep, withinStack } from './nesting.ts'
import { positionAt } from './source.ts'

/** A value as Kubernetes' Go code has it, and the paths of keys that stand twice, of which the last counts. */
export interface GoValue {
  readonly value: unknown
  readonly duplicates: readonly Path[]
}

interface Reader {
  readonly file: string
  readonly text: string
  /** How many nodes were read, in all and through aliases: a few lines may stand for millions of nodes. */
  readonly counts: { nodes: number; aliased: number }
  readonly duplicates: Path[]
  /** The aliases that are being followed. */
  readonly open: readonly GoNode[]
}

/**
 * Turns a parsed text into the value that sigs.k8s.io/yaml makes of it on its way to JSON (goyaml.v2/decode.go, yaml.go):
 * keys become strings, a merge stands where it is written, the last of equal keys wins. Throws BROKEN_YAML where it gives
 * up: a key that is null or a collection, a number that JSON lacks, an alias to itself or too many of them; TOO_DEEP.
 */
export const goValueOf = (root: GoNode | null, text: string, file: string): GoValue => {
  const duplicates: Path[] = []
  const reader = { file, text, counts: { nodes: 0, aliased: 0 }, duplicates, open: [] }
  return { value: root === null ? null : withinStack(file, () => read(reader, root, [])), duplicates }
}

const refuse = ({ file, text }: Reader, node: GoNode, message: string): never => {
  throw new AuditError('BROKEN_YAML', message, { path: file, position: positionAt(text, node.start) })
}

const read = (reader: Reader, node: GoNode, path: Path): unknown => {
  count(reader, node)
  // deeper than the text, through aliases
  if (path.length > DEEPEST) throw tooDeep(reader.file, { position: positionAt(reader.text, node.start) })
  switch (node.kind) {
    case 'alias':
      if (reader.open.includes(node.target)) return refuse(reader, node, 'an anchor contains itself')
      return read({ ...reader, open: [...reader.open, node.target] }, node.target, path)
    case 'list':
      return node.items.map((item, index) => read(reader, item, [...path, index]))
    case 'map': {
      const entries = new Map<string, unknown>()
      readPairs(reader, node.pairs, path, entries)
      return Object.fromEntries(entries)
    }
    case 'scalar': {
      const value = readScalar(reader, node)
      if (typeof value !== 'number' || Number.isFinite(value)) return value
      return refuse(reader, node, `JSON, into which the text is turned, has no ${node.value}`)
    }
    default:
      return node satisfies never
  }
}

// the limits of goyaml.v2/decode.go, unmarshal and allowedAliasRatio
const count = (reader: Reader, node: GoNode): void => {
  const { counts, open } = reader
  counts.nodes += 1
  if (open.length > 0) counts.aliased += 1
  if (counts.aliased <= 100 || counts.nodes <= 1000) return
  const share = (counts.nodes - 400_000) / (4_000_000 - 400_000)
  const allowed = 0.99 - 0.89 * Math.min(1, Math.max(0, share))
  if (counts.aliased / counts.nodes > allowed) refuse(reader, node, 'the aliases stand for too many nodes')
}

const readScalar = (reader: Reader, node: GoNode & { kind: 'scalar' }): unknown => {
  const { value, tag, isImplicit } = node
  if (tag === 'tag:yaml.org,2002:binary') return readBinary(reader, node)
  if (tag === '' && !isImplicit) return value
  const resolved = resolveScalar(value, tag)
  return resolved ? resolved.value : refuse(reader, node, `${JSON.stringify(value)} is not what its tag says`)
}

const readBinary = (reader: Reader, node: GoNode & { kind: 'scalar' }): string => {
  const digits = node.value.replace(/[\r\n]/g, '')
  const isBase64 = digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits)
  return isBase64 ? Buffer.from(digits, 'base64').toString('utf8') : refuse(reader, node, '!!binary wants base64')
}

const MERGE_TAG = 'tag:yaml.org,2002:merge'

const isMerge = (key: GoNode): boolean =>
  key.kind === 'scalar' && key.value === '<<' && (key.isImplicit || key.tag === MERGE_TAG)

const readPairs = (reader: Reader, pairs: readonly GoPair[], path: Path, entries: Map<string, unknown>): void => {
  for (const { key: keyNode, value: node } of pairs) {
    if (isMerge(keyNode)) {
      merge(reader, node, path, entries)
      continue
    }
    const key = readKey(reader, keyNode)
    const value = read(reader, node, [...path, key])
    if (entries.has(key)) reader.duplicates.push([...path, key])
    entries.set(key, value)
  }
}

const merge = (reader: Reader, value: GoNode, path: Path, entries: Map<string, unknown>): void => {
  // of several the earlier one wins, and so comes last
  for (const item of value.kind === 'list' ? [...value.items].reverse() : [value]) {
    const target = item.kind === 'alias' ? item.target : item
    if (target.kind !== 'map') return refuse(reader, item, 'a mapping is wanted behind <<')
    if (reader.open.includes(target)) return refuse(reader, item, 'an anchor contains itself')
    const open = item.kind === 'alias' ? [...reader.open, target] : reader.open
    count(reader, item)
    if (item.kind === 'alias') count({ ...reader, open }, target)
    readPairs({ ...reader, open }, target.pairs, path, entries)
  }
}

const readKey = (reader: Reader, node: GoNode): string => {
  const key = keyOf(node)
  if (key !== undefined) {
    count(reader, node)
    return key
  }
  // what a key cannot be may be found deeper in it
  const value = read(reader, node, [])
  if (typeof value === 'string') return value
  return refuse(reader, node, value === null ? 'null cannot be a key' : 'a collection cannot be a key')
}

/** The key that a scalar is, as sigs.k8s.io/yaml writes it; undefined for what cannot be one or must be looked up. */
export const keyOf = (node: GoNode): string | undefined => {
  if (node.kind === 'alias') return node.target.kind === 'scalar' ? keyOf(node.target) : undefined
  if (node.kind !== 'scalar' || node.tag === 'tag:yaml.org,2002:binary') return undefined
  if (node.tag === '' && !node.isImplicit) return node.value
  const value = resolveScalar(node.value, node.tag)?.value
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? '.nan' : value < 0 ? '-.inf' : '.inf'
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}
