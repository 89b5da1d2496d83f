import { AuditError } from '../errors.ts'
import type { Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { exitCode } from './exit-codes.ts'
import { EXPLANATIONS } from './explain.ts'
import type { Io } from './io.ts'
import { parseArguments, withSettings } from './parse.ts'
import { errorJson } from './session.ts'
import { readSettings } from './settings-file.ts'
import { harmless } from '../render/paint.ts'
import { findingLines } from '../render/findings.ts'
import { paintFor } from '../render/paint.ts'

/** Runs a command line and gives the exit code. Never throws: every error is told once, with its next step. */
export const main = async (
  argv: readonly string[],
  io: Io,
  commands: readonly Command[] = COMMANDS
): Promise<number> => {
  let isJson = wantsJson(argv)
  try {
    const parsed = await parseArguments(argv, commands, io.width)
    if (parsed.kind === 'text') {
      if (parsed.text !== '') io.out(`${parsed.text}\n`)
      return 0
    }
    isJson = parsed.args.text('output') === 'json'
    const file = parsed.args.text('settings')
    const args = file === undefined ? parsed.args : withSettings(parsed.args, readSettings(file))
    return await parsed.command.run(args, io)
  } catch (error) {
    return report(error, argv, isJson, io)
  }
}

// where the command line itself could not be parsed
const wantsJson = (argv: readonly string[]): boolean =>
  argv.some(
    (word, index) =>
      /^(--output=|-[a-z]*o=?)json$/.test(word) ||
      (word === 'json' && /^(--output|-[a-z]*o)$/.test(argv[index - 1] ?? ''))
  )

const report = (error: unknown, argv: readonly string[], isJson: boolean, io: Io): number => {
  const known = error instanceof AuditError ? error : bugOf(error)
  const { exit, next: usual } = EXPLANATIONS[known.code]
  const next = known.next ?? usual
  const { path, position } = known
  const place = path !== undefined && position ? `${path}:${position.line}:${position.column}: ` : ''
  const message = `${place}${known.message}`
  if (isJson) io.out(`${JSON.stringify(errorJson(known.code, message, next, known))}\n`)
  io.err(`auditpatch: ${harmless(message)}\n`)
  const others = known.findings.filter(
    finding => finding.severity === 'error' && !known.message.endsWith(finding.message)
  )
  for (const line of findingLines(others, paintFor(false), io.width)) io.err(`${line}\n`)
  io.err(`next: ${harmless(next)}\n`)
  if (known.code === 'IMPOSSIBLE' && known.cause instanceof Error)
    io.err(`${known.cause.stack ?? known.cause.message}\n`)
  else if (argv.some(word => word === '--verbose' || /^-[a-z]*v[a-z]*$/.test(word))) tellCauses(known.cause, io)
  return exitCode(exit)
}

const tellCauses = (cause: unknown, io: Io): void => {
  if (!(cause instanceof Error)) return
  io.err(`cause: ${harmless(cause.message)}\n`)
  tellCauses(cause.cause, io)
}

const bugOf = (error: unknown): AuditError => {
  const message = error instanceof Error ? error.message : String(error)
  return new AuditError('IMPOSSIBLE', `unexpected: ${message}`, { cause: error })
}
