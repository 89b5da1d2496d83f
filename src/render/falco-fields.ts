import type { EventSource, FieldClass } from '../falco/event-source.ts'

/** How the list of fields is wanted. */
export interface FieldListOptions {
  readonly format: 'text' | 'markdown' | 'json'
  readonly isNamesOnly: boolean
  /** With the type of each field. */
  readonly hasTypes: boolean
}

const NAME_WIDTH = 34
const WIDTH = 80

/** The fields of sources as `falco --list` prints them (userspace/falco/app/actions/print_help.cpp, engine/prettyprint.cpp). */
export const fieldList = <E>(sources: readonly EventSource<E>[], options: FieldListOptions): string[] => {
  const classes = classesOf(sources)
  if (options.isNamesOnly) return classes.flatMap(({ fields }) => fields.map(({ name }) => name))
  if (options.format === 'json') return [JSON.stringify(fieldsJson(sources), null, 2)]
  return classes.flatMap(each => (options.format === 'markdown' ? markdownClass(each) : textClass(each, options)))
}

/** The fields of sources as `--list --format json` has them; the keys are Falco's. */
export const fieldsJson = <E>(sources: readonly EventSource<E>[]): Record<string, unknown> => ({
  fieldclasses: classesOf(sources).map(jsonClass)
})

const classesOf = <E>(sources: readonly EventSource<E>[]): Listed<E>[] =>
  sources.flatMap(source => source.classes.map(each => ({ source: source.name, ...each })))

type Listed<E> = FieldClass<E> & { readonly source: string }

const jsonClass = <E>({ name, description, source, fields }: Listed<E>): Record<string, unknown> => ({
  name,
  desc: description,
  event_sources: [source],
  fields: fields.map(field => ({
    name: field.name,
    desc: field.description,
    type: field.type,
    tags: tagsOf(field),
    ...(field.quirk !== undefined && { quirk: field.quirk })
  }))
})

const tagsOf = (field: {
  readonly isList: boolean
  readonly argument?: string
  readonly isArgumentRequired?: boolean
}): string[] => [
  ...(field.isList ? ['LIST'] : []),
  ...(field.argument === undefined
    ? []
    : [
        field.isArgumentRequired === true ? 'ARG_REQUIRED' : 'ARG_ALLOWED',
        field.argument === 'index' ? 'ARG_INDEX' : 'ARG_KEY'
      ])
]

const textClass = <E>({ name, description, source, fields }: Listed<E>, { hasTypes }: FieldListOptions): string[] => [
  '-'.repeat(31),
  ...labelled('Field Class:', name),
  ...labelled('Description:', description),
  ...labelled('Event Sources:', source),
  '',
  ...fields.flatMap(field => {
    const notes = [
      ...(hasTypes ? [`(Type: ${[field.type, ...tagsOf(field)].join(', ')})`] : []),
      field.description,
      ...(field.quirk === undefined ? [] : [`(as the plugin reads it: ${field.quirk})`])
    ]
    return filled(field.name, notes.join(' '), NAME_WIDTH)
  }),
  ''
]

const markdownClass = <E>({ name, description, source, fields }: Listed<E>): string[] => [
  `## Field Class: ${name}`,
  '',
  description,
  '',
  `Event Sources: ${source}`,
  '',
  'Name | Type | Description',
  ':----|:-----|:-----------',
  ...fields.map(field => `\`${field.name}\` | ${[field.type, ...tagsOf(field)].join(', ')} | ${field.description}`),
  ''
]

const labelled = (label: string, text: string): string[] => filled(label, text, 17)

// words in lines, behind a name or below it
const filled = (name: string, text: string, indent: number): string[] => {
  const lines: string[] = []
  let line = name.length < indent ? name.padEnd(indent) : `${name}\n${' '.repeat(indent)}`
  let used = indent
  for (const word of text.split(' ')) {
    if (used > indent && used + word.length > WIDTH) {
      lines.push(line.trimEnd())
      line = ' '.repeat(indent)
      used = indent
    }
    line += `${word} `
    used += word.length + 1
  }
  return [...lines, line.trimEnd()].flatMap(each => each.split('\n'))
}
