import { AuditError } from '../errors.ts'
import { type GoNode, type GoPair, parseGoDocuments } from './go-yaml/tree.ts'

/** A node of YAML whose scalars are the texts that were written: `1` and `"1"` are alike. Aliases were followed. */
export type YamlNode = { readonly offset: number } & (
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'list'; readonly items: readonly GoNode[] }
  | { readonly kind: 'map'; readonly pairs: readonly GoPair[] }
)

/** A place in a text; line and column count from 0, a byte order mark from nothing. */
export interface Mark {
  readonly offset: number
  readonly line: number
  readonly column: number
}

/** The documents of a text, or why it is no YAML. */
export type YamlDocuments =
  | { readonly documents: readonly YamlNode[]; readonly fault?: undefined }
  | { readonly fault: { readonly message: string; readonly mark: Mark }; readonly documents?: undefined }

/** Reads all documents of a text. Nothing is merged, a key may stand twice, and what is nested too deeply is a fault. */
export const parseYamlDocuments = (text: string): YamlDocuments => {
  // the parser takes it for the end of the text
  const nul = text.indexOf('\0')
  if (nul !== -1) return { fault: { message: 'a NUL cannot stand here', mark: marksIn(text)(nul) } }
  try {
    return { documents: parseGoDocuments(text, '').map(yamlNode) }
  } catch (error) {
    if (!(error instanceof AuditError) || !['BROKEN_YAML', 'TOO_DEEP'].includes(error.code)) throw error
    const { line = 1, column = 1 } = error.position ?? {}
    return { fault: { message: error.message, mark: markAt(text, line - 1, column - 1) } }
  }
}

const NULL = ['', '~', 'null', 'Null', 'NULL']

const yamlNode = (node: GoNode): YamlNode => {
  const target = node.kind === 'alias' ? node.target : node
  const { start: offset } = target
  if (target.kind === 'list') return { kind: 'list', items: target.items, offset }
  if (target.kind === 'map') return { kind: 'map', pairs: target.pairs, offset }
  if (target.kind === 'alias') return yamlNode(target)
  const isPlain = target.isImplicit && target.tag === ''
  return isPlain && NULL.includes(target.value)
    ? { kind: 'null', offset }
    : { kind: 'scalar', text: target.value, offset }
}

/** What stands at a key of a mapping, at the first of equal ones. */
export const yamlValue = (node: YamlNode, key: string): YamlNode | undefined => {
  if (node.kind !== 'map') return undefined
  const pair = node.pairs.find(each => {
    const name = each.key.kind === 'alias' ? each.key.target : each.key
    return name.kind === 'scalar' && name.value === key
  })
  return pair && yamlNode(pair.value)
}

/** The items of a list; none of what is no list. */
export const yamlItems = (node: YamlNode): YamlNode[] => (node.kind === 'list' ? node.items.map(yamlNode) : [])

/** The keys and values of a mapping in their order; none of what is no mapping. */
export const yamlEntries = (node: YamlNode): { readonly key: YamlNode; readonly value: YamlNode }[] =>
  node.kind === 'map' ? node.pairs.map(({ key, value }) => ({ key: yamlNode(key), value: yamlNode(value) })) : []

/** For many offsets of a text: a function that gives the mark of each. */
export const marksIn = (text: string): ((offset: number) => Mark) => {
  const starts = [bomOf(text)]
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
  return offset => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { offset: offset - bomOf(text), line: low, column: Math.max(0, offset - (starts[low] ?? 0)) }
  }
}

const bomOf = (text: string): number => (text.startsWith('\uFEFF') ? 1 : 0)

const markAt = (text: string, line: number, column: number): Mark => {
  let start = 0
  for (let skipped = 0; skipped < line; skipped += 1) start = text.indexOf('\n', start) + 1
  return { offset: start + column, line, column }
}
