/** What a text says in JSON; undefined where it is none. */
export const parsedOrNot = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

/** Text from bytes in UTF-8 that were read as Latin-1. */
export const utf8Of = (latin1: string): string =>
  /[\x80-\xff]/.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1

/** What a JSON string says, from what stands between its quotes in Latin-1; null where it is none. */
export const textOf = (raw: string): string | null => {
  if (!UNUSUAL.test(raw)) return raw
  // Go writes an ampersand so; where the backslash is one itself, it is left
  const plain = raw.replaceAll('\\u0026', '&')
  if (!UNUSUAL.test(plain)) return plain
  const value = parsedOrNot(`"${utf8Of(raw)}"`)
  return typeof value === 'string' ? value : null
}

const UNUSUAL = /[^ !#-[\]-~]/
