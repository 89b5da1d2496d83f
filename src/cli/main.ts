import type { Command } from './command.ts'
import { exitCode } from './exit-codes.ts'
import { falcoWords, isFalco } from './falco/falco-words.ts'
import type { Io } from './io.ts'
import type { Args } from './options.ts'
import { type Chosen, readArguments } from './read-arguments.ts'
import { readVersion, tellVersion } from './version.ts'

/** Runs a command line and gives the exit code. Never throws: every error is told once, with its next step. */
export const main = async (given: readonly string[], io: Io, commands: readonly Command[]): Promise<number> => {
  const code = await runWords(falcoWords(given), io, commands)
  // who calls Falco knows of one failure only
  return code !== 0 && isFalco(given) ? exitCode('findings') : code
}

const runWords = async (argv: readonly string[], io: Io, commands: readonly Command[]): Promise<number> => {
  let isJson = wantsJson(argv)
  try {
    const version = readVersion(argv)
    if (version) return withLoss(tellVersion(version, io), io)
    const chosen = readArguments(argv, commands) ?? (await parse(argv, commands, io))
    if (!chosen) return withLoss(0, io)
    isJson = chosen.args.text('output') === 'json'
    return withLoss(await chosen.command.run(await withFile(chosen.args), io), io, chosen)
  } catch (error) {
    // what tells of an error is loaded when there is one
    return (await import('./report-error.ts')).reportError(error, argv, isJson, io)
  }
}

// a result that is cut off must not look whole to a script; what changed something keeps its own code
const withLoss = (code: number, io: Io, chosen?: Chosen): number => {
  const lost = io.lost()
  if (lost === undefined) return code
  io.err(`auditpatch: what was printed is not whole: standard output cannot be written (${lost})\n`)
  return chosen && hasWritten(chosen) ? code : exitCode('refused')
}

const hasWritten = ({ command, args }: Chosen): boolean =>
  command.options.includes('yes') || command.writes?.(args) === true

// what yargs is wanted for: help, completion, and what is wrong with a command line
const parse = async (argv: readonly string[], commands: readonly Command[], io: Io): Promise<Chosen | undefined> => {
  const { parseArguments } = await import('./parse.ts')
  const parsed = await parseArguments(argv, commands, io.width)
  if (parsed.kind === 'command') return parsed
  if (parsed.text !== '') io.out(`${parsed.text}\n`)
  return undefined
}

const withFile = async (args: Args): Promise<Args> => {
  const file = args.text('settings')
  if (file === undefined) return args
  const { readSettings, withSettings } = await import('./settings-file.ts')
  return withSettings(args, readSettings(file))
}

// where the command line itself could not be parsed
const wantsJson = (argv: readonly string[]): boolean =>
  argv.some(
    (word, index) =>
      /^(--output=|-[a-z]*o=?)json$/.test(word) ||
      (word === 'json' && /^(--output|-[a-z]*o)$/.test(argv[index - 1] ?? ''))
  )
