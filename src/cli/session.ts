import { AuditError, type ErrorCode } from '../errors.ts'
import { isAbsolute, resolve } from 'node:path'
import { type HostPath, hostPath } from '../paths.ts'
import { parseDuration } from '../facts/kubelet.ts'
import { jsonLine } from '../render/json-line.ts'
import { harmless, harmlessPainted, type Paint, paintFor } from '../render/paint.ts'
import { resultOf } from '../render/result.ts'
import type { Io } from './io.ts'
import type { Args, OptionName } from './options.ts'

/** How a command prints: results to stdout, talk to stderr. */
export interface Session {
  readonly isJson: boolean
  /** The result is SARIF: nothing else may stand on stdout. */
  readonly isSarif: boolean
  /** Talk is not wanted. */
  readonly isQuiet: boolean
  readonly paint: Paint
  readonly width: number
  /** What is too long is cut: only on a terminal. */
  readonly isCut: boolean
  /** A result for people; nothing with `-o json`. */
  readonly say: (lines: readonly string[]) => void
  /** The one object of `-o json`; nothing otherwise. */
  readonly give: (make: () => Record<string, unknown>) => void
  /** Talk, to stderr; nothing with --quiet. */
  readonly talk: (line: string) => void
  /** Talk for --verbose only. */
  readonly detail: (line: string) => void
}

/** The session that the common options ask for. */
export const sessionOf = (args: Args, io: Io): Session => {
  const isJson = args.text('output') === 'json'
  const isSarif = args.text('output') === 'sarif'
  const when = args.text('color') ?? 'auto'
  const isPlain = (io.env.NO_COLOR ?? '') !== '' || io.env.TERM === 'dumb' || !io.isOutTerminal
  const hasColor = when === 'always' || (when === 'auto' && !isPlain)
  const paint = paintFor(hasColor)
  // whoever made a line has done this already; what was forgotten must not reach a terminal
  const safe = hasColor ? harmlessPainted : harmless
  const isQuiet = args.has('quiet')
  return {
    isJson,
    isSarif,
    isQuiet,
    paint,
    width: io.width,
    isCut: io.isOutTerminal,
    say: lines => {
      if (!isJson && !isSarif && lines.length > 0) io.out(safe(`${lines.join('\n')}\n`))
    },
    give: make => {
      if (isJson) io.out(jsonLine(make()))
    },
    talk: line => {
      if (!isQuiet) io.err(`${safe(line)}\n`)
    },
    detail: line => {
      if (args.has('verbose')) io.err(`${safe(line)}\n`)
    }
  }
}

/** An error as the JSON object that is printed for it. */
export const errorJson = (
  code: ErrorCode,
  message: string,
  next: string,
  error?: AuditError
): Record<string, unknown> => resultOf('Error', { code, message, next, findings: error?.findings ?? [] })

/** The absolute root directory. Throws USAGE for an empty one, as an unset variable gives. */
export const rootOf = (args: Args): string => {
  const root = args.text('root') ?? '/'
  if (root === '') throw new AuditError('USAGE', '--root: a directory is wanted, found nothing')
  return resolve(root)
}

/** A path of the host that an option names. Throws USAGE for a relative one. */
export const hostPathOf = (args: Args, name: OptionName): HostPath | undefined => {
  const value = args.text(name)
  if (value === undefined) return undefined
  if (!isAbsolute(value)) throw new AuditError('USAGE', `--${name}: an absolute path is wanted, found "${value}"`)
  if (/[\0\n]/.test(value)) throw new AuditError('USAGE', `--${name}: the path holds a line break or NUL`)
  return hostPath(value)
}

/** The value of an option of which other commands take several. Throws USAGE for two. */
export const onlyOf = (args: Args, name: OptionName): string | undefined => {
  const [value, other] = args.list(name)
  if (other === undefined) return value
  throw new AuditError('USAGE', `--${name}: one is wanted, found "${value ?? ''}" and "${other}"`)
}

/** Milliseconds that an option names, as `300s` or a number of seconds. Throws USAGE. */
export const durationOf = (args: Args, name: OptionName): number | undefined => {
  const value = args.text(name)
  if (value === undefined) return undefined
  const duration = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : parseDuration(value)
  if (duration === undefined)
    throw new AuditError('USAGE', `--${name}: a time such as 300s is wanted, found "${value}"`)
  return duration
}

/** A whole number that an option names. Throws USAGE. */
export const countOf = (args: Args, name: OptionName): number | undefined => {
  const value = args.text(name)
  if (value === undefined) return undefined
  if (!/^\d{1,9}$/.test(value)) throw new AuditError('USAGE', `--${name}: a whole number is wanted, found "${value}"`)
  return Number(value)
}
