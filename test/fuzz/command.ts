import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { COMMANDS } from '../../src/cli/commands.ts'
import { EXPLANATIONS } from '../../src/cli/explain.ts'
import type { Io } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'
import { must } from './kind.ts'
import { mustBeSeemly } from './printed.ts'
import type { Probe } from './probe.ts'
import { root } from './root.ts'

const SCHEMAS = join(root, 'templates/schemas')
const ajv = new Ajv({ strict: true, allowUnionTypes: true })
for (const file of readdirSync(SCHEMAS)) ajv.addSchema(JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8')) as object)

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** How a command is run. */
export interface Way {
  readonly input?: Buffer
  readonly env?: Readonly<Record<string, string>>
  /** Standard output is what was asked for, as it is, and not for a terminal. */
  readonly isData?: boolean
}

/** The exit codes that there are for what nobody was asked about. */
const CODES = [0, 1, 2, 3]

/** Runs a command line in this process, and fails where it ends or prints otherwise than a command may. */
export const runCommand = async (argv: readonly string[], probe: Probe, way: Way = {}): Promise<Ran> => {
  const [out, err]: [Uint8Array[], string[]] = [[], []]
  const io: Io = {
    out: text => void out.push(Buffer.from(text)),
    err: text => void err.push(text),
    isOutTerminal: false,
    isErrTerminal: false,
    isInTerminal: false,
    width: 100,
    env: way.env ?? {},
    input: () => (way.input ? [way.input] : []),
    isRead: () => true,
    lost: () => undefined,
    ask: () => Promise.resolve(false),
    countInterrupts: () => () => 0
  }
  const name = argv.filter(word => !word.startsWith('/')).join(' ')
  const code = await probe.wait(name, () => main(argv, io, COMMANDS))
  const ran: Ran = { code, out: Buffer.concat(out).toString('utf8'), err: err.join('') }
  must(CODES.includes(code), () => `${name} ends with ${code}: ${ran.err.slice(0, 500)}`)
  must(!ran.err.includes(EXPLANATIONS.IMPOSSIBLE.next), () => `${name}: ${ran.err.slice(0, 2500)}`)
  mustBeSeemly(ran.err)
  if (argv.includes('json') && !way.isData) mustKeepSchemas(name, ran)
  else if (!way.isData) mustBeSeemly(ran.out)
  return ran
}

const mustKeepSchemas = (name: string, { out, code }: Ran): void => {
  // of no request nothing is told
  if (out === '' && name.includes('--requests')) return
  must(out.endsWith('\n'), () => `${name} -o json: no line of JSON, code ${code}`)
  for (const line of out.trimEnd().split('\n')) {
    const value = JSON.parse(line) as { readonly kind?: unknown }
    const validate = ajv.getSchema(`urn:auditpatch:v1:${String(value.kind)}`)
    must(validate !== undefined, () => `${name} -o json: there is no schema of ${String(value.kind)}`)
    must(validate?.(value) === true, () => `${name} -o json: ${JSON.stringify(validate?.errors)?.slice(0, 800)}`)
  }
}

/** How to print: for people mostly, or as JSON. */
export const printing = (isJson: boolean): string[] => (isJson ? ['-o', 'json'] : [])
