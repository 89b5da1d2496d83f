import { isMap, isScalar, isSeq, type Node, visit, type YAMLMap, type YAMLSeq } from 'yaml'
import { columnOf, dashes, pairStart, spanOf } from './locate.ts'
import type { Source } from './source.ts'

export type Quote = 'plain' | 'single' | 'double'

/** How the text around an edit is laid out, so that what is inserted looks as if it had always been there. */
export interface Style {
  readonly eol: string
  /** Columns from a key to the dashes of its list: 0 as kubeadm writes, or 2. */
  readonly listIndent: number
  /** Columns from a key to the keys of its mapping. */
  readonly mapIndent: number
  /** Blanks behind a dash. */
  readonly dashGap: number
  readonly quote: Quote
  /** What stands between a key and its value in flow style: `:` in minified JSON, else `: `. */
  readonly colon: string
  /** JSON: keys and strings in double quotes. */
  readonly json: boolean
}

/** The line break used at an offset: that of its line, or of the text's first line where its line is the last. */
export const eolAt = (text: string, offset: number): string => {
  const here = text.indexOf('\n', offset)
  const feed = here === -1 ? text.indexOf('\n') : here
  return feed > 0 && text[feed - 1] === '\r' ? '\r\n' : '\n'
}

/** The style of the text around a mapping or a sequence. */
export const styleOf = (source: Source, around: YAMLMap | YAMLSeq, offset: number): Style => {
  const lists = blockLists(source, around) ?? blockLists(source, source.document.contents)
  return {
    eol: eolAt(source.text, offset),
    listIndent: lists?.indent ?? 0,
    mapIndent: mapIndent(source, around) ?? mapIndent(source, source.document.contents) ?? 2,
    dashGap: isSeq(around) ? (dashGap(source, around) ?? lists?.gap ?? 1) : (lists?.gap ?? 1),
    quote: isSeq(around) ? quoteOf(around) : 'plain',
    ...flowStyle(source, around)
  }
}

const blockLists = (source: Source, node: Node | null): { indent: number; gap: number } | undefined => {
  let found: { indent: number; gap: number } | undefined
  if (node === null) return undefined
  visit(node, {
    Pair: (_, pair) => {
      if (!isSeq(pair.value) || pair.value.flow) return undefined
      const dash = dashes(pair.value)[0]
      if (dash === undefined) return undefined
      found = {
        indent: columnOf(source.text, dash) - columnOf(source.text, pairStart(pair)),
        gap: dashGap(source, pair.value) ?? 1
      }
      return visit.BREAK
    }
  })
  return found
}

const dashGap = (source: Source, sequence: YAMLSeq): number | undefined => {
  const index = sequence.items.length - 1
  const dash = dashes(sequence)[index]
  if (dash === undefined) return undefined
  const gap = /^ +/.exec(source.text.slice(dash + 1))?.[0].length
  return gap === undefined || gap > 8 ? undefined : gap
}

const mapIndent = (source: Source, node: Node | null): number | undefined => {
  let found: number | undefined
  if (node === null) return undefined
  visit(node, {
    Pair: (_, pair) => {
      if (!isMap(pair.value) || pair.value.flow) return undefined
      const child = pair.value.items[0]
      if (!child) return undefined
      found = columnOf(source.text, pairStart(child)) - columnOf(source.text, pairStart(pair))
      return visit.BREAK
    }
  })
  return found
}

const quoteOf = (sequence: YAMLSeq): Quote => {
  const types = new Set(sequence.items.slice(-2).map(item => (isScalar(item) ? item.type : undefined)))
  if (types.size !== 1) return 'plain'
  if (types.has('QUOTE_DOUBLE')) return 'double'
  return types.has('QUOTE_SINGLE') ? 'single' : 'plain'
}

// as in the flow mappings around, else as in the first of the text
const flowStyle = (source: Source, around: YAMLMap | YAMLSeq): { colon: string; json: boolean } => {
  const root = source.document.contents
  const isJson = isMap(root) && root.flow === true
  // most texts have no mapping in flow style but the empty one, which tells nothing
  const has = root !== null && /\{[^}]/.test(source.text)
  const found = has ? (flowPair(source, around) ?? flowPair(source, root)) : undefined
  return found ? { colon: found.colon, json: isJson || found.isQuoted } : { colon: ': ', json: isJson }
}

const flowPair = (source: Source, node: Node): { colon: string; isQuoted: boolean } | undefined => {
  let found: { colon: string; isQuoted: boolean } | undefined
  visit(node, {
    Map: (_, map) => {
      const pair = map.flow ? map.items[0] : undefined
      if (!pair || pair.value === null) return undefined
      const [keyStart, keyEnd] = spanOf(source, pair.key)
      const [valueStart] = spanOf(source, pair.value)
      const colon = source.text.slice(keyEnd, valueStart)
      // only behind a quote does a colon do without a blank
      const isQuoted = source.text[keyStart] === '"'
      if (!/^\s*:[ \t]*$/.test(colon) || !(isQuoted || /:[ \t]/.test(colon))) return undefined
      found = { colon, isQuoted }
      return visit.BREAK
    }
  })
  return found
}
