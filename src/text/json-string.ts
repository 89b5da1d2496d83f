const BACKSLASH = 0x5c

/**
 * What a JSON string says, as a byte string, from what stands between its quotes. An escape that is none stays as it is,
 * halves of a pair are joined, a first half without a second one stays as it is, and one before another number is U+FFFD
 * (valyala/fastjson parser.go 1.6: unescapeStringBestEffort).
 */
export const unescaped = (bytes: Buffer, start: number, end: number): string => {
  const raw = bytes.toString('latin1', start, end)
  return hasEscape(bytes, start, end) ? raw.replace(ESCAPE, said) : raw
}

/** True where a string has an escape. */
export const hasEscape = (bytes: Buffer, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true
  return false
}

const ESCAPE =
  /\\(?:u([dD][89a-fA-F][0-9a-fA-F]{2})\\u([0-9a-fA-F]{4})|u[dD][89a-fA-F][0-9a-fA-F]{2}|u([0-9a-fA-F]{4})|([^]))/g

const SAID: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t'
}

const said = (whole: string, first?: string, second?: string, code?: string, letter?: string): string => {
  if (letter !== undefined) return SAID[letter] ?? whole
  if (code !== undefined) return utf8Of(Number.parseInt(code, 16))
  if (first === undefined || second === undefined) return whole
  const [high, low] = [Number.parseInt(first, 16), Number.parseInt(second, 16)]
  const isPair = high < 0xdc00 && low >= 0xdc00 && low <= 0xdfff
  return utf8Of(isPair ? ((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000 : 0xfffd)
}

const utf8Of = (code: number): string =>
  code < 0x80 ? String.fromCharCode(code) : Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1')
