import { AuditError } from '../../errors.ts'
import { DEEPEST, tooDeep, withinStack } from '../nesting.ts'
import { positionAt } from '../source.ts'
import type { Token } from './scan.ts'
import { type Tokens, tokensOf } from './tokens.ts'

/** A node of a YAML text; `start` and `end` are offsets of its own text, properties before it included. */
export type GoNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'scalar'; readonly value: string; readonly tag: string; readonly isImplicit: boolean }
  | { readonly kind: 'list'; readonly items: readonly GoNode[] }
  | { readonly kind: 'map'; readonly pairs: readonly GoPair[] }
  | { readonly kind: 'alias'; readonly target: GoNode }
)

/** A key and its value. */
export interface GoPair {
  readonly key: GoNode
  readonly value: GoNode
}

/** The first document of a text; `root` is null where there is none, `more` tells that something follows its end. */
export interface GoDocument {
  readonly root: GoNode | null
  readonly end: number
  readonly more: boolean
}

interface Parse {
  readonly tokens: Tokens
  readonly text: string
  readonly file: string
  readonly anchors: Map<string, GoNode>
  readonly tags: Map<string, string>
  readonly counts: { levels: number }
}

/** Parses the first document of a text as go-yaml v2 does; what follows it is not looked at. Throws BROKEN_YAML or TOO_DEEP. */
export const parseGoYaml = (text: string, file: string): GoDocument => withParse(text, file, parseDocument)

/** Parses all documents of a text; each has anchors and tags of its own. Throws BROKEN_YAML or TOO_DEEP. */
export const parseGoDocuments = (text: string, file: string): GoNode[] =>
  withParse(text, file, parse => {
    const roots: GoNode[] = []
    for (let { root } = parseDocument(parse); root !== null; { root } = parseDocument(parse)) {
      roots.push(root)
      while (isNext(parse, 'document-end')) parse.tokens.take()
      parse.anchors.clear()
      parse.tags.clear()
    }
    return roots
  })

const withParse = <T>(text: string, file: string, read: (parse: Parse) => T): T =>
  withinStack(file, () => {
    const [anchors, tags] = [new Map<string, GoNode>(), new Map<string, string>()]
    return read({ tokens: tokensOf(text, file), text, file, anchors, tags, counts: { levels: 0 } })
  })

const refuse = ({ text, file }: Parse, message: string, token: Token): never => {
  throw new AuditError('BROKEN_YAML', message, { path: file, position: positionAt(text, token.start) })
}

const isNext = ({ tokens }: Parse, ...kinds: readonly Token['kind'][]): boolean => kinds.includes(tokens.peek().kind)

const parseDocument = (parse: Parse): GoDocument => {
  const { tokens } = parse
  if (isNext(parse, 'stream-end')) return { root: null, end: 0, more: false }
  const isExplicit = isNext(parse, 'directive', 'document-start')
  takeDirectives(parse)
  if (isExplicit) {
    if (!isNext(parse, 'document-start')) refuse(parse, '--- is wanted behind directives', tokens.peek())
    tokens.take()
  }
  const isEmpty = isExplicit && isNext(parse, 'directive', 'document-start', 'document-end', 'stream-end')
  const root = isEmpty ? emptyAt(tokens.peek().start) : parseNode(parse, 'block')
  return { root, end: tokens.peek().start, more: !isNext(parse, 'stream-end') }
}

const takeDirectives = (parse: Parse): void => {
  let hasVersion = false
  while (isNext(parse, 'directive')) {
    const token = parse.tokens.take()
    if (token.kind !== 'directive') continue
    const { directive } = token
    if (directive.kind === 'version') {
      if (hasVersion) refuse(parse, '%YAML stands twice', token)
      if (directive.version !== '1.1') refuse(parse, `%YAML ${directive.version} is not read, only 1.1`, token)
      hasVersion = true
    } else {
      if (parse.tags.has(directive.handle)) refuse(parse, `%TAG ${directive.handle} stands twice`, token)
      parse.tags.set(directive.handle, directive.prefix)
    }
  }
  for (const [handle, prefix] of [['!', '!'] as const, ['!!', 'tag:yaml.org,2002:'] as const])
    if (!parse.tags.has(handle)) parse.tags.set(handle, prefix)
}

const emptyAt = (at: number): GoNode => ({ kind: 'scalar', value: '', tag: '', isImplicit: true, start: at, end: at })

/** Where a node stands: a value of a block mapping may be a list that is not indented. */
type Place = 'flow' | 'block' | 'block value'

const parseNode = (parse: Parse, place: Place): GoNode => {
  const { tokens } = parse
  const first = tokens.peek()
  if (first.kind === 'alias') {
    tokens.take()
    const target = parse.anchors.get(first.name) ?? refuse(parse, `no anchor &${first.name} stands before`, first)
    return { kind: 'alias', target, start: first.start, end: first.end }
  }
  const { anchor, tag, end } = takeProperties(parse)
  const token = tokens.peek()
  const name = (node: GoNode): GoNode => {
    if (anchor !== undefined) parse.anchors.set(anchor, node)
    return node
  }
  if (token.kind === 'scalar') {
    tokens.take()
    const isImplicit = (tag === '' && token.isPlain) || tag === '!'
    return name({ kind: 'scalar', value: token.value, tag, isImplicit, start: first.start, end: token.end })
  }
  if (place === 'block value' && token.kind === 'entry') return parseList(parse, first.start, name, takeLooseItem)
  if (token.kind === 'flow-list') return parseList(parse, first.start, name, takeFlowItem(parse))
  if (token.kind === 'flow-map') return parseMap(parse, first.start, name, takeFlowPair(parse))
  if (place !== 'flow' && token.kind === 'block-list') return parseList(parse, first.start, name, takeBlockItem(parse))
  if (place !== 'flow' && token.kind === 'block-map') return parseMap(parse, first.start, name, takeBlockPair(parse))
  if (anchor !== undefined || tag !== '')
    return name({ kind: 'scalar', value: '', tag, isImplicit: tag === '', start: first.start, end })
  return refuse(parse, 'a value is missing here', token)
}

const takeProperties = (parse: Parse): { anchor: string | undefined; tag: string; end: number } => {
  const { tokens } = parse
  let anchor: string | undefined
  let tag: string | undefined
  let { start: end } = tokens.peek()
  for (let token = tokens.peek(); ; token = tokens.peek()) {
    if (token.kind === 'anchor' && anchor === undefined) anchor = token.name
    else if (token.kind === 'tag' && tag === undefined) tag = resolveTag(parse, token)
    else return { anchor, tag: tag ?? '', end }
    ;({ end } = tokens.take())
  }
}

const resolveTag = (parse: Parse, token: Token & { kind: 'tag' }): string => {
  const { handle, suffix } = token.tag
  if (handle === '') return suffix
  const prefix = parse.tags.get(handle) ?? refuse(parse, `no %TAG tells what ${handle} is`, token)
  return prefix + suffix
}

/** The next item or pair, or null behind the last one. */
type TakeNext<T> = (parse: Parse) => T | null

const enter = ({ counts, text, file }: Parse, start: number): void => {
  counts.levels += 1
  if (counts.levels <= DEEPEST) return
  throw tooDeep(file, { position: positionAt(text, start) })
}

// an anchor is known within what it names, and an alias to it there is found out later
const parseList = (parse: Parse, start: number, name: (node: GoNode) => GoNode, takeNext: TakeNext<GoNode>): GoNode => {
  const items: GoNode[] = []
  const node = { kind: 'list' as const, items, start, end: start }
  name(node)
  enter(parse, start)
  for (let item = takeNext(parse); item !== null; item = takeNext(parse)) items.push(item)
  parse.counts.levels -= 1
  node.end = Math.max(items.at(-1)?.end ?? start, start)
  return node
}

const parseMap = (parse: Parse, start: number, name: (node: GoNode) => GoNode, takeNext: TakeNext<GoPair>): GoNode => {
  const pairs: GoPair[] = []
  const node = { kind: 'map' as const, pairs, start, end: start }
  name(node)
  enter(parse, start)
  for (let pair = takeNext(parse); pair !== null; pair = takeNext(parse)) pairs.push(pair)
  parse.counts.levels -= 1
  node.end = Math.max(pairs.at(-1)?.value.end ?? start, start)
  return node
}

const takeLooseItem: TakeNext<GoNode> = parse => {
  if (!isNext(parse, 'entry')) return null
  const { end } = parse.tokens.take()
  return isNext(parse, 'entry', 'key', 'value', 'block-end') ? emptyAt(end) : parseNode(parse, 'block')
}

const takeBlockItem = ({ tokens }: Parse): TakeNext<GoNode> => {
  tokens.take()
  return parse => {
    const token = tokens.peek()
    if (token.kind !== 'entry' && token.kind !== 'block-end') refuse(parse, 'a - is wanted here, as before', token)
    tokens.take()
    if (token.kind === 'block-end') return null
    return isNext(parse, 'entry', 'block-end') ? emptyAt(token.end) : parseNode(parse, 'block')
  }
}

const takeBlockPair = ({ tokens }: Parse): TakeNext<GoPair> => {
  tokens.take()
  return parse => {
    const token = tokens.peek()
    if (token.kind === 'block-end') {
      tokens.take()
      return null
    }
    if (token.kind !== 'key') return refuse(parse, 'a key is wanted here', token)
    tokens.take()
    const isBare = isNext(parse, 'key', 'value', 'block-end')
    const key = isBare ? emptyAt(token.end) : parseNode(parse, 'block value')
    return { key, value: takeBlockValue(parse) }
  }
}

const takeBlockValue = (parse: Parse): GoNode => {
  const token = parse.tokens.peek()
  if (token.kind !== 'value') return emptyAt(token.start)
  parse.tokens.take()
  return isNext(parse, 'key', 'value', 'block-end') ? emptyAt(token.end) : parseNode(parse, 'block value')
}

const takeComma = (parse: Parse, isFirst: boolean, end: 'flow-list-end' | 'flow-map-end'): void => {
  if (isFirst || isNext(parse, end)) return
  if (!isNext(parse, 'comma'))
    refuse(parse, `a , or ${end === 'flow-list-end' ? ']' : '}'} is wanted here`, parse.tokens.peek())
  parse.tokens.take()
}

const takeFlowItem = ({ tokens }: Parse): TakeNext<GoNode> => {
  const { end } = tokens.take()
  let isFirst = true
  return parse => {
    takeComma(parse, isFirst, 'flow-list-end')
    isFirst = false
    if (isNext(parse, 'flow-list-end')) {
      tokens.take()
      return null
    }
    return isNext(parse, 'key') ? parseLonePair(parse, end) : parseNode(parse, 'flow')
  }
}

// `[a: b]` is a list of one mapping
const parseLonePair = (parse: Parse, end: number): GoNode => {
  const { tokens } = parse
  const { start } = tokens.take()
  const isBare = isNext(parse, 'value', 'comma', 'flow-list-end')
  // libyaml takes one token too many here
  const key = isBare ? emptyAt(tokens.take().end) : parseNode(parse, 'flow')
  const value = takeFlowValue(parse, 'flow-list-end')
  return { kind: 'map', pairs: [{ key, value }], start: Math.max(start, end), end: value.end }
}

const takeFlowValue = (parse: Parse, end: 'flow-list-end' | 'flow-map-end'): GoNode => {
  const { tokens } = parse
  if (isNext(parse, 'value')) {
    tokens.take()
    if (!isNext(parse, 'comma', end)) return parseNode(parse, 'flow')
  }
  return emptyAt(tokens.peek().start)
}

const takeFlowPair = ({ tokens }: Parse): TakeNext<GoPair> => {
  tokens.take()
  let isFirst = true
  return parse => {
    takeComma(parse, isFirst, 'flow-map-end')
    isFirst = false
    if (isNext(parse, 'flow-map-end')) {
      tokens.take()
      return null
    }
    if (!isNext(parse, 'key')) return { key: parseNode(parse, 'flow'), value: emptyAt(tokens.peek().start) }
    tokens.take()
    const isBare = isNext(parse, 'value', 'comma', 'flow-map-end')
    const key = isBare ? emptyAt(tokens.peek().start) : parseNode(parse, 'flow')
    return { key, value: takeFlowValue(parse, 'flow-map-end') }
  }
}
