import { isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { AuditError } from '../errors.ts'
import { blockScalarAt, blockScalarBefore, shapeOf } from './block-scalar.ts'
import type { Splice } from './splice.ts'
import {
  colonEnd,
  columnOf,
  dashes,
  lineEnd,
  lineStart,
  nodeAt,
  pairEnd,
  pairOf,
  pairStart,
  propertyEnd,
  type Path,
  replaceByNull,
  spanOf,
  valueSpan
} from './locate.ts'
import { positionAt, type Source } from './source.ts'
import { eolAt, type Style, styleOf } from './style.ts'
import type { Operation, Value } from './value.ts'
import { writeFlow, writeItem, writePair } from './write-value.ts'

/**
 * What is inserted goes behind the last character of the line in front of it, with its line break before it, and what is
 * removed goes with the line break before it: so removing what was inserted gives the old bytes back, whether or not the
 * text ends with a line break.
 */
const insertAfterLine = (source: Source, offset: number, text: string): Splice => {
  const end = lineEnd(source.text, offset)
  // a line break behind a block scalar that has none at the end of the text would be a part of it
  const scalar = end === source.text.length ? blockScalarBefore(source.text, source.document, end) : undefined
  if (scalar && shapeOf(source.text, scalar).chomping !== '-') {
    throw new AuditError('BAD_MANIFEST', 'a block scalar ends the text without a line break; one is wanted', {
      path: source.file,
      position: positionAt(source.text, scalar.range?.[0] ?? 0)
    })
  }
  return { start: end, end, text: eolAt(source.text, end) + text }
}

const cutLines = (source: Source, start: number, end: number): Splice => {
  const from = lineStart(source.text, start)
  const to = lineEnd(source.text, end)
  if (from === 0) return { start: 0, end: Math.min(source.text.length, to + eolAt(source.text, to).length), text: '' }
  return { start: lineEnd(source.text, from - (source.text[from - 2] === '\r' ? 2 : 1)), end: to, text: '' }
}

/** The splices that carry out operations on one block sequence. */
export const editBlockSequence = (
  source: Source,
  node: YAMLSeq,
  path: Path,
  operations: readonly Operation[]
): Splice[] => {
  const starts = dashes(node)
  const ends = node.items.map((item, index) => itemEnd(source, item, starts[index] ?? 0))
  const removed = new Set(operations.flatMap(operation => (operation.kind === 'remove-item' ? [operation.index] : [])))
  const inserted = operations.filter(operation => operation.kind === 'insert-item')
  if (removed.size === node.items.length && inserted.length === 0) return emptied(source, path, starts, ends)
  const style = styleOf(source, node, ends[0] ?? 0)
  const column = columnOf(source.text, starts[0] ?? 0)
  const cuts = [...removed].map(index => cutItem(source, starts[index] ?? 0, ends[index] ?? 0))
  const insertions = inserted.map(({ index, value }) => {
    const before = ends[index - 1]
    const text = writeItem(value, column, style)
    return before === undefined ? insertBeforeFirst(source, path, text) : insertAfterLine(source, before, text)
  })
  return [...insertions, ...cuts]
}

const itemEnd = (source: Source, item: unknown, dash: number): number => {
  if (item === null || (isScalar(item) && item.range && item.range[0] === item.range[1])) return dash + 1
  return spanOf(source, item)[1]
}

const cutItem = (source: Source, start: number, end: number): Splice => {
  if (/\S/.test(source.text.slice(lineStart(source.text, start), start).replace('\uFEFF', ''))) {
    throw unsupported(source, start)
  }
  return cutLines(source, start, end)
}

const unsupported = (source: Source, offset: number): AuditError =>
  new AuditError('BAD_MANIFEST', 'a list or mapping that begins on the line of its parent cannot be changed here', {
    path: source.file,
    position: positionAt(source.text, offset)
  })

const parentPair = (source: Source, path: Path): Pair | undefined => {
  const parent = nodeAt(source.document, path.slice(0, -1))
  const key = path.at(-1)
  return isMap(parent) && typeof key === 'string' ? pairOf(parent, key) : undefined
}

const insertBeforeFirst = (source: Source, path: Path, text: string): Splice => {
  const pair = parentPair(source, path)
  if (!pair) throw unsupported(source, 0)
  return insertAfterLine(source, propertyEnd(pair), text)
}

// a list without items is null to YAML, so the empty list is written
const emptied = (source: Source, path: Path, starts: readonly number[], ends: readonly number[]): Splice[] => {
  const pair = parentPair(source, path)
  if (!pair) throw unsupported(source, starts[0] ?? 0)
  const end = propertyEnd(pair)
  return [
    { start: end, end, text: ' []' },
    ...starts.map((start, index) => cutItem(source, start, ends[index] ?? start))
  ]
}

/** The splices that carry out operations on one block mapping. */
export const editBlockMap = (source: Source, node: YAMLMap, path: Path, operations: readonly Operation[]): Splice[] => {
  const removed = operations.flatMap(operation => (operation.kind === 'remove-key' ? [operation.key] : []))
  const gone = node.items.filter(pair => removed.includes(nameOf(pair)))
  const kept = node.items.find(pair => !gone.includes(pair))
  const leading = gone.filter(pair => kept && pairStart(pair) < pairStart(kept))
  const isOnDash = leading[0] !== undefined && !isFirstOnLine(source, pairStart(leading[0]))
  const cuts = isOnDash
    ? [
        moveUp(source, leading[0], kept),
        ...gone.filter(pair => !leading.includes(pair)).flatMap(pair => cutPair(source, pair))
      ]
    : gone.flatMap(pair => cutPair(source, pair))
  const added = operations.filter(operation => operation.kind === 'add-key')
  const isNull = ({ key }: { readonly key: string }): boolean => pairOf(node, key) !== undefined
  // the value of a key that ends where new ones begin comes in front of them
  const insertions = [...added.filter(isNull), ...added.filter(each => !isNull(each))].map(each =>
    addKey(source, node, path, each, removed)
  )
  const nulls = operations.flatMap(operation => {
    const pair = operation.kind === 'set-null' ? pairOf(node, operation.key) : undefined
    return operation.kind === 'set-null' && pair ? setNull(source, pair, operation.text) : []
  })
  return [...insertions, ...cuts, ...nulls]
}

/** The splices that leave null of a pair's value, the reverse of what filling a null does. */
const setNull = (source: Source, pair: Pair, text: string): Splice[] =>
  text === '' ? (cutContent(source, pair) ?? [replaceByNull(source, pair, text)]) : [replaceByNull(source, pair, text)]

// item by item: comments between them are none of ours
const cutContent = (source: Source, { value }: Pair): Splice[] | undefined => {
  if (isMap(value) && !value.flow)
    return value.items.map(each => cutLines(source, pairStart(each), pairEnd(source, each)))
  if (!isSeq(value) || value.flow) return undefined
  const starts = dashes(value)
  return value.items.map((item, index) =>
    cutItem(source, starts[index] ?? 0, itemEnd(source, item, starts[index] ?? 0))
  )
}

const isFirstOnLine = (source: Source, offset: number): boolean =>
  /^\uFEFF? *$/.test(source.text.slice(lineStart(source.text, offset), offset))

const cutPair = (source: Source, pair: Pair): Splice[] => {
  const start = pairStart(pair)
  if (!isFirstOnLine(source, start)) throw unsupported(source, start)
  const from = lineStart(source.text, start)
  const content = from > 0 && !blockScalarAt(source.document, from - 1) ? cutContent(source, pair) : undefined
  return content
    ? [cutLines(source, start, propertyEnd(pair)), ...content]
    : [cutLines(source, start, pairEnd(source, pair))]
}

/** The first key of a list item stands on the line of the dash: the next that stays moves up there, behind comments. */
const moveUp = (source: Source, pair: Pair | undefined, next: Pair | undefined): Splice => {
  const start = pair ? pairStart(pair) : 0
  const lead = source.text.slice(lineStart(source.text, start), start)
  if (!next || !/^[ -]*$/.test(lead)) throw unsupported(source, start)
  const end = pairStart(next)
  const nextLine = eolAt(source.text, start) + ' '.repeat(columnOf(source.text, start))
  const comments = [...source.text.slice(start, end).matchAll(/(?<=\n)[ \t]*#.*$/gm)]
    .filter(({ index }) => !blockScalarAt(source.document, start + index))
    .map(([line]) => line.trim() + nextLine)
  return { start, end, text: comments.join('') }
}

const addKey = (
  source: Source,
  node: YAMLMap,
  path: Path,
  { key, value }: { key: string; value: Value },
  removed: readonly string[]
): Splice => {
  const present = pairOf(node, key)
  const style = styleOf(source, node, node.range?.[0] ?? 0)
  if (present) return fillNull(source, present, key, value, style)
  const items = node.items.filter(pair => !removed.includes(nameOf(pair)))
  const first = items[0]
  if (!first) throw unsupported(source, node.range?.[0] ?? 0)
  const column = columnOf(source.text, pairStart(first))
  const names = items.map(nameOf)
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name)
  const after = isSorted ? items.filter((_, index) => (names[index] ?? '') < key).at(-1) : items.at(-1)
  const text = writePair(key, value, column, style)
  if (after) return insertAfterLine(source, pairEnd(source, after), text)
  const parent = parentPair(source, path)
  const isBelowParent =
    parent && lineStart(source.text, propertyEnd(parent)) !== lineStart(source.text, pairStart(first))
  if (parent && isBelowParent) return insertAfterLine(source, propertyEnd(parent), text)
  return insertAfterLine(source, pairEnd(source, first), text)
}

const nameOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '')

const fillNull = (source: Source, pair: Pair, key: string, value: Value, style: Style): Splice => {
  const end = pairEnd(source, pair)
  if (end > colonEnd(pair)) return { ...valueSpan(source, pair), text: writeFlow(value, style) }
  // what is no block stands on the line of its key
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0)
    return { start: end, end, text: ` ${writeFlow(value, style)}` }
  const column = columnOf(source.text, pairStart(pair))
  const lines = writePair(key, value, column, style).split(style.eol).slice(1)
  return insertAfterLine(source, end, lines.join(style.eol))
}
