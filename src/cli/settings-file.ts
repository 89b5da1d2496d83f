import { AuditError } from '../errors.ts'
import { readLocalFile } from '../host/local-files.ts'
import { splitDocuments } from '../text/documents.ts'
import { valueOf } from '../text/edit.ts'
import { isRecord } from '../text/guard.ts'
import { nodeAt, positionOfKey } from '../text/locate.ts'
import { decodeText, MAX_BYTES, parseSource, type Source } from '../text/source.ts'
import { type Args, flagOptions, type OptionName, SETTINGS } from './options.ts'

/** Reads `--settings FILE`: YAML with the names of the settings options. Throws USAGE for an unknown name, a wrong kind of value and a second document. */
export const readSettings = (file: string): Readonly<Record<string, unknown>> => {
  const text = decodeText(readLocalFile(file, MAX_BYTES), file)
  const source = parseSource(text, file, 'plain')
  refuseSecond(text, file)
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
  return { ...data, ...asWritten(source, 'kubernetes-version') }
}

// what a parser of one document would pass over
const refuseSecond = (text: string, file: string): void => {
  const [, second] = splitDocuments(text).filter(document => HAS_CONTENT.test(document.text))
  if (second)
    throw new AuditError('USAGE', 'one document of settings is wanted, found a second', {
      path: file,
      position: { line: second.line, column: 1 }
    })
}

// a line that is no mark of a document, no comment and not blank
const HAS_CONTENT = /^(?!---|\.\.\.|[ \t]*(#|\r?$)).+/m

/** As a number 1.30 would be 1.3. */
const asWritten = (source: Source, key: OptionName): Readonly<Record<string, string>> => {
  const node = nodeAt(source.document, [key])
  return node && 'source' in node && typeof node.source === 'string' ? { [key]: node.source } : {}
}

// two ways to say the same
const RIVALS: Partial<Readonly<Record<OptionName, OptionName>>> = {
  'webhook-config': 'webhook-url',
  'webhook-url': 'webhook-config'
}

const isGiven = (args: Args, assignment: string): boolean =>
  flagOptions().some(
    ({ option: name, flag }) => assignment.replaceAll('_', '-').startsWith(`${flag}=`) && args.text(name) !== undefined
  )

/** Arguments in which a settings file speaks where the command line does not. */
export const withSettings = (args: Args, settings: Readonly<Record<string, unknown>>): Args => {
  const textOf = (name: OptionName): string | undefined => {
    const value = Object.hasOwn(settings, name) ? settings[name] : undefined
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined
  }
  const isOverruled = (name: OptionName): boolean => args.text(RIVALS[name] ?? name) !== undefined
  const listed = Array.isArray(settings.set) ? settings.set.map(String).filter(text => !isGiven(args, text)) : []
  return {
    ...args,
    text: name => args.text(name) ?? (isOverruled(name) ? undefined : textOf(name)),
    list: name => (name === 'set' ? [...listed, ...args.list(name)] : args.list(name))
  }
}
