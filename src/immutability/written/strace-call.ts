/** A system call in the output of strace that has come to its end. */
export interface StraceCall {
  readonly name: string
  /** As strace writes them. */
  readonly arguments: readonly string[]
  /** The number it returned, `?` for none. */
  readonly result: string
  /** The path of the descriptor that it returned, which strace -y adds. */
  readonly resultPath: string | undefined
  /** The errno's name, of a call that failed. */
  readonly error: string | undefined
}

const RESULT = /\)\s*=\s*(-?\d+|0x[0-9a-f]+|\?)(?:<(\/[^<>]*)(?:<[^>]*>)?>(?:\(deleted\))?)?(?:\s+(E[A-Z0-9]+))?/y

/** The call in a line of strace without its pid and time; undefined for what is no call, or one that is cut. */
export const parseStraceCall = (text: string): StraceCall | undefined => {
  const name = /^[a-z_][a-z0-9_]*(?=\()/.exec(text)?.[0]
  if (name === undefined) return undefined
  const [words, end] = argumentsOf(text, name.length + 1)
  RESULT.lastIndex = end
  const [, result, path, error] = RESULT.exec(text) ?? []
  if (result === undefined) return undefined
  return { name, arguments: words, result, resultPath: path === undefined ? undefined : unescapeC(path), error }
}

// the arguments from an offset, and the offset of the bracket that ends them (or of the text's end)
const argumentsOf = (text: string, start: number): [string[], number] => {
  const words: string[] = []
  let depth = 0
  let from = start
  let at = start
  for (; at < text.length; at++) {
    const char = text[at]
    if (char === '"') at = endOfString(text, at)
    else if (char === '<' && depth === 0 && at > from) at = endOfDescriptor(text, at)
    else if (char === '(' || char === '{' || char === '[') depth += 1
    else if (char === ')' && depth === 0) break
    else if (char === ')' || char === '}' || char === ']') depth -= 1
    else if (char === ',' && depth === 0) {
      words.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  if (at > from) words.push(text.slice(from, at).trim())
  return [words, at]
}

const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return text.length
}

// 3</var/lib>, 3</dev/null<char 1:3>> or 3<UNIX-STREAM:[12->34]>: in a path strace escapes <>
const endOfDescriptor = (text: string, start: number): number => {
  const isPath = text[start + 1] === '/'
  if (!isPath && !/[A-Za-z]/.test(text[start + 1] ?? '')) return start
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '>' && (isPath || text[at - 1] !== '-')) return text[at + 1] === '>' ? at + 1 : at
  }
  return text.length
}

/** The text of an argument that is a string; undefined for another (NULL, an address) and for one that strace cut short. */
export const stringArgument = (argument: string): string | undefined => {
  if (argument.length > LONGEST) return undefined
  const text = /^"((?:[^"\\]|\\.)*)"$/s.exec(argument)?.[1]
  return text === undefined ? undefined : unescapeC(text)
}

/** The path of an argument that is a descriptor, which strace -y writes behind it. */
export const descriptorPath = (argument: string): string | undefined => {
  const text = /^(?:\d+|AT_FDCWD)<(\/[^<>]*)[<>]/.exec(argument)?.[1]
  return text === undefined ? undefined : unescapeC(text)
}

// a path of PATH_MAX bytes, each one escaped
const LONGEST = 4 * 4096 + 2

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, a: 7, b: 8 }
const ENCODER = new TextEncoder()

// undefined for bytes that are no UTF-8: no manifest can name such a path
const unescapeC = (text: string): string | undefined => {
  if (!text.includes('\\')) return text
  const bytes: number[] = []
  for (const [whole, hex, octal, char] of text.matchAll(/\\x([0-9a-f]{2})|\\([0-7]{1,3})|\\(.)|[^\\]+/gs)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16))
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff)
    else if (char !== undefined) bytes.push(ESCAPES[char] ?? char.charCodeAt(0))
    else for (const byte of ENCODER.encode(whole)) bytes.push(byte)
  }
  const decoded = new TextDecoder().decode(Uint8Array.from(bytes))
  return decoded.includes('\ufffd') ? undefined : decoded
}
