import { isRecord } from './guard.ts'

/** Data as JSON, as Go writes it: with sorted keys, and without the characters of HTML. */
export const goJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (isRecord(value)) {
    const pairs = Object.keys(value)
      .sort()
      .map(key => `${scalar(key)}:${goJson(value[key])}`)
    return `{${pairs.join(',')}}`
  }
  return scalar(value)
}

// encoding/json escapes what HTML would read
const scalar = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replace(
    /[<>&\u2028\u2029]/g,
    each => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
