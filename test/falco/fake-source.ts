import { byteString, type EventSource, type Field, type FieldValue } from '../../src/falco/event-source.ts'

/** An event of nothing but fields: by name, or by name and argument in brackets. */
export type FlatEvent = Readonly<Record<string, string | number | readonly string[]>>

const bytes = (value: string | number | readonly string[]): FieldValue =>
  typeof value === 'number' ? value : typeof value === 'string' ? byteString(value) : value.map(byteString)

const field = (
  name: string,
  type: Field<FlatEvent>['type'],
  more: Partial<Field<FlatEvent>> = {}
): Field<FlatEvent> => ({
  name,
  type,
  isList: false,
  description: `${name} of a flat event`,
  readerFor: argument => event => {
    const value = event[argument === undefined ? name : `${name}[${argument}]`]
    return value === undefined ? undefined : bytes(value)
  },
  ...more
})

/** A source whose events say themselves what their fields are. */
export const flatSource: EventSource<FlatEvent> = {
  name: 'flat',
  classes: [
    {
      name: 'flat',
      description: 'what a flat event holds',
      fields: [
        field('f.text', 'CHARBUF'),
        field('f.other', 'CHARBUF'),
        field('f.number', 'UINT64'),
        field('f.flag', 'BOOL'),
        field('f.list', 'CHARBUF', { isList: true, argument: 'index' }),
        field('f.others', 'CHARBUF', { isList: true }),
        field('f.text.longer', 'CHARBUF'),
        field('f.key', 'CHARBUF', { argument: 'key', isArgumentRequired: true }),
        field('f.time', 'ABSTIME', { digits: () => '5' })
      ]
    }
  ]
}
