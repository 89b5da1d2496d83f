/** The tables of a summary, with what each tells its rows apart by. */
export const TABLES = {
  users: ['user'],
  verbs: ['verb'],
  resources: ['resource', 'apiGroup'],
  paths: ['path'],
  namespaces: ['namespace'],
  userAgents: ['userAgent'],
  sources: ['source'],
  codes: ['code'],
  denied: ['user', 'verb', 'what', 'apiGroup', 'namespace', 'decision', 'as'],
  unauthenticated: ['source', 'userAgent', 'verb', 'what', 'apiGroup'],
  failures: ['code', 'user', 'verb', 'what', 'apiGroup'],
  anonymous: ['verb', 'what', 'apiGroup', 'namespace', 'code'],
  anonymousReached: ['verb', 'what', 'apiGroup', 'namespace'],
  sessions: ['user', 'kind', 'namespace', 'pod', 'container', 'command', 'code', 'source'],
  secretReaders: ['user'],
  secretReads: ['user', 'verb', 'namespace', 'name'],
  changeVerbs: ['verb'],
  changes: ['user', 'verb', 'resource', 'apiGroup'],
  impersonation: ['user', 'as'],
  recordedSecrets: ['resource', 'apiGroup', 'verb', 'level']
} as const satisfies Readonly<Record<string, readonly string[]>>

export type TableName = keyof typeof TABLES

/** The tables by name. */
export const TABLE_NAMES = Object.keys(TABLES) as TableName[] // the keys of a literal

/** What stands for a user who is not known, in the key of a row. */
export const UNKNOWN_USER = '\x01'

const BETWEEN = '\0'
const LONGEST = 256

/** The key of a row: its parts in the order of the table's columns; null is a user who is not known. */
export const keyOf = (...parts: readonly (string | null)[]): string => parts.map(cleaned).join(BETWEEN)

/** The key of a row of two parts as they stand: if a row has it, it is that of keyOf. */
export const pairKey = (one: string, other: string): string => one + BETWEEN + other

/** The parts of a row's key. */
export const partsOf = (key: string): (string | null)[] =>
  key.split(BETWEEN).map(part => (part === UNKNOWN_USER ? null : part))

// what joins parts stands in none of them, and no name is so long that many of them fill the memory
const cleaned = (part: string | null): string => {
  if (part === null) return UNKNOWN_USER
  const short = part.length > LONGEST ? `${part.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, '')}…` : part
  return short.includes(BETWEEN) || short.includes(UNKNOWN_USER) ? short.replace(/[\0\x01]/g, '\ufffd') : short
}
