import { isDeepStrictEqual } from 'node:util'
import { type Alias, isMap, isScalar, isSeq, type Node, visit } from 'yaml'
import { AuditError } from '../errors.ts'
import { editBlockMap, editBlockSequence } from './edit-block.ts'
import { editFlow } from './edit-flow.ts'
import { contentEnd, formatPath, nodeAt, type Path } from './locate.ts'
import { withinStack } from './nesting.ts'
import { spareBlockScalars } from './spare-block-scalars.ts'
import { type Splice, splice } from './splice.ts'
import { parseSource, positionAt, type Source } from './source.ts'
import { refuseAliases } from './refuse-aliases.ts'
import { refuseWildAliases } from './refuse-wild-aliases.ts'
import { refuseRareForms } from './refuse-rare-forms.ts'
import type { Quote } from './style.ts'
import { applyOperations, type Operation } from './value.ts'
import { writeScalar } from './write-value.ts'

/**
 * The source after the operations: bytes outside the changed spans stay as they are. The result is parsed again and compared
 * with the same operations done on plain data; should the two ever differ, IMPOSSIBLE is thrown and nothing returned. Throws
 * ALIAS where an anchor or an alias is in the way, and BAD_MANIFEST where a line of a tab is.
 */
export const editSource = (source: Source, operations: readonly Operation[]): Source => {
  if (operations.length === 0) return source
  refuseAliases(source, operations)
  refuseRareForms(source, operations)
  const text = splice(source.text, spareBlockScalars(source, splicesOf(source, operations)))
  const wanted = applyOperations(valueOf(source), operations)
  const edited = reparse(text, source)
  if (!isDeepStrictEqual(edited.data, wanted)) {
    throw failedEdit(source, 'would not mean what was planned')
  }
  return edited.source
}

const reparse = (text: string, source: Source): { source: Source; data: unknown } => {
  try {
    const edited = parseSource(text, source.file, source.dialect, source.mayHoldTemplates)
    return { source: edited, data: valueOf(edited) }
  } catch (cause) {
    // a text just below the limit may be beyond it with the edit
    if (cause instanceof AuditError && cause.code === 'TOO_LARGE') throw cause
    throw failedEdit(source, 'would not be valid YAML', cause)
  }
}

// a line of a tab is no line to the parser here, and a part of the line before it there
const failedEdit = (source: Source, why: string, cause?: unknown): AuditError => {
  const tab = source.text.search(/^[ \t]*\t[ \t]*\r?$/m)
  if (tab === -1) return new AuditError('IMPOSSIBLE', `the edit of ${source.file} ${why}`, { path: source.file, cause })
  return new AuditError('BAD_MANIFEST', 'a line of blanks with a tab is in the way of the edit', {
    path: source.file,
    position: positionAt(source.text, tab),
    next: 'take the tab away',
    cause
  })
}

/** The plain data of a parsed text. Throws ALIAS when its aliases multiply beyond all sense. */
export const valueOf = (source: Source): unknown => {
  refuseWildAliases(source)
  try {
    return withinStack(source.file, () => source.document.toJS({ maxAliasCount: 100 }))
  } catch (cause) {
    if (cause instanceof AuditError) throw cause
    const position = positionAt(source.text, unresolvedAlias(source)?.range?.[0] ?? 0)
    throw new AuditError('ALIAS', `the aliases in ${source.file} cannot be resolved`, {
      path: source.file,
      position,
      cause
    })
  }
}

// the first that points nowhere; where they only are too many, the first
const unresolvedAlias = ({ document }: Source): Alias | undefined => {
  const anchors = new Set<string>()
  let [first, unresolved]: (Alias | undefined)[] = []
  visit(document, {
    Value: (_, { anchor }) => void (anchor !== undefined && anchors.add(anchor)),
    Alias: (_, alias) => {
      first ??= alias
      if (anchors.has(alias.source)) return undefined
      unresolved = alias
      return visit.BREAK
    }
  })
  return unresolved ?? first
}

const splicesOf = (source: Source, operations: readonly Operation[]): Splice[] => {
  const groups = new Map<string, { path: Path; operations: Operation[] }>()
  for (const operation of operations) {
    const key = JSON.stringify([operation.kind === 'replace', operation.path])
    const group = groups.get(key) ?? { path: operation.path, operations: [] }
    group.operations.push(operation)
    groups.set(key, group)
  }
  // where several collections end on one line, what goes into the innermost of them comes first
  return [...groups.values()]
    .sort((a, b) => b.path.length - a.path.length)
    .flatMap(group => spliceGroup(source, group.path, group.operations))
}

const spliceGroup = (source: Source, path: Path, operations: readonly Operation[]): Splice[] => {
  const node = nodeAt(source.document, path)
  const [first] = operations
  if (first?.kind === 'replace') return [replaceScalar(source, node, first.value, path)]
  if (!isMap(node) && !isSeq(node)) throw new AuditError('IMPOSSIBLE', `no collection at ${formatPath(path)}`)
  if (node.flow) return editFlow(source, node, operations)
  return isSeq(node) ? editBlockSequence(source, node, path, operations) : editBlockMap(source, node, path, operations)
}

const replaceScalar = (
  source: Source,
  node: Node | null | undefined,
  value: string | number | boolean,
  path: Path
): Splice => {
  if (!isScalar(node) || !node.range) throw new AuditError('IMPOSSIBLE', `no scalar at ${formatPath(path)}`)
  const quote: Quote = node.type === 'QUOTE_DOUBLE' ? 'double' : node.type === 'QUOTE_SINGLE' ? 'single' : 'plain'
  return {
    start: node.range[0],
    // a block scalar's range holds the line break behind it, which must stay
    end: contentEnd(source, node),
    text: writeScalar(value, quote, insideFlow(source, path))
  }
}

const insideFlow = (source: Source, path: Path): boolean =>
  path.some((_, length) => {
    const node = nodeAt(source.document, path.slice(0, length))
    return (isMap(node) || isSeq(node)) && node.flow === true
  })
