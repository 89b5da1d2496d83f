import { AuditError } from '../errors.ts'
import { valueOf } from '../text/edit.ts'
import { splice, type Splice } from '../text/splice.ts'
import { isRecord } from '../text/guard.ts'
import { nodeAt, type Path, spanOf } from '../text/locate.ts'
import { parseSource, type Source } from '../text/source.ts'
import { REDACTED, shown, SHOWN } from './kubeconfig-keys.ts'
import { redactComments, redactLines } from './redact-lines.ts'

/**
 * A kubeconfig in which `<redacted>` stands for every value that is not known to be harmless, for diffs and messages. A
 * text that is no kubeconfig, or no YAML, is redacted line by line, and more is hidden then.
 */
export const redactKubeconfig = (text: string): string => {
  const parsed = parse(text)
  const hidden = parsed ? hideValues(parsed.source, parsed.value) : null
  return hidden ?? redactLines(text)
}

const parse = (text: string): { source: Source; value: unknown } | null => {
  try {
    const source = parseSource(text, 'kubeconfig', 'plain')
    return source.more ? null : { source, value: valueOf(source) }
  } catch (error) {
    if (error instanceof AuditError) return null
    throw error
  }
}

interface Leaf {
  readonly path: Path
  readonly text: string
  readonly secrets: readonly string[]
}

const hideValues = (source: Source, value: unknown): string | null => {
  // a tag or a key may hold a secret too; nobody who writes a kubeconfig needs the ones that are refused here
  if (!isRecord(value) || !hasPlainKeys(value) || /(^|[\s,[{])!/.test(source.text)) return null
  const secrets = leavesOf(value, [], []).flatMap(leaf => leaf.secrets)
  // what is hidden in one place may stand in another, through an anchor for one
  const splices = leavesOf(value, [], secrets).flatMap(leaf => spliceOf(source, leaf))
  const text = redactComments(splice(source.text, splices))
  return secrets.filter(isTelling).reduce((swept, secret) => swept.replaceAll(secret, REDACTED), text)
}

// short ones would tear everything to pieces, and stand in no other value as a part by more than chance
const isTelling = (secret: string): boolean => secret.length >= 4 && !REDACTED.includes(secret)

const hasPlainKeys = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.every(hasPlainKeys)
  if (!isRecord(value)) return true
  return Object.entries(value).every(([key, inner]) => /^[A-Za-z][A-Za-z.-]{0,40}$/.test(key) && hasPlainKeys(inner))
}

const leavesOf = (value: unknown, path: Path, known: readonly string[]): Leaf[] => {
  const place = path.map(step => (typeof step === 'number' ? '*' : step)).join('.')
  const isInside = place === '' || SHOWN.some(row => row.path.startsWith(`${place}.`))
  if (isInside && Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => leavesOf(item, [...path, index], known))
  }
  if (isInside && isRecord(value)) {
    return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key], known))
  }
  if (value === null || isEmpty(value)) return []
  const row = SHOWN.find(each => each.path === place)
  const isScalar = typeof value !== 'object'
  const isKnown = known.some(secret => value === secret || (isTelling(secret) && String(value).includes(secret)))
  const text = row && isScalar && !isKnown ? shown(row.kind, String(value)) : REDACTED
  if (text === String(value)) return []
  return [{ path, text, secrets: text === REDACTED ? stringsOf(value) : [] }]
}

const isEmpty = (value: unknown): boolean =>
  value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

const stringsOf = (value: unknown): string[] => {
  if (typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? [value] : []
  return Object.values(value).flatMap(stringsOf)
}

const spliceOf = (source: Source, { path, text }: Leaf): Splice[] => {
  const node = nodeAt(source.document, path)
  // what an alias leads to is hidden, or not, where it stands itself
  if (node === undefined || node === null) return []
  const [start, end] = spanOf(source, node)
  return [{ start, end, text }]
}
