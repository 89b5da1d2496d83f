/** What is written down as YAML or JSON; unlike data it can hold a key twice, and text that is taken as it is. */
export type Value = string | number | boolean | null | readonly Value[] | Raw | Mapping

/** Text of a scalar (or of anything that fits in its place), not quoted. */
export interface Raw {
  readonly raw: string
}

export interface Mapping {
  readonly pairs: readonly (readonly [Key, Value])[]
}

export type Key = string | Raw

export const raw = (text: string): Raw => ({ raw: text })

/** A mapping from an object; members that are undefined are left out. */
export const mapping = (members: Readonly<Record<string, Value | undefined>>): Mapping => ({
  pairs: Object.entries(members).flatMap(([key, value]): [string, Value][] =>
    value === undefined ? [] : [[key, value]]
  )
})

export const isRaw = (value: Value | Key): value is Raw => typeof value === 'object' && value !== null && 'raw' in value
export const isMapping = (value: Value): value is Mapping =>
  typeof value === 'object' && value !== null && 'pairs' in value
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** The value as JSON; `gap` as for JSON.stringify. Raw text goes in as it is, so the result may be none. */
export const toJson = (value: Value, gap = '', depth = ''): string => {
  if (isRaw(value)) return value.raw
  if (!isList(value) && !isMapping(value)) return JSON.stringify(value)
  const inner = depth + gap
  const [open, close] = isList(value) ? '[]' : '{}'
  const parts = isList(value)
    ? value.map(each => toJson(each, gap, inner))
    : value.pairs.map(
        ([key, each]) => `${isRaw(key) ? key.raw : JSON.stringify(key)}:${gap && ' '}${toJson(each, gap, inner)}`
      )
  if (parts.length === 0) return `${open}${close}`
  return gap === ''
    ? `${open}${parts.join(',')}${close}`
    : `${open}\n${parts.map(part => inner + part).join(',\n')}\n${depth}${close}`
}
