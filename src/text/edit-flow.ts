import { isMap, isSeq, type YAMLMap, type YAMLSeq } from 'yaml'
import { AuditError } from '../errors.ts'
import type { Splice } from './splice.ts'
import { lineStart, pairOf, replaceByNull, spanOf, valueSpan } from './locate.ts'
import { positionAt, type Source } from './source.ts'
import { styleOf, type Style } from './style.ts'
import type { Operation, Value } from './value.ts'
import { writeFlow, writeScalar } from './write-value.ts'

/** The splices that carry out operations on one flow collection: `[a, b]`, `{a: b}` or their JSON forms. */
export const editFlow = (source: Source, node: YAMLMap | YAMLSeq, operations: readonly Operation[]): Splice[] => {
  const spans = node.items.map(item => spanOf(source, item))
  const removed = new Set(operations.flatMap(operation => removedIndex(node, operation)))
  const kept = spans.map((_, index) => index).filter(index => !removed.has(index))
  const style = styleOf(source, node, node.range?.[0] ?? 0)
  const separator = separatorOf(source, node, spans, style)
  const splices = [...removals(source, node, spans, kept, removed), ...nullFills(source, node, operations, style)]
  const insertions = new Map<number, string[]>()
  for (const operation of operations) {
    const text = insertedText(source, node, operation, style, separator)
    if (text === undefined) continue
    const index = operation.kind === 'insert-item' ? operation.index : node.items.length
    // the gap behind the nearest kept item in front: all that go into one gap are written together
    const gap = kept.filter(each => each < index).at(-1) ?? -1
    insertions.set(gap, [...(insertions.get(gap) ?? []), text])
  }
  for (const [gap, texts] of insertions) {
    const before = spans[gap]
    const next = spans[kept[0] ?? -1]
    const joined = texts.join(separator)
    if (before) {
      if (isMap(node)) refuseComment(source, before[1])
      splices.push({ start: before[1], end: before[1], text: separator + joined })
    } else if (next)
      splices.push({ start: next[0], end: next[0], text: joined + separatorBefore(source, node, next[0], separator) })
    else splices.push({ start: emptyStart(source, node, spans), end: emptyStart(source, node, spans), text: joined })
  }
  return splices
}

const removedIndex = (node: YAMLMap | YAMLSeq, operation: Operation): number[] => {
  if (operation.kind === 'remove-item') return [operation.index]
  if (operation.kind !== 'remove-key' || !isMap(node)) return []
  const pair = pairOf(node, operation.key)
  return pair ? [node.items.indexOf(pair)] : []
}

// the parser takes such a comment behind an empty value, and none behind the value that would be there then
const refuseComment = ({ text, file }: Source, offset: number): void => {
  const [blank = ''] = /^(?:[ \t]*(?:#.*)?\r?\n)+/.exec(text.slice(offset)) ?? []
  if (blank === '' || (text[offset + blank.length] !== '#' && !/\n#/.test(blank))) return
  throw new AuditError('BAD_MANIFEST', 'a comment that is not indented stands in brackets, where a key must be added', {
    path: file,
    position: positionAt(text, offset + blank.search(/\n(?=#)|$/) + 1)
  })
}

// the line of the item behind stays as it is
const separatorBefore = (source: Source, node: YAMLMap | YAMLSeq, next: number, separator: string): string => {
  const lead = source.text.slice(openEnd(node), next)
  return isOnOwnLine(lead) ? `,${lead}` : separator
}

const openEnd = (node: YAMLMap | YAMLSeq): number => (node.range?.[0] ?? 0) + 1

const emptyStart = (_: Source, node: YAMLMap | YAMLSeq, spans: readonly [number, number][]): number =>
  spans[0]?.[0] ?? openEnd(node)

const removals = (
  source: Source,
  node: YAMLMap | YAMLSeq,
  spans: readonly [number, number][],
  kept: readonly number[],
  removed: ReadonlySet<number>
): Splice[] => {
  const cuts: Splice[] = []
  for (const index of [...removed].sort((a, b) => a - b)) {
    const span = spans[index]
    if (!span) continue
    const before = spans[index - 1]
    const firstKept = spans[kept[0] ?? -1]
    const hasKeptBefore = (kept[0] ?? Infinity) < index
    if (hasKeptBefore && before) cuts.push({ start: before[1], end: span[1], text: '' })
    else if (firstKept) cuts.push({ start: span[0], end: spans[index + 1]?.[0] ?? firstKept[0], text: '' })
    else cuts.push({ start: span[0], end: spans[index + 1]?.[0] ?? lastEnd(source, node, span[1]), text: '' })
  }
  return cuts
}

// a comma may follow the last item; it must go when no item is left
const lastEnd = (source: Source, node: YAMLMap | YAMLSeq, end: number): number => {
  const close = (node.range?.[1] ?? end) - 1
  const comma = /^\s*,/.exec(source.text.slice(end, close))
  return comma ? end + comma[0].length : end
}

const isOnOwnLine = (lead: string): boolean => /^\s*\n\s*$/.test(lead)

const separatorOf = (
  source: Source,
  node: YAMLMap | YAMLSeq,
  spans: readonly [number, number][],
  style: Style
): string => {
  const inline = style.colon.endsWith(' ') ? ', ' : ','
  const last = spans.at(-1)
  const previous = spans.at(-2)
  if (!last) return inline
  if (previous) {
    const between = source.text.slice(previous[1], last[0])
    if (/^\s*,\s*$/.test(between)) return between
  }
  const lead = source.text.slice(openEnd(node), last[0])
  return isOnOwnLine(lead) ? `,${lead}` : inline
}

const insertedText = (
  source: Source,
  node: YAMLMap | YAMLSeq,
  operation: Operation,
  style: Style,
  separator: string
): string | undefined => {
  const line = severalLines(source, node, separator)
  if (operation.kind === 'insert-item') return writeFlow(operation.value, style, line)
  if (operation.kind !== 'add-key' || (isMap(node) && pairOf(node, operation.key))) return undefined
  return writeFlowPair(operation.key, operation.value, style, line)
}

const writeFlowPair = (key: string, value: Value, style: Style, line?: string): string =>
  `${writeScalar(key, style.json ? 'double' : 'plain', true)}${style.colon}${writeFlow(value, style, line)}`

// where items stand on lines of their own and the last of them takes several, so does a new one
const severalLines = (source: Source, node: YAMLMap | YAMLSeq, separator: string): string | undefined => {
  const lead = /(\r?\n[ \t]*)$/.exec(separator)?.[1]
  const last = node.items.at(-1)
  if (lead === undefined || !last) return undefined
  const [start, end] = spanOf(source, last)
  const text = source.text.slice(start, end)
  if (isSeq(node) && !text.includes('\n')) return undefined
  const indent = /^[ \t]*/.exec(source.text.slice(lineStart(source.text, start)))?.[0] ?? ''
  return lead.startsWith('\r') ? `\r\n${indent}` : `\n${indent}`
}

// a key whose value is null gets the value in its place
const nullFills = (source: Source, node: YAMLMap | YAMLSeq, operations: readonly Operation[], style: Style): Splice[] =>
  operations.flatMap(operation => {
    const isFill = operation.kind === 'add-key' || operation.kind === 'set-null'
    const pair = isFill && isMap(node) ? pairOf(node, operation.key) : undefined
    if (!pair) return []
    if (operation.kind === 'set-null') return [replaceByNull(source, pair, operation.text)]
    if (operation.kind !== 'add-key') return []
    const span = valueSpan(source, pair)
    const value = writeFlow(operation.value, style)
    if (span.end > span.start) return [{ ...span, text: value }]
    return [{ ...span, text: `${source.text[span.end - 1] === ':' ? '' : ':'} ${value}` }]
  })
