import { AuditError } from '../errors.ts'

/**
 * The lines of a text that comes a piece at a time, without their line ends; no line is held longer than it takes. Throws
 * NOT_UTF8, and TOO_LARGE for a line of more than `longest` bytes.
 */
export function* linesIn(chunks: Iterable<Uint8Array>, file: string, longest: number): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch (cause) {
      throw new AuditError('NOT_UTF8', `${file} is not UTF-8 text`, { path: file, cause })
    }
  }
  let rest: string[] = []
  let length = 0
  for (const chunk of chunks) {
    const [first = '', ...others] = decode(chunk).split('\n')
    rest.push(first)
    length += first.length
    if (length > longest)
      throw new AuditError('TOO_LARGE', `a line of ${file} has more than ${longest} bytes`, { path: file })
    const last = others.pop()
    if (last === undefined) continue
    yield trimmed(rest.join(''))
    yield* others.map(trimmed)
    rest = [last]
    length = last.length
  }
  const last = trimmed(rest.join('') + decode())
  if (last !== '') yield last
}

const trimmed = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)
