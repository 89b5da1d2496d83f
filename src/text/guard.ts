/** Parsed data whose shape is not known yet. */
export type Unknown = { readonly [key: string]: unknown }

/** True for a mapping. */
export const isRecord = (value: unknown): value is Unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The mapping under a key, or an empty one. */
export const recordAt = (value: unknown, key: string): Unknown => {
  const inner = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return isRecord(inner) ? inner : {}
}

/** The list under a key, or an empty one. */
export const listAt = (value: unknown, key: string): readonly unknown[] => {
  const inner = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return Array.isArray(inner) ? inner : []
}

/** The string under a key, or undefined. */
export const stringAt = (value: unknown, key: string): string | undefined => {
  const inner = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return typeof inner === 'string' ? inner : undefined
}

/** The number under a key, or undefined. */
export const numberAt = (value: unknown, key: string): number | undefined => {
  const inner = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return typeof inner === 'number' ? inner : undefined
}

/** What stands at a path of keys and indexes, or undefined. */
export const valueAt = (root: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)]
    return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }, root)
