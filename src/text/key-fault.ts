import { type Document, isAlias, isCollection, isScalar, visit } from 'yaml'
import type { ErrorCode } from '../errors.ts'

/** What is wrong with a key. */
export interface KeyFault {
  readonly code: ErrorCode
  readonly message: string
  readonly offset: number
}

/**
 * The first key of a document that is none: one that its mapping has already, which is found in linear time here and not by the
 * parser, or a collection or an alias, for which no data of Kubernetes has a place.
 */
export const keyFaultIn = (document: Document.Parsed): KeyFault | undefined => {
  let first: KeyFault | undefined
  visit(document, {
    Map: (_, { items }) => {
      const fault = faultOf(items.map(({ key }) => key))
      if (fault && fault.offset < (first?.offset ?? Infinity)) first = fault
    }
  })
  return first
}

const faultOf = (keys: readonly unknown[]): KeyFault | undefined => {
  const seen = new Set<unknown>()
  for (const key of keys) {
    if (isCollection(key))
      return { code: 'BROKEN_YAML', message: 'a list or a mapping is no key', offset: key.range?.[0] ?? 0 }
    if (isAlias(key))
      return { code: 'ALIAS', message: `the alias *${key.source} stands for a key`, offset: key.range?.[0] ?? 0 }
    if (!isScalar(key)) continue
    if (seen.has(key.value))
      return { code: 'DUPLICATE_KEY', message: 'the same key twice in one mapping', offset: key.range?.[0] ?? 0 }
    seen.add(key.value)
  }
  return undefined
}
