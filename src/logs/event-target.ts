import { recordAt, stringAt } from '../text/guard.ts'
import type { LogEvent } from './log-event.ts'

/** The object that a request is for, as the event names it; empty strings for what it does not name. */
export interface Target {
  readonly resource: string
  readonly subresource: string
  readonly apiGroup: string
  readonly namespace: string
  readonly name: string
}

/** What an event's request is for, from its objectRef, which knows the name of what was created; else from its URI. Undefined for a path. */
export const targetOf = (event: LogEvent): Target | undefined => {
  const found = recordAt(event.value(), 'objectRef')
  const part = (key: string): string => stringAt(found, key) ?? ''
  if (part('resource') !== '')
    return {
      resource: part('resource'),
      subresource: part('subresource'),
      apiGroup: part('apiGroup'),
      namespace: part('namespace'),
      name: part('name')
    }
  return event.request.resourceRequest ? event.request : undefined
}
