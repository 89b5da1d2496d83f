import t from 'tap'
import { auditEventReader } from '../../src/falco/audit-event-reader.ts'
import type { FieldValue } from '../../src/falco/event-source.ts'
import { type K8sAuditOptions, k8sAuditSource } from '../../src/falco/k8s-audit-source.ts'

/** The stageTimestamp of events. */
export const TIME = '2026-11-22T10:00:00.004000Z'
/** The members that an event needs. */
export const BASE = { kind: 'Event', auditID: 'id-1', stageTimestamp: TIME }

/** What fields say of the events of a text, by name with argument; and what was refused. */
export const read = (
  text: string | Buffer,
  fields: readonly string[],
  options: K8sAuditOptions & { size?: number } = {}
) => {
  const all = k8sAuditSource(options).classes.flatMap(({ fields }) => fields)
  const readers = fields.map(field => {
    const [, name = '', argument] = /^([^[]+)(?:\[([^]*)\])?$/.exec(field) ?? []
    const found = all.find(each => each.name === name)
    if (!found) throw new Error(`there is no field ${name}`)
    return found.readerFor(argument)
  })
  const events: Record<string, FieldValue | undefined>[] = []
  const refused: string[] = []
  const reader = auditEventReader(
    event => events.push(Object.fromEntries(fields.map((field, index) => [field, readers[index]?.(event)]))),
    { maxEventSize: options.size }
  )
  const bytes = Buffer.from(text)
  reader.readLine(bytes, 0, bytes.length, why => refused.push(why))
  return { events, refused }
}

export interface Row {
  readonly name: string
  /** Members beside those of BASE, or the JSON of an event. */
  readonly in: object | string
  readonly options?: K8sAuditOptions
  readonly want: Readonly<Record<string, FieldValue | undefined>>
}

/** Tests what fields say. */
export const check = (rows: readonly Row[]): void => {
  for (const { name, in: event, options, want } of rows)
    t.test(name, async t => {
      const text = typeof event === 'string' ? event : JSON.stringify({ ...BASE, ...event })
      t.strictSame(read(text, Object.keys(want), options), { events: [want], refused: [] })
    })
}

/** An event whose requestObject is the JSON given. */
export const asked = (json: string): string =>
  `{"kind":"Event","auditID":"a","stageTimestamp":"${TIME}","requestObject":${json}}`

/** The members of an event for an object with that spec. */
export const spec = (members: object): object => ({ requestObject: { spec: members } })

/** Containers of a pod. */
export const CONTAINERS = [
  {
    ...{ name: 'a', image: 'localhost:5000/team/app:1@sha256:0', command: ['sh', '-c'], args: [] },
    ports: [{ hostPort: 80, containerPort: 8080 }, { containerPort: 9 }, {}, 'x'],
    securityContext: {
      privileged: true,
      runAsUser: 7,
      capabilities: { add: ['NET_ADMIN', 'SYS_TIME'] },
      procMount: 'Default'
    }
  },
  { name: 'b', image: 'nginx@sha256:0', securityContext: { privileged: null, allowPrivilegeEscalation: false } }
]
