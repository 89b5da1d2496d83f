import { isMap, isScalar, isSeq, type Pair, visit } from 'yaml'
import { AuditError } from '../errors.ts'
import { formatPath, nodeAt, pairStart, type Path } from './locate.ts'
import { positionAt, type Source } from './source.ts'
import { type Operation, touchedBy } from './value.ts'

/**
 * Throws BAD_MANIFEST when an operation touches a part that is written with explicit keys (`? key`) or tags (`!!seq`):
 * forms that nobody uses in manifests, and for which this tool does not know how to write.
 */
export const refuseRareForms = (source: Source, operations: readonly Operation[]): void => {
  for (const operation of operations) {
    for (let length = 0; length <= operation.path.length; length++) {
      refuseExplicitKeys(source, operation.path.slice(0, length))
    }
    const touched = touchedBy(operation)
    if (touched) refuseTags(source, touched)
  }
}

const refuse = (source: Source, what: string, offset: number, path: Path): never => {
  throw new AuditError('BAD_MANIFEST', `${what} in ${formatPath(path) || 'the document'}, which must be changed`, {
    path: source.file,
    position: positionAt(source.text, offset)
  })
}

const refuseExplicitKeys = (source: Source, path: Path): void => {
  const node = nodeAt(source.document, path)
  if (!isMap(node)) return
  const explicit = node.items.find(isExplicit)
  if (explicit) refuse(source, 'a key behind a question mark stands', pairStart(explicit), path)
}

const isExplicit = (pair: Pair): boolean =>
  pair.srcToken?.start.some(token => token.type === 'explicit-key-ind') ?? false

const refuseTags = (source: Source, path: Path): void => {
  const node = nodeAt(source.document, path)
  if (!node) return
  visit(node, {
    Node: (_, each) => {
      const isTagged = (isScalar(each) || isMap(each) || isSeq(each)) && each.tag !== undefined
      if (isTagged) refuse(source, `the tag ${each.tag} stands`, each.range?.[0] ?? 0, path)
    }
  })
}
