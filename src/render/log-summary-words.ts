import type { Totals } from '../logs/summary-part.ts'
import type { TableName } from '../logs/summary-tables.ts'

interface TableWords {
  readonly title: string
  readonly about: string
  /** The number of requests that the table tells of, where it is not all of them. */
  readonly total?: Exclude<keyof Totals, 'requests'>
}

/** What the tables of a log's summary are called, those first that tell of something out of the ordinary. */
export const TABLE_WORDS = {
  anonymous: { title: 'Anonymous', about: 'without credentials', total: 'anonymous' },
  sessions: { title: 'Sessions', about: 'exec, attach and portforward', total: 'sessions' },
  denied: { title: 'Refused', about: 'answered 403', total: 'denied' },
  unauthenticated: { title: 'Not authenticated', about: 'answered 401', total: 'unauthenticated' },
  failures: { title: 'Failed', about: 'answered 5xx', total: 'failed' },
  secretReaders: {
    title: 'Secrets read',
    about: 'get, list and watch that were let through',
    total: 'secretReads'
  },
  secretReads: { title: 'Which secrets', about: 'without a name: all of a namespace', total: 'secretReads' },
  impersonation: { title: 'Impersonation', about: "in somebody else's name", total: 'impersonated' },
  recordedSecrets: {
    title: 'Secrets in the log',
    about: 'events that hold the contents of secrets or tokens',
    total: 'recordedSecrets'
  },
  changes: { title: 'Changes', about: 'what was created, updated, patched or deleted', total: 'changes' },
  users: { title: 'Users', about: 'who was authenticated' },
  resources: { title: 'Resources', about: 'with their API group' },
  verbs: { title: 'Verbs', about: '' },
  namespaces: { title: 'Namespaces', about: '' },
  paths: { title: 'Other paths', about: 'what is no resource' },
  userAgents: { title: 'Clients', about: 'as they call themselves' },
  sources: { title: 'Addresses', about: 'as the API server saw them' },
  codes: { title: 'Answers', about: 'by their HTTP status' }
} as const satisfies Partial<Readonly<Record<TableName, TableWords>>>

/** What a request was for, as people say it: deployments.apps/scale, or a path. */
export const whatText = (what: string, apiGroup: string): string => {
  const [resource = '', ...rest] = what.split('/')
  return apiGroup === '' ? what : [`${resource}.${apiGroup}`, ...rest].join('/')
}
