import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq
} from 'yaml'
import { AuditError } from '../errors.ts'
import { blockScalarEnd, isBlockScalar } from './block-scalar.ts'
import { positionAt, type Source } from './source.ts'

/** Keys and indexes from the root of a document to a node. */
export type Path = readonly (string | number)[]

/** A path as people write it: `spec.containers[0].command[3]`. */
export const formatPath = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    if (step === '') return `${text}[""]`
    return text === '' ? step : `${text}.${step}`
  }, '')

const keyText = (pair: Pair): unknown => (isScalar(pair.key) ? pair.key.value : undefined)

/** The pair of a mapping that has this key; the last, where a policy has it twice. */
export const pairOf = (map: YAMLMap, key: string): Pair | undefined => map.items.findLast(pair => keyText(pair) === key)

/** The node at a path; undefined where a step leads nowhere. Aliases are not followed. */
export const nodeAt = (document: Document, path: Path): Node | null | undefined => {
  let node: unknown = document.contents
  for (const step of path) {
    if (typeof step === 'number') node = isSeq(node) ? node.items[step] : undefined
    else node = isMap(node) ? pairOf(node, step)?.value : undefined
    if (node === undefined) return undefined
  }
  return node as Node | null
}

/** The offset of what stands at a path, or of the nearest thing above it. */
export const offsetOf = (source: Source, path: Path): number => {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(source.document, path.slice(0, length))
    if (node?.range) return node.range[0]
  }
  return 0
}

/** The source position of what stands at a path, or of the nearest thing above it. */
export const positionOf = (source: Source, path: Path): { line: number; column: number } =>
  positionAt(source.text, offsetOf(source, path))

/** The source position of a key of the outermost mapping. */
export const positionOfKey = (source: Source, key: string): { line: number; column: number } => {
  const map: unknown = source.document.contents
  const pair = isMap(map) ? pairOf(map as YAMLMap, key) : undefined
  return pair ? positionAt(source.text, pairStart(pair)) : { line: 1, column: 1 }
}

/** The source position of the key at a path; of its mapping where it is written another way, as by a merge. */
export const positionOfKeyAt = (source: Source, path: Path): { line: number; column: number } => {
  const map = nodeAt(source.document, path.slice(0, -1))
  const pair = isMap(map) ? pairOf(map, String(path.at(-1))) : undefined
  return pair ? positionAt(source.text, pairStart(pair)) : positionOf(source, path)
}

/** The text of the scalar at a path; empty where none is written. */
export const textAt = (source: Source, path: Path): string => {
  const range = nodeAt(source.document, path)?.range
  return range ? source.text.slice(range[0], range[1]) : ''
}

/** Where a node's own text ends: behind its last character, before trailing blanks, comments and line ends. */
export const contentEnd = (source: Source, node: Node): number => {
  if (isMap(node) && !node.flow && node.items.length > 0) return pairEnd(source, node.items.at(-1) as Pair)
  if (isSeq(node) && !node.flow && node.items.length > 0) {
    const last = node.items.at(-1)
    const dash = dashes(node).at(-1)
    if (last === null || !isNode(last) || isEmpty(last)) return (dash ?? rangeOf(node)[0]) + 1
    return contentEnd(source, last)
  }
  return isScalar(node) && isBlockScalar(node) ? blockScalarEnd(source.text, node) : rangeOf(node)[1]
}

const isNode = (value: unknown): value is Node => isMap(value) || isSeq(value) || isScalar(value) || isAlias(value)

const isEmpty = (node: Node): boolean =>
  isScalar(node) && node.range !== undefined && node.range?.[0] === node.range?.[1]

const rangeOf = (node: Node): [number, number] => {
  if (!node.range) throw new AuditError('IMPOSSIBLE', 'a parsed node without a range')
  return [node.range[0], node.range[1]]
}

/** Where a pair begins: at the first character of its key, or of the tag or the anchor in front of it. */
export const pairStart = (pair: Pair): number => {
  if (!isNode(pair.key)) throw new AuditError('IMPOSSIBLE', 'a parsed pair without a key')
  const property = pair.srcToken?.start.find(({ type }) => type === 'tag' || type === 'anchor')
  return property?.offset ?? rangeOf(pair.key)[0]
}

/** The offset behind the colon of a pair, or behind its key where there is no colon. */
export const colonEnd = (pair: Pair): number => {
  const item = pair.srcToken
  const colon = item && 'sep' in item ? item.sep?.find(token => token.type === 'map-value-ind') : undefined
  if (colon) return colon.offset + 1
  if (!isNode(pair.key)) throw new AuditError('IMPOSSIBLE', 'a parsed pair without a key')
  return rangeOf(pair.key)[1]
}

/** Where a pair's own text ends, as {@link contentEnd}. */
export const pairEnd = (source: Source, pair: Pair): number =>
  isNode(pair.value) && !isEmpty(pair.value) ? contentEnd(source, pair.value) : propertyEnd(pair)

/** The offset behind the tag or anchor of a pair's value, or behind its colon: where a value would begin, were there none. */
export const propertyEnd = (pair: Pair): number => {
  const item = pair.srcToken
  const property =
    item && 'sep' in item ? item.sep?.findLast(({ type }) => type === 'tag' || type === 'anchor') : undefined
  return property && 'source' in property ? property.offset + property.source.length : colonEnd(pair)
}

/** The span of a pair's value; empty and behind the colon where the value is not written. */
export const valueSpan = (source: Source, pair: Pair): { start: number; end: number } => {
  const end = pairEnd(source, pair)
  const start = isNode(pair.value) && !isEmpty(pair.value) ? rangeOf(pair.value)[0] : end
  return { start, end }
}

/** The splice that puts a word for null, or nothing, in the place of a pair's value. */
export const replaceByNull = (
  source: Source,
  pair: Pair,
  text: string
): { start: number; end: number; text: string } => {
  const span = valueSpan(source, pair)
  return { ...span, start: text === '' ? colonEnd(pair) : span.start, text }
}

/** The offsets of the dashes of a block sequence, one for each item. */
export const dashes = (sequence: YAMLSeq): number[] => {
  const token = sequence.srcToken
  if (!token || token.type !== 'block-seq') return []
  return token.items.flatMap(item => item.start.find(start => start.type === 'seq-item-ind')?.offset ?? [])
}

/** The text span of a sequence's item or a mapping's pair. */
export const spanOf = (source: Source, item: unknown): [number, number] => {
  if (isPair(item)) return [pairStart(item), pairEnd(source, item)]
  if (!isNode(item)) throw new AuditError('IMPOSSIBLE', 'a parsed item that is no node')
  return [rangeOf(item)[0], contentEnd(source, item)]
}

/** The offset at which the line of an offset begins. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1

/** The offset at which the line of an offset ends: before its line break, or the end of the text. */
export const lineEnd = (text: string, offset: number): number => {
  const feed = text.indexOf('\n', offset)
  if (feed === -1) return text.length
  return feed > offset && text[feed - 1] === '\r' ? feed - 1 : feed
}

/** The column (0-based) of an offset; a byte order mark takes none. */
export const columnOf = (text: string, offset: number): number => {
  const start = lineStart(text, offset)
  return offset - start - (start === 0 && text.startsWith('\uFEFF') ? 1 : 0)
}
