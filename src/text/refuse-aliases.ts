import { isAlias, isMap, isScalar, type Node, type Pair, visit } from 'yaml'
import { AuditError } from '../errors.ts'
import { formatPath, nodeAt, type Path } from './locate.ts'
import { positionAt, type Source } from './source.ts'
import { type Operation, touchedBy } from './value.ts'

/**
 * Throws ALIAS when an operation touches a part that is written with anchors, aliases or merge keys: an edit there could
 * change another place of the document too.
 */
export const refuseAliases = (source: Source, operations: readonly Operation[]): void => {
  for (const operation of operations) {
    const { path } = operation
    const isReplaced = operation.kind === 'replace'
    for (let length = 0; length < path.length + (isReplaced ? 0 : 1); length++) refuseAt(source, path.slice(0, length))
    const touched = touchedBy(operation)
    const node = touched && nodeAt(source.document, touched)
    if (node) refuseInside(source, node, touched)
  }
}

const refuse = (source: Source, node: Node, what: string, path: Path): never => {
  const position = positionAt(source.text, node.range?.[0] ?? 0)
  throw new AuditError('ALIAS', `${what} in ${formatPath(path) || 'the document'}, which must be changed`, {
    path: source.file,
    position
  })
}

const refuseAt = (source: Source, path: Path): void => {
  const node = nodeAt(source.document, path)
  if (!node) return
  if (isAlias(node)) refuse(source, node, `the alias *${node.source} stands`, path)
  if (!isAlias(node) && node.anchor !== undefined) refuse(source, node, `the anchor &${node.anchor} stands`, path)
  const merge = isMap(node) ? node.items.find(isMerge) : undefined
  if (merge) refuse(source, merge.key as Node, 'a merge key stands', path)
}

const isMerge = (pair: Pair): boolean => isScalar(pair.key) && pair.key.source === '<<' && pair.key.type === 'PLAIN'

const refuseInside = (source: Source, node: Node, path: Path): void => {
  visit(node, {
    Alias: (_, alias) => refuse(source, alias, `the alias *${alias.source} stands`, path),
    Value: (_, value) => {
      if (value.anchor !== undefined) refuse(source, value, `the anchor &${value.anchor} stands`, path)
    },
    Pair: (_, pair) => {
      if (isMerge(pair)) refuse(source, pair.key as Node, 'a merge key stands', path)
    }
  })
}
