import type { AuditEvent } from './audit-event.ts'
import { isAudit } from './audit-path.ts'
import type { Field, FieldArgument, FieldReader } from './event-source.ts'
import type { ReadText, ReadTexts } from './read-audit.ts'

/** A field of audit events, with what is to be known of it. */
export interface AuditField extends Field<AuditEvent> {
  /** The release of the plugin k8saudit that has it first; absent for those that were always there. */
  readonly since?: string
  /** What it says otherwise than its name and its description let one think. */
  readonly quirk?: string
}

/** What may be told of a field beside its name and its description. */
export type FieldNote = Pick<AuditField, 'since' | 'quirk'>

/** A note that tells of a quirk, where it is not corrected. */
export const quirkNote = (isCorrected: boolean, quirk: string, note: FieldNote = {}): FieldNote =>
  isCorrected ? note : { ...note, quirk }

/** A field with one text. As of all that read audit events, there is none of an event without an auditID. */
export const textField = (name: string, description: string, read: ReadText, note: FieldNote = {}): AuditField => ({
  ...{ name, type: 'CHARBUF', isList: false, description, ...note },
  readerFor: () => event => (isAudit(event) ? cutText(read(event)) : undefined)
})

/** A field with one text that an argument asks for, which it needs. */
export const keyField = (
  name: string,
  description: string,
  readerOf: (key: string) => ReadText,
  note: FieldNote = {}
): AuditField => ({
  ...{ name, type: 'CHARBUF', isList: false, argument: 'key', isArgumentRequired: true, description, ...note },
  readerFor: argument => {
    const read = readerOf(argument ?? '')
    return event => (isAudit(event) ? cutText(read(event)) : undefined)
  }
})

/** A field with several texts. */
export const listField = (name: string, description: string, read: ReadTexts, note: FieldNote = {}): AuditField => ({
  ...{ name, type: 'CHARBUF', isList: true, description, ...note },
  readerFor: () => listReader(read, undefined)
})

/** A field with several texts, of which an index may ask for those of one element. */
export const indexField = (name: string, description: string, read: ReadTexts, note: FieldNote = {}): AuditField => ({
  ...{ name, type: 'CHARBUF', isList: true, argument: INDEX, description, ...note },
  readerFor: argument => listReader(read, argument === undefined ? undefined : Number(argument))
})

const INDEX: FieldArgument = 'index'

const listReader =
  (read: ReadTexts, index: number | undefined): FieldReader<AuditEvent> =>
  event => {
    const values = isAudit(event) ? read(event, index) : undefined
    return values === undefined || values.length === 0 ? undefined : values.map(cut)
  }

/** A text as C has it, which Falco's fields are: it ends at the first NUL. */
export const cut = (text: string): string => {
  const end = text.indexOf('\0')
  return end === -1 ? text : text.slice(0, end)
}

const cutText = (text: string | undefined): string | undefined => (text === undefined ? undefined : cut(text))
