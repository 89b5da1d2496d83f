import { valueJson } from '../text/json-value-text.ts'
import type { AuditEvent } from './audit-event.ts'
import { type AuditField, cut } from './audit-field.ts'
import { byteString, type FieldReader, type FieldType } from './event-source.ts'
import { isoTime, localClock, localDate, localTime, nanosecondsText } from './event-time.ts'

const SECOND = 1_000_000_000

const since = (event: AuditEvent): number =>
  (event.seconds - event.first.seconds) * SECOND + event.nanoseconds - event.first.nanoseconds

/** The fields that Falco has for events of all sources (libsinsp/sinsp_filtercheck_gen_event.cpp of falcosecurity/libs 0.25). */
export const eventFields = (hostname: string | undefined): readonly AuditField[] => {
  const row = (name: string, type: FieldType, description: string, read: FieldReader<AuditEvent>): AuditField => ({
    ...{ name, type, isList: false, description },
    readerFor: () => read
  })
  // as text the time in some form, as JSON nanoseconds since 1970
  const timeRow = (name: string, type: FieldType, description: string, read: FieldReader<AuditEvent>): AuditField => ({
    ...row(name, type, description, read),
    digits: nanosecondsText
  })
  const host = hostname === undefined ? undefined : byteString(hostname)
  return [
    row('evt.num', 'UINT64', 'number of the event, from 1 on', event => event.number),
    timeRow('evt.time', 'CHARBUF', 'local time of day, with nanoseconds', localClock),
    timeRow('evt.time.s', 'CHARBUF', 'local time of day', localTime),
    timeRow('evt.time.iso8601', 'CHARBUF', 'time in UTC, with nanoseconds', isoTime),
    timeRow(
      'evt.datetime',
      'CHARBUF',
      'local date and time, with nanoseconds',
      event => `${localDate(event)} ${localClock(event)}`
    ),
    timeRow('evt.datetime.s', 'CHARBUF', 'local date and time', event => `${localDate(event)} ${localTime(event)}`),
    timeRow('evt.rawtime', 'ABSTIME', 'nanoseconds since 1970', event => event.seconds * SECOND + event.nanoseconds),
    row('evt.rawtime.s', 'ABSTIME', 'seconds since 1970', event => event.seconds),
    row('evt.rawtime.ns', 'ABSTIME', 'nanoseconds over of a second', event => event.nanoseconds),
    row('evt.reltime', 'RELTIME', 'nanoseconds since the first event', since),
    row('evt.reltime.s', 'RELTIME', 'seconds since the first event', event => Math.trunc(since(event) / SECOND)),
    row(
      'evt.reltime.ns',
      'RELTIME',
      'nanoseconds over of a second since the first event',
      event => since(event) % SECOND
    ),
    row('evt.pluginname', 'CHARBUF', 'plugin that gives the event', () => 'k8saudit'),
    row('evt.plugininfo', 'CHARBUF', 'the whole event as JSON on one line', event =>
      cut(valueJson(event, event.start))
    ),
    row('evt.source', 'CHARBUF', 'source of the event', () => 'k8s_audit'),
    row('evt.is_async', 'BOOL', 'true for an event that no source gives; false here', () => 'false'),
    row('evt.asynctype', 'CHARBUF', 'kind of an event that no source gives; absent here', () => undefined),
    row('evt.hostname', 'CHARBUF', 'name of the machine that reads the events', () => host)
  ]
}
