import { shellQuoted as quoted } from '../../render/request-words.ts'
import {
  commandsBehind,
  type CompletedCommand,
  type CompletedOption,
  type Completions,
  type Place,
  type Values,
  type Word
} from './words.ts'

/** A completion script for zsh: a file for `$fpath`, or a text to source once compinit has run. */
export const zshScript = (completions: Completions): string => `#compdef auditpatch
# zsh completion for auditpatch

# words, each with a description behind a colon where it has one, and files
_auditpatch_or_files() {
  local ret=1
  local -a values
  values=("$@")
  _describe -t values value values && ret=0
  _files && ret=0
  return ret
}

# appends the options of these names to specs, as _arguments takes them
_auditpatch_specs() {
  local name
  for name; do
    case $name in
${specCases(completions).join('\n')}
    esac
  done
}
${completions.groups.map(group => groupFunction(completions, group)).join('\n')}
${topFunction(completions)}
if [[ $funcstack[1] == _auditpatch ]]; then
  _auditpatch "$@"
else
  compdef _auditpatch auditpatch
fi
`

const groupFunction = (completions: Completions, group: Word): string => {
  const own = completions.commands.filter(({ name }) => name.startsWith(`${group.text} `))
  const options = (own[0]?.options ?? []).filter(each => own.every(({ options }) => options.some(isNamed(each.name))))
  return `
_auditpatch_${group.text}() {
${walk(
  commandsBehind(completions, group.text),
  options,
  own.map(command => branch(command, command.name.slice(group.text.length + 1)))
)}
}`
}

const topFunction = (completions: Completions): string => {
  const { commands, groups, options } = completions
  const single = commands.filter(({ name }) => !name.includes(' '))
  const branches = [
    ...single.map(command => nestedBranch(completions, command) ?? branch(command, command.name)),
    ...groups.map(({ text }) => `        ${text}) _auditpatch_${text} && ret=0 ;;`)
  ]
  return `
_auditpatch() {
${walk(commandsBehind(completions, ''), options, branches)}
}
`
}

/** The body of a function that completes a command's name, then what stands behind it. */
const walk = (
  words: readonly Word[],
  options: readonly CompletedOption[],
  branches: readonly string[]
): string => `  local curcontext="$curcontext" state ret=1
  local -a line specs commands
  local -A opt_args
  commands=(
${words.map(word => `    ${quoted(described(word))}`).join('\n')}
  )
  _auditpatch_specs ${options.map(specName).join(' ')}
  _arguments -C -s -S "$specs[@]" '(-)1:command:->command' '(-)*::argument:->argument' && ret=0
  specs=()
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    argument)
      case $line[1] in
${branches.join('\n')}
      esac ;;
  esac
  return ret`

const branch = ({ options, places }: CompletedCommand, word: string): string => `        ${word})
          _auditpatch_specs ${options.map(specName).join(' ')}
          _arguments -s -S "$specs[@]"${places.map(place => ` ${quoted(placeSpec(place))}`).join('')} && ret=0 ;;`

/** The branch of a command with others behind it. */
const nestedBranch = ({ commands, nested }: Completions, command: CompletedCommand): string | undefined => {
  const own = commands.filter(({ name }) => nested.includes(name) && name.startsWith(`${command.name} `))
  if (own.length === 0) return undefined
  const words = own.map(each => branch(each, each.name.slice(command.name.length + 1)))
  const [first = '', ...rest] = branch(command, '*').split('\n')
  return `        ${command.name})
          case $((CURRENT > 2)):$words[2] in
${words.map(each => each.replace(/^ *(\S+\))\n/, '        1:$1\n          shift words; ((CURRENT--))\n')).join('\n')}
${[first, ...rest].join('\n')}
          esac ;;`
}

const placeSpec = ({ name, values, isMany }: Place): string => `${isMany ? '*' : ''}:${name}:${action(values)}`

/** A name for each form of an option: those that take more values in one command have more than one. */
const specName = (option: CompletedOption): string =>
  option.name === 'output'
    ? [option.name, ...(option.value?.values.words ?? []).map(({ text }) => text)].join('_')
    : option.name

const specCases = ({ commands, options }: Completions): string[] => {
  const all = [...options, ...commands.flatMap(command => command.options)]
  return [...new Map(all.map(each => [specName(each), each]))].map(
    ([name, each]) => `      ${name}) specs+=(${specsOf(each).map(quoted).join(' ')}) ;;`
  )
}

const specsOf = ({ name, alias, doc, value, isRepeatable }: CompletedOption): string[] => {
  const told = `[${doc.replace(/[[\]\\]/g, '\\$&')}]`
  const takes = value ? `:${escaped(value.name)}:${action(value.values)}` : ''
  const long = `--${name}${value ? '=' : ''}${told}${takes}`
  if (alias === undefined) return [`${isRepeatable ? '*' : ''}${long}`]
  const rivals = `(-${alias} --${name})`
  return [`${rivals}-${alias}${told}${takes}`, `${rivals}${long}`]
}

const action = ({ words, paths }: Values): string => {
  if (words.length === 0) return paths === 'files' ? '_files' : paths === 'directories' ? '_files -/' : ' '
  if (paths !== undefined)
    return ` _auditpatch_or_files ${words.map(word => escaped(doubled(described(word)))).join(' ')}`
  const isTold = words.some(({ doc }) => doc !== '')
  if (!isTold) return `(${words.map(({ text }) => escaped(text)).join(' ')})`
  return `((${words.map(word => escaped(`${text(word).replaceAll('\\', '\\\\')}:${doubled(word.doc)}`)).join(' ')}))`
}

const text = (word: Word): string => word.text.replaceAll(':', '\\:')

/** A word for _describe. */
const described = (word: Word): string => (word.doc === '' ? text(word) : `${text(word)}:${word.doc}`)

// a colon ends a part of what _arguments takes
const escaped = (part: string): string => part.replaceAll(':', '\\:')

const doubled = (part: string): string => `"${part.replace(/["\\$\`]/g, '\\$&')}"`

const isNamed =
  (wanted: string) =>
  ({ name }: CompletedOption): boolean =>
    name === wanted
