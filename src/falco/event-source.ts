/**
 * What a field says of an event. Strings are byte strings: each character is one byte of UTF-8, because Falco compares,
 * orders and counts bytes (`byteString` makes one, `textOf` reads it). A list is never empty: that is undefined, as is what
 * is not there.
 */
export type FieldValue = string | number | readonly string[]

/** Types of fields, by Falco's names (`--list -v`). */
export type FieldType = 'CHARBUF' | 'UINT64' | 'INT64' | 'RELTIME' | 'ABSTIME' | 'BOOL'

/** What may stand in brackets behind a field's name: a position in a list, or a text. */
export type FieldArgument = 'index' | 'key'

/** A field that conditions compare and outputs show. */
export interface Field<E> {
  readonly name: string
  readonly type: FieldType
  readonly isList: boolean
  /** Absent where none is allowed. */
  readonly argument?: FieldArgument
  readonly isArgumentRequired?: boolean
  readonly description: string
  /** What the plugin reads otherwise than it is documented. */
  readonly quirk?: string
  /** Its digits in JSON, and in text where the value is a number, of which JavaScript's hold too few. */
  readonly digits?: (event: E) => string
  /** Gives a reader for an argument: what that says is read once, not for each event. */
  readonly readerFor: (argument: string | undefined) => FieldReader<E>
}

/** Reads a field of an event; undefined where it is not there. */
export type FieldReader<E> = (event: E) => FieldValue | undefined

/** Fields that belong together, as `--list` shows them. */
export interface FieldClass<E> {
  readonly name: string
  readonly description: string
  readonly fields: readonly Field<E>[]
}

/** Where events come from and what can be asked of them: `k8s_audit`, or `syscall` for rules that are only read. */
export interface EventSource<E> {
  readonly name: string
  readonly classes: readonly FieldClass<E>[]
  /** The field that holds the type of an event, where a condition should restrict it; `evt.type` of syscall. */
  readonly eventTypeField?: string
}

/** The bytes of a text, one character each. */
export const byteString = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** The text of a byte string; bytes that are no UTF-8 become U+FFFD. */
export const textOf = (bytes: string): string =>
  /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes
