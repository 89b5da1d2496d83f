import yargs, { type CommandModule } from 'yargs'
import { AuditError } from '../errors.ts'
import { aliasOf, COMMAND_GROUPS, type Command } from './command.ts'
import { EXIT_CODES } from './exit-codes.ts'
import {
  type Args,
  EVERYWHERE,
  FILTERS,
  FOUND,
  option,
  type OptionName,
  REQUEST,
  RUNNING,
  SETTINGS
} from './options.ts'
import { refuseTwo } from './one-value.ts'
import { takesNext } from './read-arguments.ts'
import { usageMessage } from './usage-message.ts'
import { VERSION } from './version.ts'

/** What a command line asks for: a command with its arguments, or a text to print. */
export type Parsed =
  | { readonly kind: 'command'; readonly command: Command; readonly args: Args }
  | { readonly kind: 'text'; readonly text: string }

/** Parses a command line. Throws USAGE. */
export const parseArguments = async (
  argv: readonly string[],
  commands: readonly Command[],
  width: number
): Promise<Parsed> => {
  let chosen: { command: Command; args: Args } | undefined
  const named = namedIn(argv, commands)
  const own = named?.aliases ?? {}
  let parser = yargs()
    .scriptName('auditpatch')
    .usage(
      '$0 [command] [options]\n\nSwitches on audit logging of a kubeadm control plane, and leaves the node running.'
    )
    .parserConfiguration({
      'boolean-negation': false,
      'parse-numbers': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
      'camel-case-expansion': false
    })
    .detectLocale(false)
    .wrap(width)
    .version(VERSION)
    .alias('h', 'help')
    .exitProcess(false)
    .strict()
    .recommendCommands()
    .demandCommand(1, 'a command is wanted')
    .options(Object.fromEntries(EVERYWHERE.map(name => [name, yargsOption(name, own)])))
    .group(EVERYWHERE, 'Everywhere:')
    .epilogue(`Exit codes: ${EXIT_CODES.map(({ code, meaning }) => `${code} ${meaning}`).join('; ')}.`)
    .fail((message: string | undefined, error: Error | undefined) => {
      if (error && !message) throw error
      const text = firstLine(message ?? error?.message ?? 'wrong usage')
      throw new AuditError('USAGE', withDash(usageMessage(text, argv)))
    })
  const choose = (command: Command, args: Args): void => void (chosen = { command, args })
  for (const command of commands.filter(({ name }) => !name.includes(' '))) {
    const behind = ofGroup(command.name, commands)
    // a command that is a group too would give those behind it its options
    const isGroup = named !== undefined && behind.includes(named)
    parser = parser.command(
      isGroup ? groupOf(command.name, command.summary, behind, choose) : moduleOf(command, choose, behind)
    )
  }
  for (const [group, summary] of Object.entries(COMMAND_GROUPS)) {
    const own = ofGroup(group, commands)
    if (own.length > 0) parser = parser.command(groupOf(group, summary, own, choose))
  }
  let output = ''
  await parser.parseAsync(
    withDefaultCommand(argv, commands).map(word => (word === '-' ? DASH : word)),
    {},
    (error: Error | undefined | null, _: unknown, text: string) => {
      if (error) throw error
      output = text
    }
  )
  if (output !== '') return { kind: 'text', text: withDetails(output, commands) }
  if (!chosen) throw new AuditError('USAGE', 'no such command')
  return { kind: 'command', ...chosen }
}

// of falco setup it is not falco
const namedIn = ([first = '', second = '']: readonly string[], commands: readonly Command[]): Command | undefined =>
  commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)

// yargs would fill up the lines of an example as those of a sentence
const detailsMark = ({ name }: Command): string => `\0${name}\0`

const withDetails = (text: string, commands: readonly Command[]): string =>
  commands.reduce((all, command) => all.replace(detailsMark(command), () => command.details ?? ''), text)

type Choose = (command: Command, args: Args) => void

const ofGroup = (group: string, commands: readonly Command[]): Command[] =>
  commands.filter(({ name }) => name.startsWith(`${group} `))

const moduleOf = (command: Command, choose: Choose, more: readonly Command[] = []): CommandModule => ({
  command: `${wordsOf(command).at(-1) ?? ''} ${command.usage}`.trim(),
  describe: command.summary,
  builder: own => {
    const built = own
      .options(Object.fromEntries(command.options.map(name => [name, yargsOption(name, command.aliases)])))
      .group(command.options.filter(isSetting), 'Settings:')
      .group(command.options.filter(isRunning), 'Running:')
      .group(command.options.filter(isOfRequest), 'The request:')
      .group(command.options.filter(isOfEvents), 'Events:')
      // what a command adds to the choices of an option comes on top of those that it has
      .options(command.formats ? { output: { choices: command.formats } } : {})
    for (const each of more) built.command(moduleOf(each, choose))
    return command.examples
      .reduce((all, [line, does]) => all.example(line, does), built)
      .usage(
        `$0 ${command.name} ${command.usage}\n\n${command.summary}${command.details === undefined ? '' : `\n\n${detailsMark(command)}`}`
      )
  },
  handler: values => {
    for (const name of command.options) refuseTwo(command, name, [values[name]].flat().map(String).map(withDash))
    choose(command, argsOf(values, positionalNames(command.usage)))
  }
})

const groupOf = (group: string, summary: string, commands: readonly Command[], choose: Choose): CommandModule => ({
  command: group,
  describe: summary,
  builder: own =>
    commands
      .reduce((all, command) => all.command(moduleOf(command, choose)), own)
      .usage(`$0 ${group} [command]\n\n${summary}`)
      .demandCommand(1, `a command of ${group} is wanted: ${commands.map(each => wordsOf(each).at(-1)).join(', ')}`),
  handler: () => undefined
})

const wordsOf = ({ name }: Command): string[] => name.split(' ')

const isSetting = (name: OptionName): boolean => SETTINGS.some(each => each === name)
const isRunning = (name: OptionName): boolean => RUNNING.some(each => each === name)
const isOfEvents = (name: OptionName): boolean => [...FILTERS, ...FOUND].some(each => each === name)
const isOfRequest = (name: OptionName): boolean => REQUEST.some(each => each === name)

/** The program's name alone, or with options only, means plan. */
const withDefaultCommand = (argv: readonly string[], commands: readonly Command[]): string[] => {
  const names = commands.flatMap(command => wordsOf(command).slice(0, 1))
  // the word behind an option that takes a value is no command
  const words = argv.filter((_, index) => !takesNext(argv[index - 1]))
  const isOther = words.some(word => names.includes(word) || /^(--help|-h|--version)$/.test(word))
  const startsWithOption = argv[0] === undefined || argv[0].startsWith('-')
  return !isOther && startsWithOption ? ['plan', ...argv] : [...argv]
}

// yargs takes a lone - behind a command of a group for an option; no word of a command line holds a NUL
const DASH = '\0-'
const withDash = (word: string): string => word.replaceAll(DASH, '-')

const firstLine = (text: string): string =>
  text
    .split('\n')
    .filter(line => line.trim() !== '')
    .join(' ')

const positionalNames = (usage: string): string[] => [...usage.matchAll(/[[<](\w+)/g)].map(match => match[1] ?? '')

const yargsOption = (name: OptionName, aliases: NonNullable<Command['aliases']> = {}): Record<string, unknown> => {
  const { type, doc, default: fallback, choices, value } = option(name)
  const alias = aliasOf(name, aliases)
  const base = {
    description: value === undefined ? doc : `${value}: ${doc}`,
    ...(alias === undefined ? {} : { alias })
  }
  if (type === 'flag') return { ...base, type: 'boolean' }
  if (type === 'list') return { ...base, type: 'array', string: true, nargs: 1, requiresArg: true }
  return {
    ...base,
    type: 'string',
    nargs: 1,
    requiresArg: true,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(choices ? { choices } : {})
  }
}

const argsOf = (values: Readonly<Record<string, unknown>>, positionals: readonly string[]): Args => ({
  text: name => {
    const value: unknown = values[name]
    // of an option of every command the last counts (see one-value.ts)
    const last: unknown = Array.isArray(value) ? value.at(-1) : value
    return typeof last === 'string' ? withDash(last) : undefined
  },
  has: name => [values[name]].flat().includes(true),
  list: name => {
    const value = values[name]
    return Array.isArray(value) ? value.map(String).map(withDash) : []
  },
  positionals: positionals.flatMap(name => {
    const value = values[name]
    return [value]
      .flat()
      .filter(each => typeof each === 'string')
      .map(withDash)
  })
})
