import { isRecord, type Unknown } from '../../text/guard.ts'

// null leaves a field of Go as it was, so that it is the empty value where something must stand: an item of a list, a key

/** The mappings of a list under a key: null is an empty one, what is no mapping is left out. */
export const recordsAt = (value: Unknown, key: string): Unknown[] =>
  itemsAt(value, key).flatMap((item): Unknown[] => (item === null ? [{}] : isRecord(item) ? [item] : []))

/** The strings of a list under a key: null is an empty one, what is no string is left out. */
export const stringsAt = (value: Unknown, key: string): string[] =>
  itemsAt(value, key)
    .map(item => (item === null ? '' : item))
    .filter(item => typeof item === 'string')

/** The boolean under a key, or undefined. */
export const booleanAt = (value: Unknown, key: string): boolean | undefined => {
  const inner = ownAt(value, key)
  return typeof inner === 'boolean' ? inner : undefined
}

/** The whole number under a key, or undefined. */
export const integerAt = (value: Unknown, key: string): number | undefined => {
  const inner = ownAt(value, key)
  return Number.isInteger(inner) ? Number(inner) : undefined
}

/** The mapping under a key, or undefined: to many checks an empty one is not the same as none. */
export const givenAt = (value: Unknown, key: string): Unknown | undefined => {
  const inner = ownAt(value, key)
  return isRecord(inner) ? inner : undefined
}

const itemsAt = (value: Unknown, key: string): readonly unknown[] => {
  const inner = ownAt(value, key)
  return Array.isArray(inner) ? inner : []
}

const ownAt = (value: Unknown, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined)

/** The strings of a mapping: null is an empty one, what is no string is left out. */
export const stringsIn = (value: Unknown): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(value).flatMap(([key, inner]) => {
      const text = inner === null ? '' : inner
      return typeof text === 'string' ? [[key, text] as const] : []
    })
  )
