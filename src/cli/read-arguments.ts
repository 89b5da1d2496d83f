import type { Command } from './command.ts'
import { isOneTooMany } from './one-value.ts'
import { type Args, EVERYWHERE, option, type OptionName, OPTIONS } from './options.ts'

/** A command with the arguments for it. */
export interface Chosen {
  readonly command: Command
  readonly args: Args
}

/**
 * Reads a command line that is written as the tables say it should be; undefined for every other one, which yargs then
 * reads, or refuses with help. Most runs are the former, and most of a start would be spent in yargs.
 */
export const readArguments = (argv: readonly string[], commands: readonly Command[]): Chosen | undefined => {
  const words = namesOf(argv, commands)
  if (!words) return undefined
  const { command, rest } = words
  const values = new Map<OptionName, string[]>()
  const positionals: string[] = []
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? ''
    if (word === '-' || !word.startsWith('-')) {
      positionals.push(word)
      continue
    }
    const { name, attached } = optionIn(word)
    if (name === undefined || !isTaken(command, name)) return undefined
    const value = valueOf(command, name, attached, rest[index + 1])
    if (value === undefined) return undefined
    values.set(name, [...(values.get(name) ?? []), value])
    if (attached === undefined && option(name).type !== 'flag') index += 1
  }
  if ([...values].some(([name, given]) => isOneTooMany(name, given))) return undefined
  return areWanted(command, positionals) ? { command, args: argsOf(command, values, positionals) } : undefined
}

interface Words {
  readonly command: Command
  readonly rest: readonly string[]
}

/** The command that the first words name, `plan` where there is none, and what else is said. */
const namesOf = (argv: readonly string[], commands: readonly Command[]): Words | undefined => {
  const [first = '', second = ''] = argv
  const isNamed = (words: string) => (command: Command) => command.name === words
  const grouped = commands.find(isNamed(`${first} ${second}`))
  if (grouped) return { command: grouped, rest: argv.slice(2) }
  const single = commands.find(isNamed(first))
  if (single) return { command: single, rest: argv.slice(1) }
  const usual = commands.find(isNamed('plan'))
  // with a name behind the options it is another command, and yargs knows which
  const isUsual = argv.every((word, index) => word.startsWith('-') || takesNext(argv[index - 1]))
  return usual && isUsual ? { command: usual, rest: argv } : undefined
}

/** True for an option whose value is the next word. */
export const takesNext = (word: string | undefined): boolean => {
  const { name, attached } = optionIn(word ?? '')
  return name !== undefined && attached === undefined && option(name).type !== 'flag'
}

const optionIn = (word: string): { name?: OptionName; attached?: string } => {
  const [, long, attached] = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(word) ?? []
  if (long !== undefined)
    return { ...(isOption(long) ? { name: long } : {}), ...(attached === undefined ? {} : { attached }) }
  const name = (Object.keys(OPTIONS) as OptionName[]).find(each => `-${option(each).alias ?? ''}` === word)
  return name === undefined ? {} : { name }
}

const isOption = (name: string): name is OptionName => Object.hasOwn(OPTIONS, name)

const isTaken = (command: Command, name: OptionName): boolean =>
  EVERYWHERE.some(each => each === name) || command.options.includes(name)

// undefined: it has none, or one that is not to be had, and yargs says so
const valueOf = (
  command: Command,
  name: OptionName,
  attached: string | undefined,
  next: string | undefined
): string | undefined => {
  const { type, choices } = option(name)
  if (type === 'flag') return attached === undefined && next !== 'true' && next !== 'false' ? 'true' : undefined
  const value = attached ?? next
  if (value === undefined || value === '' || (value.startsWith('-') && value !== '-')) return undefined
  const all = name === 'output' ? [...(choices ?? []), ...(command.formats ?? [])] : choices
  return all === undefined || all.includes(value) ? value : undefined
}

// as the usage says: [file] may stand, <file> must, <file..> stands once or more
const areWanted = ({ usage }: Command, positionals: readonly string[]): boolean => {
  const wanted = usage.split(' ').filter(word => word !== '')
  const least = wanted.filter(word => word.startsWith('<')).length
  const most = usage.includes('..') ? Infinity : wanted.length
  return positionals.length >= least && positionals.length <= most
}

const argsOf = (
  command: Command,
  values: ReadonlyMap<OptionName, readonly string[]>,
  positionals: readonly string[]
): Args => ({
  // of an option of every command the last counts (see one-value.ts)
  text: name => {
    if (option(name).type !== 'string') return undefined
    return values.get(name)?.at(-1) ?? (isTaken(command, name) ? option(name).default : undefined)
  },
  has: name => option(name).type === 'flag' && values.has(name),
  list: name => (option(name).type === 'list' ? (values.get(name) ?? []) : []),
  positionals
})
