import type { EventSource, Field, FieldClass, FieldValue } from './event-source.ts'
import { SYSCALL_FIELDS } from './syscall-fields.ts'

/** A system call as flat values: each under its field's name, with an argument in brackets where it has one. BOOL is true or false, as a word. */
export type SyscallEvent = Readonly<Record<string, FieldValue | undefined>>

/**
 * The source `syscall`, as far as rules ask for it: no kernel is listened to, events are values under the names of their
 * fields (libsinsp/sinsp_filtercheck_*.cpp of falcosecurity/libs 0.25).
 */
export const syscallSource = (): EventSource<SyscallEvent> => ({
  name: 'syscall',
  classes: SYSCALL_FIELDS.map(classOf),
  eventTypeField: 'evt.type'
})

const classOf = ({ name, description, fields }: (typeof SYSCALL_FIELDS)[number]): FieldClass<SyscallEvent> => ({
  name,
  description,
  fields: Object.entries<string>(fields).map(([field, says]) => fieldOf(field, says))
})

// UINT64 user id; [index] and [key] may stand behind the name, [key!] has to
const fieldOf = (written: string, says: string): Field<SyscallEvent> => {
  const [, name = '', argument, must] = /^([\w.]+)(?:\[(index|key)(!?)\])?$/.exec(written) ?? []
  const [, type = '', description = ''] = /^(\S+) (.*)$/.exec(says) ?? []
  return {
    ...{ name, description, type: type as Field<SyscallEvent>['type'], isList: false }, // as: a test holds the table to it
    ...(argument === undefined ? {} : { argument: argument as 'index' | 'key', isArgumentRequired: must === '!' }),
    readerFor: of => {
      const key = of === undefined ? name : `${name}[${of}]`
      return event => event[key]
    }
  }
}
