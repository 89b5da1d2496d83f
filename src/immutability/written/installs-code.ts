import { hasOption, readOptions } from './command-options.ts'
import { type Installer, INSTALLERS } from './installers.ts'
import type { ShellStep } from './shell-step.ts'
import { type StartedProgram, walkCommands } from './walk-commands.ts'

/** The words with which a command installs code, or fetches and runs it; undefined for a command that does neither. */
export const installsCode = (argv: readonly string[]): { readonly word: string } | undefined => {
  let word: string | undefined
  walkCommands(argv, undefined, program => {
    word ??= installing(program) ?? running(program)
  })
  return word === undefined ? undefined : { word }
}

const ROWS: ReadonlyMap<string, Installer> = new Map(
  (INSTALLERS as readonly Installer[]).flatMap(row => row.names.split(' ').map(name => [name, row] as const))
)

const installing = ({ name, words }: StartedProgram): string | undefined => {
  const isModule = /^python[\d.]*$/.test(name) && words[0]?.text === '-m'
  const row = ROWS.get(isModule ? (words[1]?.text ?? '') : name)
  if (!row) return undefined
  const read = readOptions(isModule ? words.slice(2) : words, row)
  if (hasOption(read, 'help', 'version', 'dry-run', 'simulate', ...(row.unless ?? []))) return undefined
  const [first, second] = read.operands.map(({ text }) => text)
  const given = row.isTwoWords ? `${first ?? ''} ${second ?? ''}` : (first ?? '')
  const isFlagged = row.options !== undefined && hasOption(read, ...row.options)
  const isInstalling =
    row.words === undefined ? row.options === undefined && first !== undefined : row.words.includes(given)
  const isBare = row.isBare === true && words.length === 0
  return isInstalling || isFlagged || isBare
    ? `${isModule ? (words[1]?.text ?? '') : name} ${row.words ? given : ''}`.trim()
    : undefined
}

const INTERPRETER = /^(?:sh|bash|ash|dash|zsh|ksh|mksh|python[\d.]*|perl|ruby|node|php)$/
const OPTIONS_OF_INTERPRETER = { short: 'cmeoO' }

// curl ... | sh, bash <(curl ...), sh -c "$(curl ...)", eval "$(curl ...)"
const running = ({ name, words, fedBy }: StartedProgram): string | undefined => {
  const isInterpreter = INTERPRETER.test(name)
  if (!isInterpreter && name !== 'eval' && name !== 'source' && name !== '.') return undefined
  const fetching = words.find(({ inner }) => fetches(inner))
  if (fetching) return `${name} ... ${fetches(fetching.inner) ?? ''}`
  if (!isInterpreter || fedBy === undefined) return undefined
  const { operands, options } = readOptions(words, OPTIONS_OF_INTERPRETER, true)
  const readsInput = operands.length === 0 || operands[0]?.text === '-' || options.some(({ name }) => name === 's')
  const hasProgram = options.some(({ name }) => 'cme'.includes(name))
  return readsInput && !hasProgram ? `${fedBy} ... | ${name}` : undefined
}

const fetches = (steps: readonly ShellStep[]): string | undefined => {
  for (const step of steps) {
    const name = step.kind === 'command' ? /(?:^|\/)(curl|wget)$/.exec(step.words[0]?.text ?? '')?.[1] : undefined
    if (name !== undefined) return name
  }
  return undefined
}
