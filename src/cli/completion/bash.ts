import { shellQuoted as quoted } from '../../render/request-words.ts'
import { commandsBehind, type CompletedOption, type Completions, namesOf, type Values } from './words.ts'

/** A completion script for bash 3.2 and newer, with or without the package bash-completion. */
export const bashScript = (completions: Completions): string => {
  const { commands, groups, nested, options } = completions
  const behind = ['', ...groups.map(({ text }) => text)].map(
    group => [quoted(group), `words=${quoted(texts(commandsBehind(completions, group)))}`] as const
  )
  const all = [...options, ...commands.flatMap(command => command.options)]
  const wanted = [
    ["''", `words=${quoted(optionWords(options))}`] as const,
    ...commands.map(({ name, options: own }) => [quoted(name), `words=${quoted(optionWords(own))}`] as const)
  ]
  const places = commands.flatMap(({ name, places: own }) =>
    own.map(({ values, isMany }, index): Row => [`${quoted(name)}\\ ${isMany ? '[0-9]*' : index}`, assigned(values)])
  )
  return `# bash completion for auditpatch                         -*- shell-script -*-
# The functions set words and kind (files or directories) of who calls them.

# the commands behind $1; fails where there are none
_auditpatch_commands()
{
    case $1 in
${cases(behind)}
        *) return 1 ;;
    esac
}

# whether the word $2 makes another command of $1
_auditpatch_nested()
{
    case $1\\ $2 in
${cases(nested.map(name => [quoted(name), 'return 0']))}
    esac
    return 1
}

# the options of the command $1
_auditpatch_options()
{
    case $1 in
${cases(wanted)}
    esac
}

# the value of option $2 of the command $1; fails for what takes none
_auditpatch_value()
{
    case $1\\ $2 in
${cases(ownValues(completions))}
        *) case $2 in
${cases(sharedValues(all), '            ')}
            *) return 1 ;;
        esac ;;
    esac
}

# the positional argument number $2 of the command $1
_auditpatch_place()
{
    case $1\\ $2 in
${cases(places)}
    esac
}
${MAIN}`
}

const MAIN = `
_auditpatch()
{
    local i word match last command='' option='' prefix='' head='' quote='' words='' kind='' count=0 ended=''
    local IFS=$' \\t\\n'
    local line
    line=()
    # readline splits words at : and =, which belong to them here
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]}
        last=$((\${#line[@]} - 1))
        if ((last >= 0)) && [[ -n $word && ( $word == [:=]* || \${line[last]} == *[:=] ) ]]; then
            line[last]+=$word
        else
            line+=("$word")
        fi
    done
    last=$((\${#line[@]} - 1))
    for ((i = 0; i < last; i++)); do
        word=\${line[i]}
        if [[ -n $option ]]; then
            option=''
        elif [[ -z $ended && $word == -- ]]; then
            ended=1
        elif [[ -z $ended && $word == -?* ]]; then
            if [[ $word != *=* ]] && _auditpatch_value "$command" "$word"; then option=$word; fi
        elif ((count == 0)) && _auditpatch_nested "$command" "$word"; then
            command+=" $word"
        elif _auditpatch_commands "$command"; then
            command+=\${command:+ }$word
        else
            ((count++))
        fi
    done

    COMPREPLY=()
    words='' kind=''
    word=\${line[last]}
    if [[ $word == [\\"\\']* ]]; then
        quote=1
        word=\${word:1}
    fi
    if [[ -n $option ]]; then
        _auditpatch_value "$command" "$option"
    elif [[ -z $ended && $word == --*=* ]]; then
        prefix=\${word%%=*}=
        word=\${word#*=}
        _auditpatch_value "$command" "\${prefix%=}"
    elif [[ -z $ended && $word == -* ]]; then
        _auditpatch_options "$command"
    elif ! _auditpatch_commands "$command"; then
        _auditpatch_place "$command" "$count"
        if [[ -z $ended && -z $word && -z $words$kind ]]; then _auditpatch_options "$command"; fi
    fi

    # what it puts a match in place of begins behind the last of these
    if [[ -z $quote ]]; then
        for ((i = \${#prefix} + \${#word}; i > 0; i--)); do
            match=$prefix$word
            match=\${match:i-1:1}
            if [[ $match == [:=] && $COMP_WORDBREAKS == *$match* ]]; then break; fi
        done
        match=$prefix$word
        head=\${match:0:i}
    fi
    while IFS= read -r match; do
        if [[ -n $match ]]; then
            match=$prefix$match
            COMPREPLY+=("\${match#"$head"}")
        fi
    done < <(
        compgen -W "$words" -- "$word"
        case $kind in
            files) compgen -f -- "$word" ;;
            directories) compgen -d -- "$word" ;;
        esac
    )
    # names of files are to be quoted, and those of directories get a slash
    if [[ -n $kind && $word != template:* ]]; then
        for match in $words; do
            if [[ $match == "$word"* ]]; then kind=''; fi
        done
        if [[ -n $kind ]]; then compopt -o filenames 2>/dev/null; fi
    fi
    return 0
}

complete -F _auditpatch auditpatch
`

const texts = (words: readonly { readonly text: string }[]): string => words.map(({ text }) => text).join(' ')

const optionWords = (options: readonly CompletedOption[]): string => options.flatMap(namesOf).join(' ')

const assigned = ({ words, paths }: Values): string =>
  [...(words.length > 0 ? [`words=${quoted(texts(words))}`] : []), ...(paths === undefined ? [] : [`kind=${paths}`])]
    .join(' ')
    .trim() || ':'

type Row = readonly [pattern: string, does: string]

/** Branches of a case, those that do the same together. */
const cases = (rows: readonly Row[], indent = '        '): string => {
  const patterns = new Map<string, Set<string>>()
  for (const [pattern, does] of rows) patterns.set(does, (patterns.get(does) ?? new Set()).add(pattern))
  return [...patterns].map(([does, own]) => `${indent}${[...own].join(' | ')}) ${does} ;;`).join('\n')
}

const sharedValues = (options: readonly CompletedOption[]): Row[] => {
  // of the same name the first counts
  const first = new Map([...options].reverse().map(each => [each.name, each]))
  return [...first.values()].flatMap(each => {
    const { value } = each
    return value ? namesOf(each).map((name): Row => [name, assigned(value.values)]) : []
  })
}

/** Where a command's option takes other values than it does elsewhere. */
const ownValues = ({ commands, options }: Completions): Row[] =>
  commands.flatMap(command =>
    command.options.flatMap(each => {
      const usual = options.find(({ name }) => name === each.name)?.value?.values
      if (!each.value || !usual || assigned(usual) === assigned(each.value.values)) return []
      const does = assigned(each.value.values)
      return namesOf(each).map((name): Row => [quoted(`${command.name} ${name}`), does])
    })
  )
