import { AuditError } from '../errors.ts'
import { readLocalFile } from '../host/local-files.ts'
import { valueOf } from '../text/edit.ts'
import { isRecord } from '../text/guard.ts'
import { positionOfKey } from '../text/locate.ts'
import { decodeText, MAX_BYTES, parseSource } from '../text/source.ts'
import { SETTINGS } from './options.ts'

/** Reads `--settings FILE`: YAML with the names of the settings options. Throws USAGE for an unknown name or a wrong kind of value. */
export const readSettings = (file: string): Readonly<Record<string, unknown>> => {
  const source = parseSource(decodeText(readLocalFile(file, MAX_BYTES), file), file, 'plain')
  const data = valueOf(source)
  if (data === null) return {}
  const fail = (key: string, message: string): AuditError =>
    new AuditError('USAGE', message, { path: file, position: positionOfKey(source, key) })
  if (!isRecord(data)) throw fail('', 'a mapping of settings is wanted')
  const known: readonly string[] = SETTINGS.filter(name => name !== 'settings')
  for (const [key, value] of Object.entries(data)) {
    if (!known.includes(key)) throw fail(key, `there is no setting "${key}"; there are ${known.join(', ')}`)
    const isFine = key === 'set' ? Array.isArray(value) : ['string', 'number', 'boolean'].includes(typeof value)
    if (!isFine) throw fail(key, `${key}: ${key === 'set' ? 'a list of audit-FLAG=VALUE' : 'a single value'} is wanted`)
  }
  return data
}
