import { auditFlag } from '../../audit/flags.ts'
import { DRILLS } from '../../drills/catalogue.ts'
import { POLICY_TEMPLATES } from '../../policy/templates.generated.ts'
import { aliasOf, COMMAND_GROUPS, type Command } from '../command.ts'
import { EVERYWHERE, option, type OptionName, REQUEST } from '../options.ts'

/** The shells that there is a completion script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

/** A word that a shell may offer, with what it means. */
export interface Word {
  readonly text: string
  readonly doc: string
}

/** What may stand in a place: words to choose from, and files or directories where it takes a path. */
export interface Values {
  readonly words: readonly Word[]
  readonly paths?: 'files' | 'directories'
}

/** An option as a shell completes it; without `value` a flag. */
export interface CompletedOption {
  /** The long name, without dashes. */
  readonly name: string
  readonly alias?: string
  readonly doc: string
  readonly value?: { readonly name: string; readonly values: Values }
  readonly isRepeatable: boolean
}

/** How an option may be written. */
export const namesOf = ({ name, alias }: CompletedOption): string[] => [
  ...(alias === undefined ? [] : [`-${alias}`]),
  `--${name}`
]

/** A place behind a command's name. */
export interface Place {
  readonly name: string
  readonly values: Values
  /** True for the last one where any number of words may stand. */
  readonly isMany: boolean
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  readonly name: string
  readonly doc: string
  readonly options: readonly CompletedOption[]
  readonly places: readonly Place[]
}

/** All that a shell may complete. */
export interface Completions {
  readonly commands: readonly CompletedCommand[]
  /** Words that only hold other commands. */
  readonly groups: readonly Word[]
  /** Commands behind one that does something itself. */
  readonly nested: readonly string[]
  /** The options where no command is named yet: those of plan, which is then meant. */
  readonly options: readonly CompletedOption[]
}

/** What shells complete of these commands. */
export const completionsOf = (commands: readonly Command[]): Completions => {
  const nested = commands.filter(({ name }) => commands.some(other => name.startsWith(`${other.name} `)))
  const completed = commands.map(command => withNested(completedCommand(command), nested))
  const plan = commands.filter(({ name }) => name === 'plan').flatMap(({ options }) => options)
  return {
    commands: completed,
    groups: Object.entries(COMMAND_GROUPS)
      .filter(([group]) => commands.some(({ name }) => name.startsWith(`${group} `)))
      .map(([text, doc]) => ({ text, doc: brief(doc) })),
    nested: nested.map(({ name }) => name),
    options: [...plan, ...EVERYWHERE, 'help' as const, 'version' as const].map(name => completedOption(name, []))
  }
}

/** What stands behind the words so far, `''` or a group: its commands, and at the top the groups too. */
export const commandsBehind = ({ commands, groups }: Completions, group: string): readonly Word[] => {
  const start = group === '' ? '' : `${group} `
  const own = commands
    .filter(({ name }) => name.startsWith(start) && !name.slice(start.length).includes(' '))
    .map(({ name, doc }) => ({ text: name.slice(start.length), doc }))
  return group === '' ? [...own, ...groups] : own
}

/** A command that offers those behind it where its first argument may stand. */
const withNested = (command: CompletedCommand, nested: readonly Command[]): CompletedCommand => {
  const start = `${command.name} `
  const words = nested
    .filter(({ name }) => name.startsWith(start))
    .map(({ name, summary }) => ({ text: name.slice(start.length), doc: brief(summary) }))
  if (words.length === 0) return command
  const [first = { name: 'command', values: NOTHING, isMany: false }, ...rest] = command.places
  const values = { ...first.values, words: [...first.values.words, ...words] }
  return { ...command, places: [{ ...first, values }, ...rest] }
}

const completedCommand = (command: Command): CompletedCommand => ({
  name: command.name,
  doc: brief(command.summary),
  options: [...command.options, ...EVERYWHERE, 'help' as const].map(name =>
    completedOption(name, name === 'output' ? (command.formats ?? []) : [], command.aliases)
  ),
  places: placesOf(command)
})

const completedOption = (
  name: OptionName,
  formats: readonly string[],
  aliases: NonNullable<Command['aliases']> = {}
): CompletedOption => {
  const { doc, value, type } = option(name)
  const alias = aliasOf(name, aliases)
  return {
    name,
    doc: brief(doc),
    isRepeatable: type === 'list',
    ...(alias === undefined ? {} : { alias }),
    ...(value === undefined ? {} : { value: { name: value, values: valuesOf(name, value, formats) } })
  }
}

const valuesOf = (name: OptionName, value: string, formats: readonly string[]): Values => {
  const { choices, flag } = option(name)
  const row = flag === undefined ? undefined : auditFlag(flag)
  const given = choices ?? row?.choices ?? (row?.type === 'bool' ? ['true', 'false'] : undefined)
  if (given) return wordsOnly([...given, ...formats])
  // a path in a request is a part of a URL
  if (value === 'PATH' && REQUEST.some(each => each === name)) return NOTHING
  return name.endsWith('-dir') ? valuesNamed(['dir']) : valuesNamed(value.split('|'))
}

const placesOf = ({ name, usage }: Command): Place[] =>
  [...usage.matchAll(/[[<]([^\]>.]+)(\.\.)?/g)].map(([, place = '', many]) => ({
    name: place,
    values: placeValues(name, place.split('|')),
    isMany: many !== undefined
  }))

const placeValues = (command: string, names: readonly string[]): Values => {
  if (command === 'policy show') return { words: TEMPLATES }
  if (names.includes('shell')) return wordsOnly(SHELLS)
  if (command.startsWith('drill ')) return { words: DRILLS.map(({ id, title }) => ({ text: id, doc: title })) }
  const isPolicy = command.startsWith('policy ') && names.every(name => /^(file|a|b)$/i.test(name))
  return isPolicy ? POLICY : valuesNamed(names)
}

// what follows is too long for a line of a list
const brief = (doc: string): string => doc.replace(/(;| \[).*$/s, '')

const NOTHING: Values = { words: [] }

const TEMPLATES = Object.entries(POLICY_TEMPLATES).map(([text, { summary }]) => ({ text, doc: brief(summary) }))

const NAMED_TEMPLATES = TEMPLATES.map(({ text, doc }) => ({ text: `template:${text}`, doc }))

const POLICY: Values = { words: NAMED_TEMPLATES, paths: 'files' }

const wordsOnly = (words: readonly string[]): Values => ({ words: words.map(text => ({ text, doc: '' })) })

/** What placeholders stand for, as FILE, `template:NAME` or a word that is meant as it is. */
const valuesNamed = (names: readonly string[]): Values => {
  const words = names.flatMap(name => {
    if (name === 'template:NAME') return NAMED_TEMPLATES
    const isLiteral = names.length > 1 && name === name.toLowerCase()
    return isLiteral ? [{ text: name, doc: '' }] : []
  })
  const paths = names.map(name => PATHS[name.toLowerCase().replace(/^\[.*\]/, '')]).find(each => each !== undefined)
  return { words, ...(paths === undefined ? {} : { paths }) }
}

const PATHS: Readonly<Record<string, 'files' | 'directories'>> = {
  file: 'files',
  path: 'files',
  log: 'files',
  events: 'files',
  cases: 'files',
  rules: 'files',
  dir: 'directories'
}
