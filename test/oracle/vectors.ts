import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import type { Request } from '../../src/audit/request.ts'
import { MINORS } from './build-oracle.ts'
import type { ServerFlagVerdict } from './run-flags.ts'
import { fingerprint, type PolicyCase, type Verdict } from './verdict.ts'

/** What the API servers of all minor releases said of one policy, or of one set of flags. */
export interface PolicyVector {
  readonly asked: PolicyCase
  /** One answer for each of the minor releases, in their order. */
  readonly answers: readonly Verdict[]
}

export interface FlagVector {
  readonly args: readonly string[]
  readonly answers: readonly ServerFlagVerdict[]
}

export interface Vectors {
  readonly policies: readonly PolicyVector[]
  readonly flags: readonly FlagVector[]
}

/** The vectors of a file: lines of JSON, compressed with brotli. */
export const readVectors = (file: string): Vectors => {
  const lines = brotliDecompressSync(readFileSync(file)).toString().trimEnd().split('\n')
  const rows = lines.map(line => JSON.parse(line) as Row)
  return {
    policies: rows.flatMap(row => ('args' in row ? [] : [policyOf(row)])),
    flags: rows.flatMap(row => ('args' in row ? [{ args: row.args, answers: spread(row.answers) }] : []))
  }
}

/** Writes vectors, each answer once for all the minor releases that give it; the number of bytes. */
export const writeVectors = (file: string, { policies, flags }: Vectors): number => {
  const rows: Row[] = [
    ...policies.map(({ asked, answers }) => ({
      ...(typeof asked.text === 'string'
        ? { text: asked.text }
        : { bytes: Buffer.from(asked.text).toString('base64') }),
      requests: asked.requests.map(packRequest),
      answers: gather(answers.map(packVerdict))
    })),
    ...flags.map(({ args, answers }) => ({ args, answers: gather(answers) }))
  ]
  const text = Buffer.from(rows.map(row => `${JSON.stringify(row)}\n`).join(''))
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length
  }
  const bytes = brotliCompressSync(text, { params })
  writeFileSync(file, bytes)
  return bytes.length
}

/** An answer and the minor releases that give it; where all do, the list is empty. */
type Gathered<T> = readonly (readonly [readonly number[], T])[]

type Row =
  | { readonly args: readonly string[]; readonly answers: Gathered<ServerFlagVerdict> }
  | {
      readonly text?: string
      readonly bytes?: string
      readonly requests: readonly PackedRequest[]
      readonly answers: Gathered<PackedVerdict>
    }

const gather = <T>(answers: readonly T[]): Gathered<T> => {
  const groups = new Map<string, number[]>()
  MINORS.forEach((minor, index) => {
    const key = JSON.stringify(answers[index])
    groups.set(key, [...(groups.get(key) ?? []), minor])
  })
  return [...groups].map(([key, minors]) => [minors.length === MINORS.length ? [] : minors, JSON.parse(key) as T])
}

const spread = <T>(gathered: Gathered<T>): T[] =>
  MINORS.flatMap(minor => {
    const found = gathered.find(([minors]) => minors.length === 0 || minors.includes(minor))
    return found ? [found[1]] : []
  })

const policyOf = (row: Exclude<Row, { args: readonly string[] }>): PolicyVector => ({
  asked: {
    text: row.text ?? new Uint8Array(Buffer.from(row.bytes ?? '', 'base64')),
    requests: row.requests.map(unpackRequest)
  },
  answers: spread(row.answers).map(unpackVerdict)
})

type PackedRequest = readonly [string | null, readonly string[], string, 0 | 1, ...string[]]

const packRequest = (each: Request): PackedRequest => [
  each.user,
  each.groups,
  each.verb,
  each.resourceRequest ? 1 : 0,
  ...[each.apiGroup, each.resource, each.subresource, each.namespace, each.name, each.path]
]

const unpackRequest = ([user, groups, verb, resourceRequest, ...rest]: PackedRequest): Request => {
  const [apiGroup = '', resource = '', subresource = '', namespace = '', name = '', path = ''] = rest
  return {
    user,
    groups,
    verb,
    resourceRequest: resourceRequest === 1,
    apiGroup,
    resource,
    subresource,
    namespace,
    name,
    path
  }
}

type PackedVerdict = readonly [Verdict['reason'], 0 | 1, readonly string[], readonly string[], string]

const packVerdict = ({ reason, lenient, faults, decisions, loaded }: Verdict): PackedVerdict => [
  reason,
  lenient ? 1 : 0,
  faults,
  decisions,
  fingerprint(loaded)
]

const unpackVerdict = ([reason, lenient, faults, decisions, loaded]: PackedVerdict): Verdict => ({
  reason,
  also: [],
  lenient: lenient === 1,
  faults,
  loaded,
  decisions
})
