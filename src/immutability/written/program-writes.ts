import { type CommandOptions, hasOption, readOptions, valuesOf } from './command-options.ts'
import type { ShellWord } from './shell-step.ts'
import { WRITING_COMMANDS, type WritingCommand } from './writing-commands.ts'

/** Something that a program writes, as its words say it. */
export interface ProgramWrite {
  /** `name`: in the directory that holds it; `changed`: itself; `made`: a directory that cannot have been there; `within`: in it. */
  readonly what: 'name' | 'changed' | 'made' | 'within'
  /** Undefined where the words do not say it. */
  readonly word: ShellWord | undefined
}

/** What a program writes, from the words behind its name; nothing for a program that only reads or is not known. */
export const programWrites = (name: string, words: readonly ShellWord[]): readonly ProgramWrite[] => {
  const row = ROWS.get(name)
  if (!row) return []
  const read = readOptions(row.writes === 'tar' ? withDash(words) : words, row)
  return row.unless && hasOption(read, ...row.unless) ? [] : READERS[row.writes](read, row, words)
}

const ROWS: ReadonlyMap<string, WritingCommand> = new Map(
  (WRITING_COMMANDS as readonly WritingCommand[]).flatMap(row => row.names.split(' ').map(name => [name, row] as const))
)

type Reader = (read: CommandOptions, row: WritingCommand, words: readonly ShellWord[]) => readonly ProgramWrite[]

const each = (what: ProgramWrite['what'], words: readonly (ShellWord | undefined)[]): ProgramWrite[] =>
  words.map(word => ({ what, word }))

const known = (text: string): ShellWord => ({ text, isWhole: true, inner: [] })
const HERE = known('.')

// `-` stands for the standard output
const files = (words: readonly ShellWord[]): ProgramWrite[] =>
  each(
    'name',
    words.filter(({ text, isWhole }) => !isWhole || text !== '-')
  )

const below = (directory: ShellWord, source: ShellWord): ShellWord | undefined => {
  const name = source.text.replace(/\/+$/, '').split('/').at(-1) ?? ''
  return directory.isWhole && source.isWhole && name !== '' ? known(`${directory.text}/${name}`) : undefined
}

// directories in every image: what is copied there is put into them
const DIRECTORY =
  /(?:\/|\/\.\.?)$|^\.\.?$|^\/(?:tmp|run|etc|opt|srv|mnt|root|home|data|dev\/shm|s?bin|usr|usr\/(?:local|share|lib|s?bin)|usr\/local\/(?:s?bin|lib|share)|var|var\/(?:tmp|run|log|lib|cache|www|www\/html))$/

const copies: Reader = read => {
  if (hasOption(read, 'd', 'directory')) return each('within', read.operands)
  const [target] = valuesOf(read, 't', 'target-directory')
  const last = read.operands.at(-1)
  if (target) return into(target, read.operands)
  if (last === undefined) return []
  if (read.operands.length === 1) return [{ what: 'name', word: below(HERE, last) }]
  const sources = read.operands.slice(0, -1)
  if (!last.isWhole) return [{ what: 'name', word: undefined }]
  return sources.length > 1 || DIRECTORY.test(last.text) ? into(last, sources) : [{ what: 'name', word: last }]
}

const into = (directory: ShellWord, sources: readonly ShellWord[]): ProgramWrite[] =>
  sources.map(source => {
    const word = below(directory, source)
    return word ? { what: 'name', word } : { what: 'within', word: directory }
  })

const fetched = (directory: ShellWord | undefined): ProgramWrite => ({ what: 'within', word: directory ?? HERE })

const READERS: Readonly<Record<WritingCommand['writes'], Reader>> = {
  operands: ({ operands }) => files(operands),
  changes: (read, { skips = 0 }, words) => {
    // chmod -x FILE
    const isModeFirst = /^-[rwxXst]+$/.test(words[0]?.text ?? '')
    return each('changed', read.operands.slice(hasOption(read, 'reference') || isModeFirst ? 0 : skips))
  },
  makes: read => each(hasOption(read, 'p', 'parents') ? 'within' : 'made', read.operands),
  copies,
  moves: read => [
    ...each('name', valuesOf(read, 't', 'target-directory').length > 0 ? read.operands : read.operands.slice(0, -1)),
    ...copies(read, { names: 'mv', writes: 'moves' }, [])
  ],
  temporary: read => {
    const [template] = read.operands
    const [directory] = valuesOf(read, 'p', 'tmpdir')
    if (directory) return [{ what: 'within', word: directory }]
    if (!template || hasOption(read, 't', 'tmpdir')) return [{ what: 'within', word: known('/tmp') }]
    // the last part of its name is made up
    const parent = template.text.includes('/') ? template.text.replace(/[^/]*$/, '') : './'
    return [{ what: 'within', word: template.isWhole ? known(parent) : undefined }]
  },
  sed: read => {
    if (!hasOption(read, 'i', 'in-place')) return []
    return each('name', read.operands.slice(hasOption(read, 'e', 'expression', 'f', 'file') ? 0 : 1))
  },
  dd: (_, __, words) =>
    files(words.filter(({ text }) => text.startsWith('of=')).map(word => ({ ...word, text: word.text.slice(3) }))),
  tar: read => {
    const archives = valuesOf(read, 'f', 'file')
    if (hasOption(read, 'c', 'create', 'r', 'append', 'u', 'update')) return files(archives)
    if (!hasOption(read, 'x', 'extract', 'get') || hasOption(read, 'O', 'to-stdout')) return []
    return [fetched(valuesOf(read, 'C', 'directory').at(-1))]
  },
  unzip: read => (read.operands.length === 0 ? [] : [fetched(valuesOf(read, 'd')[0])]),
  curl: read => {
    const [directory] = valuesOf(read, 'output-dir')
    const named = valuesOf(read, 'o', 'output').map(word => (directory ? below(directory, word) : word))
    const isNamedThere = hasOption(read, 'O', 'remote-name', 'remote-name-all')
    const others = files(valuesOf(read, 'c', 'cookie-jar', 'D', 'dump-header'))
    return [
      ...named.flatMap(word => (word ? files([word]) : each('name', [word]))),
      ...others,
      ...(isNamedThere ? [fetched(directory)] : [])
    ]
  },
  wget: read => {
    const logs = files(valuesOf(read, 'o', 'output-file', 'a', 'append-output'))
    const named = valuesOf(read, 'O', 'output-document')
    if (named.length > 0) return [...logs, ...files(named)]
    const isFetched = read.operands.length > 0 || hasOption(read, 'i', 'input-file')
    return [...logs, ...(isFetched ? [fetched(valuesOf(read, 'P', 'directory-prefix')[0])] : [])]
  },
  gzip: ({ operands }) => files(operands),
  find: (_, __, words) => {
    if (words.some(({ text }) => text === '-delete')) return each('name', [undefined])
    return words.flatMap(({ text }, index) =>
      /^-(?:fprint0?|fls)$/.test(text) ? each('name', [words[index + 1]]) : []
    )
  },
  git: ({ operands: [first] }) =>
    /^(?:clone|pull|checkout|init|reset|merge|commit|add|apply|config|fetch)$/.test(first?.text ?? '')
      ? each('name', [undefined])
      : [],
  always: () => each('name', [undefined])
}

// tar takes its letters without a dash as well, and the words of f, C and the like follow in their order
const withDash = (words: readonly ShellWord[]): readonly ShellWord[] => {
  const [first, ...rest] = words
  if (!first || first.text.startsWith('-') || !/^[A-Za-z]{1,16}$/.test(first.text)) return words
  const letters = [...first.text]
  const archive = letters.includes('f') ? [known('-f'), ...rest.slice(0, 1)] : []
  const others = letters.filter(letter => letter !== 'f').join('')
  return [known(`-${others}`), ...archive, ...rest.slice(archive.length > 0 ? 1 : 0)]
}
