import type { EventSource, Field, FieldType } from '../../src/falco/event-source.ts'

/** What rules about system calls ask, as far as the rules of the tests ask it; no event has any of it. */
const FIELDS: Readonly<Record<string, FieldType>> = {
  'evt.type': 'CHARBUF',
  'evt.num': 'UINT64',
  'evt.dir': 'CHARBUF',
  'evt.arg': 'CHARBUF',
  'evt.args': 'CHARBUF',
  'evt.rawres': 'INT64',
  'evt.is_open_read': 'BOOL',
  'evt.is_open_write': 'BOOL',
  'evt.latency': 'RELTIME',
  'evt.time': 'ABSTIME',
  'proc.name': 'CHARBUF',
  'proc.aname': 'CHARBUF',
  'proc.pname': 'CHARBUF',
  'proc.cmdline': 'CHARBUF',
  'proc.exepath': 'CHARBUF',
  'proc.pid': 'INT64',
  'fd.name': 'CHARBUF',
  'fd.filename': 'CHARBUF',
  'fd.directory': 'CHARBUF',
  'fd.num': 'INT64',
  'fd.typechar': 'CHARBUF',
  'user.name': 'CHARBUF',
  'user.uid': 'INT64',
  'container.id': 'CHARBUF',
  'container.name': 'CHARBUF'
}

const field = (name: string, type: FieldType): Field<null> => ({
  name,
  type,
  isList: false,
  description: name,
  ...(name === 'evt.arg' || name === 'proc.aname' ? { argument: 'key' as const } : {}),
  readerFor: () => () => undefined
})

/** The source `syscall`, whose rules can be loaded. */
export const stubSyscall: EventSource<null> = {
  name: 'syscall',
  eventTypeField: 'evt.type',
  classes: [
    {
      name: 'stub',
      description: 'fields of system calls',
      fields: Object.entries(FIELDS).map(([name, type]) => field(name, type))
    }
  ]
}

const AUDIT = [
  'evt.source',
  'ka.verb',
  'ka.user.name',
  'ka.target.name',
  'ka.target.resource',
  'ka.uri',
  'jevt.value',
  'jevt.rawtime'
]
const LISTS = ['ka.user.groups', 'ka.req.role.rules.verbs']

/** The source `k8s_audit` with a few of its fields. */
export const stubAudit: EventSource<null> = {
  name: 'k8s_audit',
  classes: [
    {
      name: 'stub',
      description: 'fields of audit events',
      fields: [
        ...AUDIT.map(name => ({
          ...field(name, 'CHARBUF'),
          ...(name === 'jevt.value' ? { argument: 'key' as const, isArgumentRequired: true } : {})
        })),
        ...LISTS.map(name => ({ ...field(name, 'CHARBUF'), isList: true, argument: 'index' as const }))
      ]
    }
  ]
}
