import { auditFlag, normaliseFlag } from '../audit/flags.ts'
import { AuditError } from '../errors.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'
import type { Source } from '../text/source.ts'

/** One item of a container's `command` or `args`. */
export interface Word {
  readonly text: string
  /** Path of the list, and the item's index in it. */
  readonly list: Path
  readonly index: number
}

/** A flag on the command line of kube-apiserver. */
export interface Flag {
  /** The name with `_` read as `-`. */
  readonly name: string
  /** The value; null for a flag that stands alone, which for a boolean means true. */
  readonly value: string | null
  /** The item with the name and, for `--flag value`, the item with the value. */
  readonly words: readonly [Word] | readonly [Word, Word]
}

/** The command line of kube-apiserver in a container. */
export interface CommandLine {
  readonly words: readonly Word[]
  readonly flags: readonly Flag[]
  /** The words behind the program that are no flags; kube-apiserver accepts none. */
  readonly stray: readonly Word[]
  /** The list that new flags go into, and the items of it that are flags. */
  readonly list: Path
}

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh', 'busybox'])
const baseName = (text: string): string => text.slice(text.lastIndexOf('/') + 1)

/**
 * Reads the flags of kube-apiserver from `command` and `args`. Undefined when the container runs something else; the
 * error SHELL_WRAPPER where a shell builds the command line, and BAD_COMMAND where it cannot be told.
 */
export const parseCommand = (
  source: Source,
  words: readonly Word[],
  named: boolean
): CommandLine | AuditError | undefined => {
  const program = programEnd(words)
  const shell = words.slice(0, program ?? words.length).find(word => SHELLS.has(baseName(word.text)))
  if (shell && (program !== undefined || named || words.some(word => /kube-apiserver|hyperkube/.test(word.text)))) {
    return fault(
      source,
      'SHELL_WRAPPER',
      shell,
      `kube-apiserver is started by a shell (${shell.text}); its flags are inside a script`
    )
  }
  const start =
    program ?? (named && (words[0]?.list.at(-1) === 'args' || words.length === 0) ? leading(words) : undefined)
  if (start === undefined) {
    const first = words[0]
    if (named && first)
      return fault(
        source,
        'BAD_COMMAND',
        first,
        `the container starts "${first.text.slice(0, 60)}", not kube-apiserver`
      )
    return undefined
  }
  const own = words.slice(start)
  const list = own.at(-1)?.list ?? words.at(-1)?.list
  if (!list) return undefined
  return { words, ...parseFlags(own), list }
}

// arguments of an entry point that is not known here may begin with what it is to start
const leading = (words: readonly Word[]): number => {
  const first = words.findIndex(word => word.text.startsWith('-'))
  return first < 0 ? words.length : first
}

// how many words name the program: `kube-apiserver`, `/hyperkube apiserver`, or one of these behind a wrapper
const programEnd = (words: readonly Word[]): number | undefined => {
  for (const [index, word] of words.entries()) {
    if (word.text.startsWith('--audit')) return undefined
    // a flag's value or an address may end so too
    if (word.text.startsWith('-') || word.text.includes('://')) continue
    const name = baseName(word.text)
    if (name === 'kube-apiserver') return index + 1
    if (name === 'hyperkube' && /^(kube-)?apiserver$/.test(words[index + 1]?.text ?? '')) return index + 2
  }
  return undefined
}

const fault = (source: Source, code: 'SHELL_WRAPPER' | 'BAD_COMMAND', word: Word, message: string): AuditError =>
  new AuditError(code, `${message} (${formatPath([...word.list, word.index])})`, {
    path: source.file,
    position: positionOf(source, [...word.list, word.index])
  })

const LONG = /^--([^-=\s][^=\s]*)(?:=([\s\S]*))?$/
const SHORT = /^-[vh]/

// pflag's grammar, https://github.com/spf13/pflag/blob/master/flag.go parseArgs
const parseFlags = (words: readonly Word[]): { flags: Flag[]; stray: Word[] } => {
  const flags: Flag[] = []
  const stray: Word[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index]
    if (!word) break
    if (word.text === '--') return { flags, stray: [...stray, ...words.slice(index)] }
    const match = LONG.exec(word.text)
    if (!match?.[1]) {
      if (word.text === '-v') index += 1
      else if (!SHORT.test(word.text)) stray.push(word)
      continue
    }
    const name = normaliseFlag(match[1])
    const next = words[index + 1]
    if (match[2] !== undefined) flags.push({ name, value: match[2], words: [word] })
    else if (next && takesNext(name, next, index + 2 === words.length)) {
      flags.push({ name, value: next.text, words: [word, next] })
      index += 1
    } else flags.push({ name, value: null, words: [word] })
  }
  return { flags, stray }
}

// a boolean never takes the next word; of flags outside the audit table the type is not known here, but as
// kube-apiserver accepts no words that are not flags, one that follows must be the value
const takesNext = (name: string, { text }: Word, isLast: boolean): boolean => {
  const known = auditFlag(name)
  return known ? known.type !== 'bool' : !LONG.test(text) && !SHORT.test(text) && !(isLast && text === '--')
}

/** The flag that counts among all of one name: the last. */
export const lastFlag = (command: CommandLine, ...names: readonly string[]): Flag | undefined =>
  command.flags.filter(flag => names.includes(flag.name)).at(-1)
