import { type Mark, type YamlNode, yamlItems, yamlValue } from '../text/yaml-documents.ts'
import { itemContext, type LoadContext } from './load-context.ts'
import { refuse, type Warn } from './load-result.ts'

/** A file whose items are being read. */
export interface RulesFile {
  readonly markOf: (node: YamlNode) => Mark
  readonly warn: Warn
}

/** Reads the value of a key; undefined where there is none. */
type ReadValue<T> = (file: RulesFile, item: YamlNode, key: string, context: LoadContext) => T | undefined

const noMapping = (key: string, context: LoadContext): never =>
  refuse('LOAD_ERR_YAML_VALIDATE', `Item has no mapping for key '${key}'`, context)

/** Reads the value of a key that must be there. */
export const required = <T>(
  read: ReadValue<T>,
  file: RulesFile,
  item: YamlNode,
  key: string,
  context: LoadContext
): T => read(file, item, key, context) ?? noMapping(key, context)

const scalar =
  <T>(decode: (text: string) => T | undefined): ReadValue<T> =>
  (file, item, key, context) => {
    const value = yamlValue(item, key)
    if (value === undefined) return undefined
    if (value.kind === 'null') return refuse('LOAD_ERR_YAML_VALIDATE', `Mapping for key '${key}' is empty`, context)
    const wrong = (message: string): never =>
      refuse('LOAD_ERR_YAML_VALIDATE', message, itemContext(context, 'value for', key, file.markOf(value)))
    if (value.kind !== 'scalar') return wrong('Value is not a scalar value')
    if (value.text === '') return wrong('Value must be non-empty')
    return decode(value.text) ?? wrong("Can't decode YAML scalar value")
  }

/** A text, never an empty one. */
export const textValue = scalar(text => text)

/** True or false, by the words that yaml-cpp knows: y, yes, true and on, in lower case, in upper case or Capitalised. */
export const flagValue = scalar(text => {
  if (!/^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/.test(text)) return undefined
  const word = text.toLowerCase()
  if (['y', 'yes', 'true', 'on'].includes(word)) return true
  return ['n', 'no', 'false', 'off'].includes(word) ? false : undefined
})

/** A number of 32 bits without a sign, in base 8, 10 or 16; undefined for another text. */
export const unsignedOf = (text: string): number | undefined => {
  const [, digits = ''] = /^\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\s*$/.exec(text) ?? []
  if (digits === '') return undefined
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits)
  return value < 2 ** 32 ? value : undefined
}

/** A number of 32 bits without a sign. */
export const numberValue = scalar(unsignedOf)

/** A list of texts, which may be empty. */
export const textsValue: ReadValue<string[]> = (file, item, key, context) => {
  const value = yamlValue(item, key)
  if (value === undefined) return undefined
  const inner = (): LoadContext => itemContext(context, 'value for', key, file.markOf(value))
  if (value.kind !== 'list') return refuse('LOAD_ERR_YAML_VALIDATE', 'Value is not a sequence', inner())
  return yamlItems(value).map(each => {
    if (each.kind === 'scalar') return each.text
    const context = itemContext(inner(), 'list item', '', file.markOf(each))
    return refuse('LOAD_ERR_YAML_VALIDATE', 'sequence value is not scalar', context)
  })
}
