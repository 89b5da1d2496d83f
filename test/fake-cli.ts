import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import type { Test } from 'tap'
import type { Io } from '../src/cli/io.ts'
import { COMMANDS } from '../src/cli/commands.ts'
import { main } from '../src/cli/main.ts'

const schemas = join(dirname(fileURLToPath(import.meta.url)), '..', 'templates', 'schemas')

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true })
for (const file of fs.readdirSync(schemas)) {
  const schema: object = JSON.parse(fs.readFileSync(join(schemas, file), 'utf8'))
  ajv.addSchema(schema)
}

/** How many outputs of each kind kept their schema. */
export const validated = new Map<string, number>()

/** What a run of the program gave. */
export interface Output {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A process with nobody at the terminal, whose output goes nowhere. */
export const quietIo: Io = {
  out: () => undefined,
  err: () => undefined,
  isOutTerminal: false,
  isErrTerminal: false,
  isInTerminal: false,
  width: 100,
  env: {},
  input: () => [],
  isRead: () => true,
  lost: () => undefined,
  ask: () => Promise.reject(new Error('nobody is there to be asked')),
  countInterrupts: () => () => 0
}

/** Runs a command line with nobody at the terminal. */
export const run = async (argv: readonly string[], more: Partial<Io> = {}): Promise<Output> => {
  let [out, err] = ['', '']
  const io: Io = {
    ...quietIo,
    out: text => void (out += Buffer.from(text).toString()),
    err: text => void (err += text),
    ...more
  }
  const code = await main(argv, io, COMMANDS)
  return { code, out, err }
}

/** An object that was printed. */
export type Json = Readonly<Record<string, unknown>>

/** Runs with `-o json`: exactly one object, of a kind whose schema it keeps. */
export const json = async (
  t: Test,
  argv: readonly string[],
  more: Partial<Io> = {}
): Promise<Output & { value: Json }> => {
  const output = await run([...argv, '-o', 'json'], more)
  t.match(output.out, /^\{.*\}\n$/, `${argv.join(' ')}: one line on stdout`)
  const value: Json = JSON.parse(output.out)
  const kind = String(value.kind)
  keepsSchema(t, value, argv.join(' '))
  t.equal(kind === 'Error', output.code >= 2 && value.rolledBack === undefined && kind !== 'RecoverResult')
  return { ...output, value }
}

/** Fails for each published kind, of those that are asked for, of which no output was held against its schema. */
export const everyKindWasTried = (t: Test, isAskedFor: (kind: string) => boolean): void => {
  const kinds = fs.readdirSync(schemas).map(file => {
    const { title }: { title: string } = JSON.parse(fs.readFileSync(join(schemas, file), 'utf8'))
    return title
  })
  for (const kind of kinds.filter(isAskedFor)) t.ok((validated.get(kind) ?? 0) > 0, kind)
  t.comment([...validated].map(([kind, count]) => `${count} ${kind}`).join(', '))
}

/** Keeps an object to the schema of its kind. */
export const keepsSchema = (t: Test, value: Json, name: string): void => {
  const kind = String(value.kind)
  t.equal(value.apiVersion, 'auditpatch/v1')
  const validate = ajv.getSchema(`urn:auditpatch:v1:${kind}`)
  if (!validate) t.fail(`there is no schema of ${kind}`)
  else if (!validate(value)) t.same(validate.errors, [], `${name}: keeps the schema of ${kind}`)
  validated.set(kind, (validated.get(kind) ?? 0) + 1)
}
