/** What a guard says of a value: the value with its type, or what is wrong with it and where. */
export type Shaped<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

/** A guard: tells whether an unknown value, found at a path such as `files[0].path`, has the type `T`. */
export type Shape<T> = (value: unknown, at: string) => Shaped<T>

type Values<S> = { readonly [K in keyof S]: S[K] extends Shape<infer T> ? T : never }

/** Parses the bytes of a JSON file of ours and holds the value against a shape. */
export const parseJson = <T>(bytes: Uint8Array, shape: Shape<T>): Shaped<T> => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    // V8's own words quote the file
    return { ok: false, reason: error instanceof SyntaxError ? 'it is no JSON' : 'it is no UTF-8' }
  }
  return shape(value, '')
}

/** The bytes of a JSON file of ours. */
export const printJson = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)

const wrong = (at: string, wanted: string, value: unknown): { ok: false; reason: string } => ({
  ok: false,
  reason: `${at === '' ? 'the value' : at} is ${JSON.stringify(value) ?? 'absent'}, wanted ${wanted}`
})

/** A value that passes a test, described by `wanted` in the reason when it does not. */
export const such =
  <T>(wanted: string, test: (value: unknown) => value is T): Shape<T> =>
  (value, at) =>
    test(value) ? { ok: true, value } : wrong(at, wanted, value)

/** Any string. */
export const text = such('a string', value => typeof value === 'string')

/** An integer from 0 up. */
export const count = such(
  'an integer from 0 up',
  (value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
)

/** A string that matches a pattern. */
export const matching = (pattern: RegExp, wanted: string): Shape<string> =>
  such(wanted, (value): value is string => typeof value === 'string' && pattern.test(value))

/** One of a few strings. */
export const oneOf = <const V extends readonly string[]>(values: V): Shape<V[number]> =>
  such(values.join(' or '), (value): value is V[number] => values.some(known => known === value))

/** The shape, or null. */
export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, at) =>
    value === null ? { ok: true, value } : shape(value, at)

/** A list whose items all have the shape. */
export const listOf =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) return wrong(at, 'a list', value)
    const items: T[] = []
    for (const [index, item] of value.entries()) {
      const found = shape(item, `${at}[${index}]`)
      if (!found.ok) return found
      items.push(found.value)
    }
    return { ok: true, value: items }
  }

/** An object whose values all have the shape, whatever the keys. */
export const recordOf =
  <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, at) => {
    const found = such('an object', (each): each is object => typeof each === 'object' && each !== null)(value, at)
    if (!found.ok) return found
    const entries: [string, T][] = []
    for (const [key, each] of Object.entries(found.value)) {
      const item = shape(each, `${at}.${key}`)
      if (!item.ok) return item
      entries.push([key, item.value])
    }
    return { ok: true, value: Object.fromEntries(entries) }
  }

/** An object with these fields; fields of a later version are left out. */
export const fields =
  <S extends Readonly<Record<string, Shape<unknown>>>>(shapes: S): Shape<Values<S>> =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(at, 'an object', value)
    const entries: [string, unknown][] = []
    for (const [key, shape] of Object.entries(shapes)) {
      const own: unknown = Object.getOwnPropertyDescriptor(value, key)?.value
      const found = shape(own, at === '' ? key : `${at}.${key}`)
      if (!found.ok) return found
      entries.push([key, found.value])
    }
    // Every key of S was just held against its shape; fromEntries forgets which.
    return { ok: true, value: Object.fromEntries(entries) as Values<S> }
  }
