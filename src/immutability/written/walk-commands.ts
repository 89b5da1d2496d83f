import { readOptions, valuesOf } from './command-options.ts'
import { type OptionsOfWrapper, WRAPPERS } from './command-wrappers.ts'
import { resolvePath } from './resolve-path.ts'
import { readShellScript } from './shell-script.ts'
import type { ShellRedirection, ShellStep, ShellWord } from './shell-step.ts'

/** A program that a command starts, with what is known of how. */
export interface StartedProgram {
  /** Its base name; empty where only a redirection stands. */
  readonly name: string
  /** The words behind its name. */
  readonly words: readonly ShellWord[]
  readonly redirections: readonly ShellRedirection[]
  /** The working directory, where it is known. */
  readonly directory: string | undefined
  /** The program before it in its pipeline that fetches something from the network. */
  readonly fedBy: string | undefined
  /** How it is written. */
  readonly source: string
}

type Visit = (program: StartedProgram) => void

/** Visits every program that a command starts as far as it says so: of shells with -c also those in the script. */
export const walkCommands = (argv: readonly string[], directory: string | undefined, visit: Visit): void => {
  const words = argv.map(wordOfArgument)
  const source = argv.join(' ').slice(0, LONGEST_SOURCE)
  const raw = new Map(words.map((word, index) => [word, argv[index] ?? '']))
  walkWords({ directory, fedBy: undefined, visit, depth: 0, raw }, { words, redirections: [], source })
}

const LONGEST_SOURCE = 80

// the kubelet puts the value of a variable there, https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
const wordOfArgument = (text: string): ShellWord => {
  const variable = /(?<!\$)\$\([A-Za-z_.-][\w.-]{0,255}\)/.exec(text)
  return variable
    ? { text: text.slice(0, variable.index), isWhole: false, inner: [] }
    : { text, isWhole: true, inner: [] }
}

interface Scope {
  directory: string | undefined
  /** The program before in the pipeline that fetches from the network. */
  fedBy: string | undefined
  readonly visit: Visit
  readonly depth: number
  /** The words of the command itself as they are written: in a script $(...) is more likely a substitution. */
  readonly raw: ReadonlyMap<ShellWord, string>
}

// scripts in scripts: `sh -c "sh -c ..."`
const DEEPEST = 8

const walkScript = (scope: Scope, text: string): void => {
  if (scope.depth < DEEPEST) walkSteps({ ...scope, depth: scope.depth + 1 }, readShellScript(text))
}

const walkSteps = (scope: Scope, steps: readonly ShellStep[]): void => {
  const outer: (string | undefined)[] = []
  steps.forEach((step, index) => {
    if (step.kind === 'enter') outer.push(scope.directory)
    else if (step.kind === 'leave') {
      const before = outer.pop()
      // whether a block was run is not known
      if (step.isSubshell || before !== scope.directory) scope.directory = step.isSubshell ? before : undefined
    } else {
      const before = scope.directory
      if (!step.isFed) scope.fedBy = undefined
      for (const word of step.words) walkInner(scope, word)
      for (const { target } of step.redirections) walkInner(scope, target)
      walkWords(scope, step)
      const next = steps[index + 1]
      // each part of a pipeline is a process of its own
      if (step.isFed || (next?.kind === 'command' && next.isFed)) scope.directory = before
    }
  })
}

const walkInner = (scope: Scope, { inner }: ShellWord): void => {
  if (inner.length > 0 && scope.depth < DEEPEST)
    walkSteps({ ...scope, fedBy: undefined, depth: scope.depth + 1 }, inner)
}

interface Words {
  readonly words: readonly ShellWord[]
  readonly redirections: readonly ShellRedirection[]
  readonly source: string
}

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]]*\])?\+?=/
const baseName = ({ text, isWhole }: ShellWord): string => (isWhole ? text.slice(text.lastIndexOf('/') + 1) : '')

const walkWords = (scope: Scope, { words, redirections, source }: Words, wrappers = 0): void => {
  const first = words.findIndex(({ text }) => !ASSIGNMENT.test(text))
  const program = first === -1 ? undefined : words[first]
  const name = program ? baseName(program) : ''
  const rest = first === -1 ? [] : words.slice(first + 1)
  const { directory, fedBy } = scope
  scope.visit({ name, words: rest, redirections, directory, fedBy, source })
  if (name === 'cd' || name === 'pushd') scope.directory = changedDirectory(scope, rest)
  if (name === 'popd') scope.directory = undefined
  if (name === 'curl' || name === 'wget') scope.fedBy = name
  const wrapper = WRAPPERS.get(name)
  if (wrapper && wrappers < DEEPEST) walkWrapped(scope, wrapper, rest, source, wrappers + 1)
}

const changedDirectory = (scope: Scope, words: readonly ShellWord[]): string | undefined => {
  const [target] = readOptions(words, {}).operands
  return target?.isWhole && target.text !== '-' && target.text !== ''
    ? resolvePath(target.text, scope.directory)
    : undefined
}

const walkWrapped = (
  scope: Scope,
  wrapper: OptionsOfWrapper,
  words: readonly ShellWord[],
  source: string,
  wrappers: number
): void => {
  const read = readOptions(words, wrapper, wrapper.runs !== 'option')
  if (wrapper.unless?.some(name => read.options.some(option => option.name === name))) return
  if (wrapper.runs === 'program') {
    const extra = wrapper.addsWords ? [UNKNOWN] : []
    const inner = [...read.operands.slice(wrapper.skips ?? 0), ...extra]
    if (inner.length > extra.length) walkWords(scope, { words: inner, redirections: [], source }, wrappers)
    return
  }
  const script = scriptOf(
    scope.raw,
    wrapper,
    read.operands,
    valuesOf(read, 'c', 'command')[0],
    read.options.map(({ name }) => name)
  )
  if (script === undefined) return
  // what runs in the shell itself changes its directory
  if (wrapper.runs === 'eval') walkScript(scope, script)
  else walkScript({ ...scope }, script)
}

const UNKNOWN: ShellWord = { text: '', isWhole: false, inner: [] }

const scriptOf = (
  raw: ReadonlyMap<ShellWord, string>,
  { runs }: OptionsOfWrapper,
  operands: readonly ShellWord[],
  value: ShellWord | undefined,
  options: readonly string[]
): string | undefined => {
  const words = runs === 'option' ? [value] : runs === 'eval' ? operands : operands.slice(0, 1)
  if (runs === 'shell' && !options.includes('c')) return undefined
  const known = words.flatMap(word => (word === undefined ? [] : (raw.get(word) ?? (word.isWhole ? word.text : []))))
  return known.length > 0 && known.length === words.length ? known.join(' ') : undefined
}
