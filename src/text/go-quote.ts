const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v'
}

// strconv.IsPrint: letters, marks, numbers, punctuation, symbols, and of the spaces only that of ASCII
const UNSHOWN = /["\\]|(?! )[\p{Z}\p{C}]/gu

/** A string as Go's %q and strconv.Quote write it. */
export const goQuote = (text: string): string => `"${text.replace(UNSHOWN, escape)}"`

const escape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code < 0x80) return NAMED[character] ?? `\\x${hex.padStart(2, '0')}`
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
}
