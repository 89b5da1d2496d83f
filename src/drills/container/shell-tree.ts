import type { ShellToken, WordPart } from './shell-tokens.ts'

/** A word with its parts. */
export type Word = readonly WordPart[]

/** What a script does. */
export type ShellNode =
  | { readonly kind: 'command'; readonly words: readonly Word[] }
  | {
      readonly kind: 'list'
      readonly steps: readonly { readonly after: ';' | '&&' | '||'; readonly node: ShellNode }[]
    }
  | { readonly kind: 'not'; readonly node: ShellNode }
  | { readonly kind: 'subshell'; readonly node: ShellNode }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly test: ShellNode; readonly then: ShellNode }[]
      readonly otherwise: ShellNode
    }
  | { readonly kind: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: ShellNode }

/** The tree of a script's tokens; null where it is none, or holds what is not known here. */
export const shellTree = (tokens: readonly ShellToken[]): ShellNode | null => {
  const reader = { tokens, at: 0 }
  const node = readList(reader, [])
  return node && reader.at === tokens.length ? node : null
}

interface Reader {
  readonly tokens: readonly ShellToken[]
  at: number
}

// only without quotes a word is one of the shell's own
const bareAt = ({ tokens, at }: Reader): string | undefined => {
  const token = tokens[at]
  if (token?.kind === 'operator') return token.text
  const [part, ...more] = token?.parts ?? []
  return part?.kind === 'text' && !part.isQuoted && more.length === 0 ? part.text : undefined
}

const eat = (reader: Reader, ...wanted: readonly string[]): boolean => {
  const found = bareAt(reader)
  if (found === undefined || !wanted.includes(found)) return false
  reader.at += 1
  return true
}

const skipBreaks = (reader: Reader): void => {
  while (eat(reader, ';'));
}

const readList = (reader: Reader, ends: readonly string[]): ShellNode | null => {
  const steps: { after: ';' | '&&' | '||'; node: ShellNode }[] = []
  skipBreaks(reader)
  let after: ';' | '&&' | '||' = ';'
  while (reader.at < reader.tokens.length && !ends.includes(bareAt(reader) ?? '')) {
    const node = readCommand(reader)
    if (!node) return null
    steps.push({ after, node })
    if (eat(reader, '&&')) after = '&&'
    else if (eat(reader, '||')) after = '||'
    else if (eat(reader, ';')) after = ';'
    else break
    skipBreaks(reader)
  }
  return { kind: 'list', steps }
}

const UNKNOWN = new Set([
  'while',
  'until',
  'case',
  'function',
  '[[',
  'select',
  'then',
  'fi',
  'do',
  'done',
  'else',
  'elif',
  'esac',
  '}',
  ')'
])

const readCommand = (reader: Reader): ShellNode | null => {
  if (eat(reader, '!')) return wrapped('not', readCommand(reader))
  if (eat(reader, '(')) return wrapped('subshell', closed(reader, readList(reader, [')']), ')'))
  if (eat(reader, '{')) return closed(reader, readList(reader, ['}']), '}')
  if (eat(reader, 'if')) return readIf(reader)
  if (eat(reader, 'for')) return readFor(reader)
  if (UNKNOWN.has(bareAt(reader) ?? '')) return null
  const words = readWords(reader)
  return words.length === 0 ? null : { kind: 'command', words }
}

const wrapped = (kind: 'not' | 'subshell', node: ShellNode | null): ShellNode | null => node && { kind, node }

const closed = (reader: Reader, node: ShellNode | null, end: string): ShellNode | null =>
  eat(reader, end) ? node : null

const readWords = (reader: Reader): Word[] => {
  const words: Word[] = []
  for (let token = reader.tokens[reader.at]; token?.kind === 'word'; token = reader.tokens[reader.at]) {
    words.push(token.parts)
    reader.at += 1
  }
  return words
}

const readIf = (reader: Reader): ShellNode | null => {
  const branches: { test: ShellNode; then: ShellNode }[] = []
  do {
    const test = closed(reader, readList(reader, ['then']), 'then')
    const then = readList(reader, ['elif', 'else', 'fi'])
    if (!test || !then) return null
    branches.push({ test, then })
  } while (eat(reader, 'elif'))
  const otherwise = eat(reader, 'else') ? readList(reader, ['fi']) : ({ kind: 'list', steps: [] } as const)
  return otherwise && eat(reader, 'fi') ? { kind: 'if', branches, otherwise } : null
}

const readFor = (reader: Reader): ShellNode | null => {
  const name = bareAt(reader)
  reader.at += 1
  if (name === undefined || !eat(reader, 'in')) return null
  const words = readWords(reader)
  skipBreaks(reader)
  if (!eat(reader, 'do')) return null
  const body = closed(reader, readList(reader, ['done']), 'done')
  return body && { kind: 'for', name, words, body }
}
