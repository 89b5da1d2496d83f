import type { Finding } from '../finding.ts'
import { countedText } from '../text/amount.ts'
import type { SummaryPart } from './summary-part.ts'
import { partsOf, TABLES, type TableName } from './summary-tables.ts'
import type { Count } from './summary-tally.ts'

/** What of a log deserves to be looked at; few, and nothing that a healthy cluster does every day. */
export const findingsOf = (part: SummaryPart): Finding[] =>
  CHECKS.flatMap(({ code, severity, check }) => {
    const found = check(part)
    return found === null ? [] : [{ code, severity, ...found }]
  })

interface Check extends Pick<Finding, 'code' | 'severity'> {
  readonly check: (part: SummaryPart) => Pick<Finding, 'message' | 'remediation'> | null
}

type Row = readonly [parts: readonly (string | null)[], count: Count]

const rowsOf = (part: SummaryPart, table: TableName): Row[] =>
  part.tables[table].rows
    .map(([key, count]): Row => [partsOf(key), count])
    .sort(([, a], [, b]) => b.requests - a.requests)

const requestsOf = (rows: readonly Row[]): number => rows.reduce((sum, [, { requests }]) => sum + requests, 0)

/** Some names, each once, and how many more there are. */
const named = (names: readonly (string | null)[], most = 3): string => {
  const all = [...new Set(names.map(name => (name === null ? 'an unknown user' : name === '' ? '""' : name)))]
  return `${all.slice(0, most).join(', ')}${all.length > most ? ` and ${all.length - most} more` : ''}`
}

const isLetIn = (code: string | null): boolean => code === '101' || (code ?? '').startsWith('2')

// controllers and nodes do it for a living
const isOfTheCluster = (user: string | null): boolean =>
  user !== null && /^system:(apiserver$|kube-|node:|serviceaccount:kube-system:)/.test(user)

const MANY_READERS = 10
const [USER_AT, AS_AT] = [TABLES.denied.indexOf('user'), TABLES.denied.indexOf('as')]
const MANY_REFUSALS = 10

const CHECKS: readonly Check[] = [
  {
    code: 'anonymous-reached-resources',
    severity: 'warning',
    check: part => {
      const rows = rowsOf(part, 'anonymousReached')
      if (rows.length === 0) return null
      const what = named(rows.map(([[verb, resource]]) => `${verb} ${resource}`))
      return {
        message: `${countedText(part.totals.anonymousReached, 'request')} without credentials for resources ${part.totals.anonymousReached === 1 ? 'was' : 'were'} let through: ${what}`,
        remediation: 'look for RoleBindings and ClusterRoleBindings of system:anonymous or system:unauthenticated'
      }
    }
  },
  {
    code: 'exec-in-kube-system',
    severity: 'warning',
    check: part => {
      const rows = rowsOf(part, 'sessions').filter(
        ([[, kind, namespace, , , , code]]) =>
          namespace === 'kube-system' && kind !== 'portforward' && isLetIn(code ?? null)
      )
      if (rows.length === 0) return null
      const pods = named(rows.map(([[, , , pod]]) => pod ?? ''))
      return {
        message: `${named(rows.map(([[user]]) => user ?? null))} ran commands in pods of kube-system: ${pods}`,
        remediation: 'the table of sessions has who, when and what; no component of a cluster does this'
      }
    }
  },
  {
    code: 'secret-bodies-recorded',
    severity: 'warning',
    check: part => {
      const rows = rowsOf(part, 'recordedSecrets')
      if (rows.length === 0) return null
      return {
        message: `${countedText(part.totals.recordedSecrets, 'event')} of the log ${part.totals.recordedSecrets === 1 ? 'holds' : 'hold'} the contents of ${named(rows.map(([[resource]]) => resource ?? ''))}: who reads the log reads the secrets`,
        remediation:
          'put a rule of level Metadata for secrets, tokenreviews and serviceaccounts/token in front of the policy; auditpatch policy lint finds such leaks'
      }
    }
  },
  {
    code: 'secrets-listed-everywhere',
    severity: 'warning',
    check: part => {
      const rows = rowsOf(part, 'secretReads').filter(
        ([[user = null, verb, namespace]]) => verb !== 'get' && namespace === '' && !isOfTheCluster(user)
      )
      if (rows.length === 0) return null
      return {
        message: `${named(rows.map(([[user]]) => user ?? null))} read the secrets of all namespaces at once, ${countedText(requestsOf(rows), 'time')}`,
        remediation: 'a controller may need it; for anybody else a Role in one namespace, or get of one name, is enough'
      }
    }
  },
  {
    code: 'handler-panicked',
    severity: 'warning',
    check: part =>
      part.totals.panics === 0
        ? null
        : {
            message: `${countedText(part.totals.panics, 'request')} ended in a panic of kube-apiserver`,
            remediation: 'its own log tells of each, with a stack trace'
          }
  },
  {
    code: 'many-secret-readers',
    severity: 'info',
    check: part => {
      const users = new Set(rowsOf(part, 'secretReads').map(([[user]]) => user ?? null))
      const others = [...users].filter(user => !isOfTheCluster(user))
      if (others.length < MANY_READERS) return null
      const atLeast = part.tables.secretReads.missed > 0 ? 'at least ' : ''
      return {
        message: `${atLeast}${others.length} users besides nodes and the control plane read secrets: ${named(others)}`
      }
    }
  },
  {
    code: 'many-different-refusals',
    severity: 'info',
    check: part => {
      const tried = new Map<string | null, number>()
      for (const [parts] of rowsOf(part, 'denied')) {
        const [user = null, as = ''] = [parts[USER_AT], parts[AS_AT]]
        const who = user === null || as === '' ? user : `${user} as ${as ?? ''}`
        tried.set(who, (tried.get(who) ?? 0) + 1)
      }
      const users = [...tried].filter(([, count]) => count >= MANY_REFUSALS).sort(([, a], [, b]) => b - a)
      const [most] = users
      if (most === undefined) return null
      return {
        message: `${named(users.map(([user]) => user))} ${users.length === 1 ? 'was' : 'were'} refused many different things (${most[0] ?? 'an unknown user'}: ${most[1]}), as one is who looks for what is allowed`
      }
    }
  },
  {
    code: 'no-answers-recorded',
    severity: 'info',
    check: part =>
      part.totals.requests > 0 || part.stages.length === 0
        ? null
        : {
            message: 'no event of the log tells how a request ended, so there is no request to count',
            remediation: 'they go on still, or the policy that wrote the log omits the stage ResponseComplete'
          }
  }
]
