import { type FieldValue, textOf } from './event-source.ts'
import { type Instant, isoTime, localClock, nanosecondsText } from './event-time.ts'
import type { OutputFormat, ShownField } from './output-format.ts'
import type { Rule } from './rule.ts'

/** How alerts are written, by the names that falco.yaml has for it. */
export interface AlertOptions {
  readonly isJson: boolean
  readonly includeOutput: boolean
  readonly includeTags: boolean
  readonly includeMessage: boolean
  readonly includeOutputFields: boolean
  readonly isIso8601: boolean
  readonly hostname: string
}

/** An alert as a line of text or of JSON, without its line break, as Falco writes it (formats.cpp of falcosecurity/falco). */
export const alertLine = <E>(rule: Rule<E>, event: E, at: Instant, options: AlertOptions): string => {
  const message = rule.format.message(event)
  const time = options.isIso8601 ? isoTime(at) : localClock(at)
  const output = `${time}: ${rule.priority.name} ${message}`
  return options.isJson ? jsonAlert(rule, event, at, options, output, message) : printable(output)
}

const jsonAlert = <E>(
  rule: Rule<E>,
  event: E,
  at: Instant,
  options: AlertOptions,
  output: string,
  message: string
): string => {
  const timeField = options.isIso8601 ? 'evt.time.iso8601' : 'evt.time'
  const entries = {
    hostname: JSON.stringify(options.hostname),
    ...(options.includeMessage && { message: JSON.stringify(message) }),
    ...(options.includeOutput && { output: JSON.stringify(output) }),
    ...(options.includeOutputFields && {
      output_fields: objectOf(
        new Map([
          ...rule.format.fields.map(field => [field.token, jsonField(field, event)] as const),
          [timeField, nanosecondsText(at)],
          ...rule.extraFields.map(({ key, format, isRaw }) => [key, extraJson(format, isRaw, event)] as const)
        ])
      )
    }),
    priority: JSON.stringify(rule.priority.name),
    rule: JSON.stringify(rule.name),
    source: JSON.stringify(rule.source),
    ...(options.includeTags && { tags: JSON.stringify(rule.tags) }),
    time: JSON.stringify(isoTime(at).replace('+0000', 'Z'))
  }
  return objectOf(new Map(Object.entries(entries)))
}

// from key to value, which is JSON already
const objectOf = (entries: ReadonlyMap<string, string>): string =>
  `{${[...entries]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
    .join(',')}}`

const extraJson = <E>({ fields: [field], message }: OutputFormat<E>, isRaw: boolean, event: E): string =>
  isRaw && field ? jsonField(field, event) : JSON.stringify(message(event))

const jsonField = <E>({ type, read, digits }: ShownField<E>, event: E): string => {
  const value = read(event)
  if (type === 'BOOL' && (value === 'true' || value === 'false')) return value
  return digits?.(event) ?? jsonValue(value)
}

const jsonValue = (value: FieldValue | undefined): string => {
  if (value === undefined) return 'null'
  if (typeof value === 'number') return String(value)
  return JSON.stringify(typeof value === 'string' ? textOf(value) : value.map(textOf))
}

// a value of an event must not draw on the terminal, nor make two lines of one
const printable = (line: string): string =>
  line.replace(/[\0-\x1f\x7f-\x9f]/g, character =>
    JSON.stringify(character)
      .slice(1, -1)
      .replace(/^[\x7f-\x9f]$/, escape)
  )

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
