import { auditFlags, defaultOf, isKnownIn } from '../../src/audit/flags.ts'
import { generateFlags } from './generate-flags.ts'
import type { Oracle } from './oracle.ts'
import { type FlagVerdict, judgeFlagsHere } from './our-flags.ts'

export interface ServerFlagVerdict {
  /** `accepted`, or where it ends: `parse`, `words` (that are no flags) or `validation`. */
  readonly phase: 'accepted' | 'parse' | 'words' | 'validation'
  readonly messages: readonly string[]
}

export interface FlagDifference {
  readonly args: readonly string[]
  readonly words: string
}

export interface FlagRun {
  readonly cases: number
  readonly accepted: number
  readonly differences: readonly FlagDifference[]
}

const BATCH = 500

/** Asks both sides about as many generated command lines as wanted. */
export const runFlags = async (oracle: Oracle, minor: number, seed: number, cases: number): Promise<FlagRun> => {
  const differences: FlagDifference[] = []
  let accepted = 0
  for (let start = 0; start < cases; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, cases - start) }, (_, at) => generateFlags(seed, start + at))
    const answers = oracle.ask(batch.map(args => ({ op: 'flags', args })))
    const ours = batch.map(args => judgeFlagsHere(args, { major: 1, minor }))
    for (const [at, answer] of (await answers).entries()) {
      const server = serverFlagVerdict(answer)
      const [args, own] = [batch[at], ours[at]]
      if (!args || !own) continue
      if (server.phase === 'accepted') accepted += 1
      const words = flagDifference(server, own)
      if (words !== undefined) differences.push({ args, words })
    }
  }
  return { cases, accepted, differences }
}

/** The flags, or their defaults, in which the table of this project is not the server's. */
export const compareDefaults = async (oracle: Oracle, minor: number): Promise<readonly string[]> => {
  const [answer] = await oracle.ask([{ op: 'defaults' }])
  const version = { major: 1, minor }
  const table = auditFlags.filter(flag => isKnownIn(flag, version))
  const ours = new Map<string, string>(table.map(flag => [flag.name, defaultOf(flag, version)]))
  // the program beside this file wrote it
  const server = new Map(Object.entries(answer as Record<string, string>))
  return [...new Set([...ours.keys(), ...server.keys()])]
    .filter(name => ours.get(name) !== server.get(name))
    .map(name => `--${name}: the server's default is ${server.get(name)}, ours ${ours.get(name)}`)
}

/** The same difference, or another, in fewer words. */
export const shrinkFlags = async (oracle: Oracle, minor: number, found: FlagDifference): Promise<FlagDifference> => {
  let best = found
  for (let at = 0; at < best.args.length;) {
    const args = best.args.filter((_, index) => index !== at)
    const [answer] = await oracle.ask([{ op: 'flags', args }])
    const words = flagDifference(serverFlagVerdict(answer), judgeFlagsHere(args, { major: 1, minor }))
    if (words === undefined) at += 1
    else best = { args, words }
  }
  return best
}

/** The oracle's answer about flags. */
export const serverFlagVerdict = (answer: unknown): ServerFlagVerdict => {
  // the program beside this file wrote it
  const { phase, messages } = answer as Partial<ServerFlagVerdict>
  if (phase === undefined) throw new Error(`the oracle failed: ${JSON.stringify(answer)}`)
  return { phase, messages: messages ?? [] }
}

/** In words what differs, or undefined: one accepts what the other refuses, or we do not name what the server blames. */
export const flagDifference = (server: ServerFlagVerdict, ours: FlagVerdict): string | undefined => {
  const [first = ''] = server.messages
  // the flags of the server that are not about audit are not known here
  if (/^unknown flag: --(?!audit)/i.test(first)) return undefined
  if ((server.phase === 'accepted') !== ours.accepted) {
    return `the server: ${server.phase} ${first}; ours: ${ours.accepted ? 'accepted' : ours.messages.join('; ')}`
  }
  const said = ours.messages.join('\n')
  const unsaid = server.phase === 'validation' ? server.messages.find(each => !isNamed(each, said)) : undefined
  if (unsaid !== undefined) return `the server: ${unsaid}; ours: ${said}`
  const blamed =
    server.phase === 'parse'
      ? /flag:? (?:-+|needs an argument: --)?"?-*(audit[-_][-\w]*)|"--?(audit[-_][-\w]*)" flag/.exec(first)
      : null
  const name = blamed?.[1] ?? blamed?.[2]
  return name === undefined || plainName(said).includes(plainName(name))
    ? undefined
    : `the server: ${first}; ours: ${said}`
}

// two names of one variable are one
const plainName = (text: string): string => text.replaceAll('_', '-').replaceAll('-batch-initial-', '-initial-')

// pkg/server/options/audit.go: how each message of Validate begins, and the flag that it is about
const BLAME: readonly (readonly [RegExp, string])[] = [
  [/^invalid audit (log|webhook) mode/, 'audit-$1-mode'],
  [/^invalid audit batch (log|webhook) buffer size/, 'audit-$1-batch-buffer-size'],
  [/^invalid audit batch (log|webhook) max batch size/, 'audit-$1-batch-max-size'],
  [/^invalid audit batch (log|webhook) throttle QPS/, 'audit-$1-batch-throttle-qps'],
  [/^invalid audit batch (log|webhook) throttle burst/, 'audit-$1-batch-throttle-burst'],
  [/^invalid audit truncate (log|webhook) max event size/, 'audit-$1-truncate-max-event-size'],
  [/^invalid audit truncate (log|webhook) max batch size/, 'audit-$1-truncate-max-batch-size'],
  [/^invalid audit (log) format/, 'audit-$1-format'],
  [/^--(audit-log-max\w+) /, '$1'],
  // of either backend
  [/^(invalid group version|unexpected GroupVersion string)/, '-version']
]

const isNamed = (message: string, said: string): boolean => {
  const row = BLAME.find(([start]) => start.test(message))
  const match = row?.[0].exec(message)
  return row !== undefined && match != null && said.includes(row[1].replace('$1', match[1] ?? ''))
}
