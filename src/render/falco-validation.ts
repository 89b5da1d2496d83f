import { LOAD_ERRORS, LOAD_WARNINGS, type LoadErrorCode, type LoadWarningCode } from '../falco/load-codes.ts'
import type { LoadContext } from '../falco/load-context.ts'
import type { LoadItem, LoadResult } from '../falco/load-result.ts'

/** The texts of rules files by their names. */
export type RulesContents = ReadonlyMap<string, string>

const titleOf = (code: LoadErrorCode | LoadWarningCode): string => ({ ...LOAD_ERRORS, ...LOAD_WARNINGS })[code].title

const verdictOf = ({ name, isSuccessful, warnings }: LoadResult): string =>
  `${name}: ${isSuccessful ? `Ok${warnings.length > 0 ? ', with warnings' : ''}` : 'Invalid'}`

/** What came of a file, with each error and warning and the line that it is about (rule_loader.cpp, as_verbose_string). */
export const loadResultText = (result: LoadResult, contents: RulesContents): string => {
  const { errors, warnings } = result
  const shown = ({ code, message, context }: LoadItem<LoadErrorCode | LoadWarningCode>): string[] => [
    ...contextLines(context),
    '------',
    ...snippetOf(context, contents).split('\n').slice(0, -1),
    '------',
    `${code} (${titleOf(code)}): ${message}`
  ]
  return [
    verdictOf(result),
    ...(errors.length > 0 ? [`${errors.length} Errors:`, ...errors.flatMap(shown)] : []),
    // Falco ends the errors with a line break and begins the warnings with another
    ...(errors.length > 0 && warnings.length > 0 ? [''] : []),
    ...(warnings.length > 0 ? [`${warnings.length} Warnings:`, ...warnings.flatMap(shown)] : []),
    ...(errors.length + warnings.length > 0 ? [''] : [])
  ].join('\n')
}

/** What came of a file, by its codes alone (as_summary_string). */
export const loadResultSummary = (result: LoadResult): string => {
  const codes = (items: readonly LoadItem<LoadErrorCode | LoadWarningCode>[], what: string): string[] =>
    items.length === 0
      ? []
      : [` ${items.length} ${what}: [${items.map(({ code }) => `${code} (${titleOf(code)})`).join(' ')}]`]
  return [verdictOf(result), ...codes(result.errors, 'errors'), ...codes(result.warnings, 'warnings')].join('\n')
}

/** What `--validate` prints of all files: of those that are well one line, of others all that is wrong (validate_rules_files.cpp). */
export const validationText = (results: readonly LoadResult[], contents: RulesContents): string =>
  results
    .map(result => {
      if (result.isSuccessful) return verdictOf(result)
      const hint = hasMappingRoot(result) ? `\n${HINT.replaceAll('FILE', () => result.name)}` : ''
      return loadResultText(result, contents) + hint
    })
    .join('\n')

const HINT =
  'Hint: --validate expects a rules file, that is a YAML list of rule, macro, and list items. If this is a Falco configuration file, validate it and its configured rules with `auditpatch falco -c FILE --dry-run` instead.'

/** True for a file that is no list, as a configuration. */
export const hasMappingRoot = ({ errors }: LoadResult): boolean =>
  errors.some(({ message }) => message === 'Rules content is not yaml array of objects')

/** What `--validate` prints as JSON; the order of the keys is Falco's. */
export const validationJson = (
  results: readonly LoadResult[],
  contents: RulesContents,
  description?: object
): Record<string, unknown> => ({
  ...(description && results.every(({ isSuccessful }) => isSuccessful) && { falco_describe_results: description }),
  falco_load_results: results.map(result => loadResultJson(result, contents))
})

/** What came of a file as JSON. */
export const loadResultJson = (
  { name, isSuccessful, errors, warnings }: LoadResult,
  contents: RulesContents
): Record<string, unknown> => ({
  errors: errors.map(item => itemJson(item, LOAD_ERRORS[item.code].title, contents)),
  name,
  successful: isSuccessful,
  warnings: warnings.map(item => itemJson(item, LOAD_WARNINGS[item.code].description, contents))
})

const itemJson = (
  { code, message, context }: LoadItem<LoadErrorCode | LoadWarningCode>,
  codedesc: string,
  contents: RulesContents
): Record<string, unknown> => ({
  code,
  codedesc,
  context: {
    locations: context.locations.map(({ name, itemType, itemName, position: { offset, line, column } }) => ({
      item_name: itemName,
      item_type: itemType,
      position: { column, line, name, offset }
    })),
    snippet: snippetOf(context, contents)
  },
  message
})

const contextLines = ({ locations }: LoadContext): string[] =>
  locations.map(({ name, itemType, itemName, position }, index) => {
    const item = itemName === '' ? itemType : `${itemType} '${itemName}'`
    return `${index === 0 ? 'In ' : '    '}${item}: (${name}:${position.line}:${position.column})`
  })

/** How far to both sides of a place a snippet reaches. */
const REACH = 80

// the line of the last place and a mark below; of a condition its text, wherever that ends (rule_loader.cpp, snippet)
const snippetOf = ({ locations, condition }: LoadContext, contents: RulesContents): string => {
  const last = locations.at(-1)
  const content = contents.get(last?.name ?? '')?.replace(/^\uFEFF/, '')
  if (!condition && content === undefined) return `<No context for file + ${last?.name ?? ''}>\n`
  const text = condition ? condition : (content ?? '')
  if (text === '') return '<No context available>\n'
  let at = last?.position.offset ?? 0
  while (at > 0 && (at >= text.length || text[at] === '\n')) at = Math.min(at, text.length) - 1
  let [from, to] = [at, at]
  while (from > 0 && text[from] !== '\n' && at - from < REACH) from -= 1
  while (to < text.length - 1 && text[to] !== '\n' && to - at < REACH) to += 1
  if (text[from] === '\n') from += 1
  if (text[to] === '\n') to -= 1
  let line = text.slice(from, to + 1)
  if (line === '') return '<No context available>\n'
  if (at - from >= REACH) line = `...${line.slice(3)}`
  if (to - at >= REACH) line = `${line.slice(0, -3)}...`
  const mark = at - from <= line.length ? `${' '.repeat(at - from)}^\n` : ''
  return `${line}\n${mark}`
}
