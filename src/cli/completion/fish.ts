import { commandsBehind, type CompletedOption, type Completions, namesOf, type Values } from './words.ts'

/** A completion script for fish 3.0 and newer. */
export const fishScript = (completions: Completions): string => `# fish completion for auditpatch
${stateFunctions(completions)}
complete -c auditpatch -f
${commandLines(completions).join('\n')}
${placeLines(completions).join('\n')}
${optionLines(completions).join('\n')}
`

const stateFunctions = ({ commands, groups, nested, options }: Completions): string => {
  const all = [...options, ...commands.flatMap(command => command.options)]
  const taking = [...new Set(all.filter(({ value }) => value).flatMap(namesOf))]
  return `
# the words before the cursor without options and their values
function __auditpatch_words
    set -l option ''
    set -l ended ''
    for word in (commandline -opc)[2..-1]
        if test -n "$option"
            set option ''
        else if test -z "$ended" -a "$word" = --
            set ended 1
        else if test -z "$ended"; and contains -- $word ${taking.join(' ')}
            set option $word
        else if test -n "$ended"; or not string match -q -- '-?*' $word
            echo -- $word
        end
    end
end

# the command that was named, '' for none
function __auditpatch_command
    set -l words (__auditpatch_words)
    if not set -q words[1]
        echo ''
    else if contains -- $words[1] ${groups.map(({ text }) => text).join(' ')}
        string join ' ' -- $words[1..2]
    else if set -q words[2]; and contains -- "$words[1] $words[2]" ${nested.map(quoted).join(' ')}
        string join ' ' -- $words[1..2]
    else
        echo $words[1]
    end
end

function __auditpatch_is
    contains -- (__auditpatch_command) $argv
end

# whether $argv[2] positional arguments stand behind the command $argv[1], or any number with \`many\`
function __auditpatch_place
    __auditpatch_is $argv[1]; or return
    set -l count (math (count (__auditpatch_words)) - (count (string split ' ' -- $argv[1])))
    test $argv[2] = many -o $argv[2] = $count
end
`
}

const commandLines = (completions: Completions): string[] =>
  ['', ...completions.groups.map(({ text }) => text)].flatMap(group =>
    commandsBehind(completions, group).map(
      ({ text, doc }) => `${when(`__auditpatch_is ${quoted(group)}`)} -a ${quoted(text)}${described(doc)}`
    )
  )

const placeLines = ({ commands }: Completions): string[] =>
  commands.flatMap(({ name, places }) =>
    places.flatMap(({ values, isMany }, index) => {
      const start = when(`__auditpatch_place ${quoted(name)} ${isMany ? 'many' : index}`)
      return [
        ...(values.paths === undefined ? [] : [`${start}${pathsOf(values)}`]),
        ...values.words.map(({ text, doc }) => `${start} -a ${quoted(text)}${described(doc)}`)
      ]
    })
  )

const optionLines = ({ commands, options }: Completions): string[] => {
  const lines = new Map<string, string[]>()
  for (const [name, own] of [['', options] as const, ...commands.map(each => [each.name, each.options] as const)]) {
    for (const rest of own.flatMap(optionRests)) lines.set(rest, [...(lines.get(rest) ?? []), quoted(name)])
  }
  return [...lines].map(([rest, names]) => `${when(`__auditpatch_is ${names.join(' ')}`)}${rest}`)
}

/** What stands behind the condition: the option itself, then its words. */
const optionRests = (each: CompletedOption): string[] => {
  const { name, alias, doc, value } = each
  const start = `${alias === undefined ? '' : ` -s ${alias}`} -l ${name}`
  if (!value) return [`${start}${described(doc)}`]
  const { words } = value.values
  const plain = words.filter(word => word.doc === '').map(({ text }) => text)
  const takes = `${start}${value.values.paths === 'files' ? ' -r' : ' -x'}`
  const offers = plain.length > 0 ? ` -a ${quoted(plain.join(' '))}` : ''
  return [
    `${takes}${pathsOf(value.values)}${offers}${described(doc)}`,
    ...words.filter(word => word.doc !== '').map(word => `${takes} -a ${quoted(word.text)}${described(word.doc)}`)
  ]
}

const pathsOf = ({ paths }: Values): string =>
  paths === 'files' ? ' -F' : paths === 'directories' ? " -a '(__fish_complete_directories)'" : ''

const when = (condition: string): string => `complete -c auditpatch -n ${quoted(condition)}`

const described = (doc: string): string => (doc === '' ? '' : ` -d ${quoted(doc)}`)

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
