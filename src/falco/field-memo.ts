import type { EventSource, Field, FieldReader } from './event-source.ts'

/** Reads each field, and judges each comparison, at most once for an event, however many rules ask. */
export interface FieldMemo<E> {
  readonly source: EventSource<E>
  readonly field: (name: string) => Field<E> | undefined
  /** The field whose name a text begins with, the longest one. */
  readonly fieldAt: (text: string) => Field<E> | undefined
  readonly reader: (field: Field<E>, argument: string) => FieldReader<E>
  /** A test that is known by a text: tests of the same text are one, with one number. */
  readonly shared: (text: string, make: () => Test<E>) => SharedTest<E>
  /** Forgets what was read: another event comes. */
  readonly forget: () => void
}

export type Test<E> = (event: E) => boolean

/** A test of which there is one, however many conditions hold it. */
export interface SharedTest<E> {
  readonly number: number
  readonly test: Test<E>
}

/** A memo for the rules of a source, which all ask for one event after the other. */
export const fieldMemo = <E>(source: EventSource<E>): FieldMemo<E> => {
  const fields = new Map(source.classes.flatMap(each => each.fields).map(field => [field.name, field]))
  const readers = new Map<string, FieldReader<E>>()
  const tests = new Map<string, SharedTest<E>>()
  let turn = 1
  const once = <T>(read: (event: E) => T): ((event: E) => T) => {
    let [known, value]: [number, T?] = [0]
    return event => {
      if (known !== turn) {
        value = read(event)
        known = turn
      }
      return value as T // as: it was read in this turn
    }
  }
  return {
    source,
    field: name => fields.get(name),
    fieldAt: text => {
      const [word = ''] = /^[A-Za-z0-9_.]*/.exec(text) ?? []
      for (let length = word.length; length > 0; length -= 1) {
        const field = fields.get(word.slice(0, length))
        if (field) return field
      }
      return undefined
    },
    reader: (field, argument) => {
      const key = `${field.name}[${argument}`
      const reader = readers.get(key) ?? once(field.readerFor(argument === '' ? undefined : argument))
      readers.set(key, reader)
      return reader
    },
    shared: (text, make) => {
      const test = tests.get(text) ?? { number: tests.size, test: once(make()) }
      tests.set(text, test)
      return test
    },
    forget: () => {
      turn += 1
    }
  }
}
