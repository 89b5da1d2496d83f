import { parseAllDocuments, type YAMLError } from 'yaml'

/** Untyped decoded YAML. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

/** A mapping of decoded YAML. */
export type Fields = { readonly [key: string]: Value }

/** A decoded first document, or the error as Kubernetes words it. */
export type Decoded =
  { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'error'; readonly error: string }

/** Decodes the first document of YAML or JSON text with the scalar rules of Kubernetes' parser (1.1 without times). */
export const decodeFirst = (text: string): Decoded => {
  const documents = parseAllDocuments(text, {
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: true,
    logLevel: 'silent',
    customTags: tags =>
      tags.filter(
        tag =>
          typeof tag === 'string' || (!('format' in tag && tag.format === 'TIME') && !tag.tag.endsWith(':timestamp'))
      )
  })
  const [first] = Array.isArray(documents) ? documents : []
  const failure = first?.errors[0]
  if (failure !== undefined) return { kind: 'error', error: goYamlError(failure) }
  return { kind: 'value', value: (first?.toJS() ?? null) as Value } // as: toJS gives JSON types for these tags
}

const goYamlError = (error: YAMLError): string => {
  const texts: Readonly<Record<string, string>> = {
    BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
    TAB_AS_INDENT: 'found character that cannot start any token',
    MISSING_CHAR: 'found unexpected end of stream',
    BAD_INDENT: "did not find expected '-' indicator"
  }
  return `yaml: line ${error.linePos?.[0].line ?? 1}: ${texts[error.code] ?? 'did not find expected key'}`
}

/** The value as a mapping; an empty one when it is anything else. */
export const fieldsOf = (value: Value | undefined): Fields =>
  typeof value === 'object' && value !== null && !isList(value) ? value : {}

/** The value as a list; an empty one when it is anything else. */
export const listOf = (value: Value | undefined): readonly Value[] => (isList(value) ? value : [])

/** The value as a string; empty when it is anything else. */
export const stringOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '')

const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)

/** What Go's JSON decoder calls a value of this type. */
export const goKind = (value: Value): string =>
  isList(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value
