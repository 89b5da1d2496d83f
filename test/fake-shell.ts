import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Shell } from '../src/cli/completion/words.ts'

/** Why a shell cannot be asked; false where it can. */
export const noProgram = (program: string): string | false => {
  const { error } = spawnSync(program, ['--version'])
  // where everything has to be tested a missing program is a failure, and the tests say so
  return error !== undefined && process.env.CI === undefined && `NEEDS ${program}`
}

/** What a shell offers for a line with the cursor at its end. */
export interface Offer {
  readonly words: readonly string[]
  /** All that it shows, with descriptions. */
  readonly shown: string
}

/** What a shell that has sourced a script offers for each of these lines, in a directory with these programs first in PATH. */
export const askShell = (shell: Shell, dir: string, script: string, lines: readonly string[]): Offer[] => {
  const home = `${dir}-${shell}-home`
  mkdirSync(home, { recursive: true })
  const at = (name: string): string => join(home, name)
  writeFileSync(at('script'), script)
  writeFileSync(at('lines'), lines.map(line => `${line}\n`).join(''))
  writeFileSync(at('auditpatch'), `#!/bin/sh\necho called >>${at('called')}\n`)
  chmodSync(at('auditpatch'), 0o755)
  const [start, ...rest] = SESSIONS[shell](home)
  const { status, stderr, stdout } = spawnSync(start, rest, {
    cwd: dir,
    encoding: 'utf8',
    env: {
      PATH: `${home}:${process.env.PATH ?? ''}`,
      HOME: home,
      ZDOTDIR: home,
      AT: home,
      TERM: 'xterm',
      LANG: 'C.UTF-8'
    }
  })
  if (status !== 0 || stderr !== '') throw new Error(`${shell} ended with ${status}: ${stderr}${stdout}`)
  if (existsSync(at('called'))) throw new Error(`${shell} called the program`)
  return offersIn(readFileSync(at('offers'), 'utf8'), lines)
}

const SESSIONS: Readonly<Record<Shell, (home: string) => [string, ...string[]]>> = {
  bash: home => {
    writeFileSync(join(home, 'ask'), BASH)
    return ['bash', '--norc', '--noprofile', join(home, 'ask')]
  },
  fish: home => {
    writeFileSync(join(home, 'ask'), FISH)
    return ['fish', '--no-config', join(home, 'ask')]
  },
  zsh: home => {
    writeFileSync(join(home, '.zshrc'), ZSH)
    // its completion works at a terminal only
    return ['script', '-qec', 'zsh -i', '/dev/null']
  }
}

// splits a line as readline does, and puts what a reply stands in place of before it
const BASH = `source "$AT/script" || exit
while IFS= read -r line; do
  COMP_LINE=$line COMP_POINT=\${#line} COMP_WORDS=() rest=$line
  while [[ $rest =~ ^\\ *([:=]+|[^:=\\ ]+) ]]; do
    COMP_WORDS+=("\${BASH_REMATCH[1]}")
    rest=\${rest:\${#BASH_REMATCH}}
  done
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  _auditpatch auditpatch "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
  word=\${line##* }
  case $word in
    *[:=]*) head=\${word%"\${word##*[:=]}"} ;;
    *) head= ;;
  esac
  echo "> $line"
  (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]/#/$head}"
done <"$AT/lines" >"$AT/offers"
exit 0
`

const FISH = `source $AT/script; or exit
while read -l line
    echo "> $line"
    complete -C $line
end <$AT/lines >$AT/offers
`

// each completion runs as at a prompt; what it would add is written down
const ZSH = `PS1=
stty cols 200
autoload -Uz compinit
compinit -D -u
source $AT/script || exit
compadd() {
  if (( ! \${argv[(I)-[AOD]]} )); then
    local -a found told
    local start=
    (( \${argv[(I)-p]} )) && start=\${argv[\${argv[(I)-p]}+1]}
    builtin compadd -O found "$@"
    (( \${argv[(I)-d]} )) && told=("\${(@P)argv[\${argv[(I)-d]}+1]}")
    print -rl -- $IPREFIX$start\${^found} $'\\t'\${^told} >>$AT/offers
  fi
  builtin compadd "$@"
}
collect() { _main_complete }
zle -C collect complete-word collect
zle-line-init() {
  local line
  for line in "\${(@f)$(<$AT/lines)}"; do
    BUFFER=$line CURSOR=$#line
    print -r -- "> $line" >>$AT/offers
    zle collect
  done
  exit 0
}
zle -N zle-line-init
`

/** An answer holds a head for each line, below it a word and what is told of it behind a tab. */
const offersIn = (answer: string, lines: readonly string[]): Offer[] => {
  const parts = answer.split(/^> /m).slice(1)
  return lines.map((line, index) => {
    const [head, ...shown] = (parts[index] ?? '').split('\n')
    if (head !== line) throw new Error(`the answer to ${line} is missing: ${answer}`)
    const words = shown.map(each => (each.split('\t')[0] ?? '').replace(/\/$|\\/g, '')).filter(each => each !== '')
    return { words: [...new Set(words)].sort(), shown: shown.join('\n') }
  })
}
