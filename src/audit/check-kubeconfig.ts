import { posix } from 'node:path'
import { AuditError, type Position } from '../errors.ts'
import type { Finding, Severity } from '../finding.ts'
import { valueOf } from '../text/edit.ts'
import { isRecord, listAt, recordAt, stringAt, type Unknown } from '../text/guard.ts'
import { formatPath, type Path, positionOf } from '../text/locate.ts'
import { parseSource, type Source } from '../text/source.ts'
import { checkServer } from './webhook-server.ts'
import { checkData, checkUser, type UserFault } from './webhook-user.ts'

/** A file that a kubeconfig names, which the pod must see too. */
export interface FileReference extends Position {
  readonly field: string
  /** A relative path is taken from the kubeconfig's own directory. */
  readonly path: string
}

/** What a webhook kubeconfig says, and what is wrong with it. */
export interface CheckedKubeconfig {
  readonly server: string | null
  readonly references: readonly FileReference[]
  readonly findings: readonly Finding[]
}

/** Reads a webhook kubeconfig as client-go does for the API server: only what its current context leads to counts. */
export const checkKubeconfig = (text: string, file: string): CheckedKubeconfig => {
  const parsed = parse(text, file)
  if ('code' in parsed) return { server: null, references: [], findings: [parsed] }
  const { source, value } = parsed
  const report = reporter(source)
  const fatal = [...checkHeader(report, value), ...checkLists(report, value)]
  if (fatal.length > 0) return { server: null, references: [], findings: fatal }
  const chosen = chooseContext(report, value)
  const cluster = chosen.cluster === undefined ? {} : recordAt(entryAt(value, chosen.cluster), 'cluster')
  const user = chosen.user === undefined ? {} : recordAt(entryAt(value, chosen.user), 'user')
  return {
    server: stringAt(cluster, 'server') ?? null,
    references: [
      ...references(source, cluster, chosen.cluster, 'cluster', ['certificate-authority']),
      ...references(source, user, chosen.user, 'user', ['client-certificate', 'client-key', 'tokenFile'])
    ],
    findings: [
      ...chosen.findings,
      ...(chosen.cluster === undefined ? [] : checkCluster(report, cluster, [...chosen.cluster, 'cluster'])),
      ...(chosen.user === undefined ? [] : reportAll(report, checkUser(user), [...chosen.user, 'user']))
    ]
  }
}

type Report = (path: Path, severity: Severity, code: string, message: string, remediation: string) => Finding

const reporter =
  (source: Source): Report =>
  (path, severity, code, message, remediation) => ({
    code: `kubeconfig-${code}`,
    severity,
    message,
    file: source.file,
    ...positionOf(source, path),
    ...(path.length === 0 ? {} : { field: formatPath(path) }),
    remediation
  })

const parse = (text: string, file: string): { source: Source; value: unknown } | Finding => {
  try {
    const source = parseSource(text, file, 'kubernetes')
    return { source, value: valueOf(source) }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    const code = `kubeconfig-${error.code.toLowerCase().replaceAll('_', '-')}`
    return { code, severity: 'error', message: error.message, file, ...(error.position ?? { line: 1, column: 1 }) }
  }
}

const checkHeader = (report: Report, value: unknown): Finding[] => {
  if (!isRecord(value)) return [report([], 'error', 'empty', 'this is no kubeconfig', 'write a kubeconfig')]
  return (['apiVersion', 'kind'] as const).flatMap(key => {
    const wanted = key === 'kind' ? 'Config' : 'v1'
    const found = value[key] ?? wanted
    if (found === wanted || found === '') return []
    return [report([key], 'error', 'header', `${key} must be ${wanted}`, `write ${key}: ${wanted}`)]
  })
}

const LISTS = [
  { list: 'clusters', inner: 'cluster' },
  { list: 'contexts', inner: 'context' },
  { list: 'users', inner: 'user' }
] as const

const checkLists = (report: Report, value: unknown): Finding[] =>
  LISTS.flatMap(({ list, inner }) => {
    const found = isRecord(value) ? (value[list] ?? []) : []
    if (!Array.isArray(found)) return [report([list], 'error', 'shape', `${list} must be a list`, 'make it a list')]
    return found.flatMap((entry: unknown, index) => {
      const path = [list, index]
      const name = stringAt(entry, 'name')
      const isGood = isRecord(entry) && (isRecord(entry[inner]) || (entry[inner] ?? null) === null)
      if (!isGood) return [report(path, 'error', 'shape', `an entry must hold name and ${inner}`, `write ${inner}:`)]
      const isTwice = found.findIndex((other: unknown) => stringAt(other, 'name') === name) < index
      return isTwice ? [report(path, 'error', 'duplicate', `two ${list} have one name`, 'rename one of them')] : []
    })
  })

interface Chosen {
  readonly cluster?: Path
  readonly user?: Path
  readonly findings: readonly Finding[]
}

// client-go tools/clientcmd/client_config.go: a missing cluster is fatal, a missing user means no credentials
const chooseContext = (report: Report, value: unknown): Chosen => {
  const current = stringAt(value, 'current-context') ?? ''
  const at = find(value, 'contexts', current)
  if (current === '' || at === undefined) {
    const message = current === '' ? 'current-context is missing' : `there is no context ${JSON.stringify(current)}`
    const name = stringAt(listAt(value, 'contexts')[0], 'name') ?? 'the name of a context'
    return { findings: [report(['current-context'], 'error', 'context', message, `write current-context: ${name}`)] }
  }
  const context = recordAt(entryAt(value, at), 'context')
  const clusterName = stringAt(context, 'cluster') ?? ''
  const userName = stringAt(context, 'user') ?? ''
  const cluster = find(value, 'clusters', clusterName)
  const user = find(value, 'users', userName)
  const findings = [
    ...(cluster ? [] : [missing(report, [...at, 'context', 'cluster'], 'error', 'cluster', clusterName)]),
    ...(user || userName === '' ? [] : [missing(report, [...at, 'context', 'user'], 'warning', 'user', userName)])
  ]
  return { ...(cluster ? { cluster } : {}), ...(user ? { user } : {}), findings }
}

const missing = (report: Report, path: Path, severity: Severity, what: string, name: string): Finding => {
  const effect = what === 'user' ? ', so no credentials are sent' : ''
  const message = name === '' ? `the current context names no ${what}` : `there is no ${what} ${JSON.stringify(name)}`
  return report(path, severity, `missing-${what}`, `${message}${effect}`, `add an entry to ${what}s with this name`)
}

const find = (value: unknown, list: string, name: string): Path | undefined => {
  const index = listAt(value, list).findIndex(entry => (stringAt(entry, 'name') ?? '') === name)
  return index === -1 ? undefined : [list, index]
}

const entryAt = (value: unknown, path: Path): unknown => listAt(value, String(path[0]))[Number(path[1])]

const references = (
  source: Source,
  holder: Unknown,
  path: Path | undefined,
  inner: string,
  keys: readonly string[]
): FileReference[] =>
  keys.flatMap(key => {
    const found = stringAt(holder, key)
    if (found === undefined || found === '' || path === undefined) return []
    const place = [...path, inner, key]
    const full = posix.isAbsolute(found) ? found : posix.join(posix.dirname(source.file), found)
    return [{ field: formatPath(place), path: full, ...positionOf(source, place) }]
  })

const checkCluster = (report: Report, cluster: Unknown, path: Path): Finding[] => {
  const at = [...path, 'server']
  const insecure = cluster['insecure-skip-tls-verify'] ?? false
  const message = 'the receiver is not checked, so anybody on the way can read and swallow the events'
  return [
    ...checkServer(cluster['server'] ?? '').map(fault =>
      report(at, fault.severity, fault.code, fault.message, fault.remediation)
    ),
    ...(insecure === true
      ? [report([...path, 'insecure-skip-tls-verify'], 'warning', 'insecure', message, 'name a certificate-authority')]
      : []),
    ...checkAuthority(report, cluster, path),
    ...reportAll(report, checkData(cluster, ['certificate-authority-data']), path),
    ...(typeof insecure === 'boolean' ? [] : [notBoolean(report, [...path, 'insecure-skip-tls-verify'])])
  ]
}

// an address, a name of the cluster's or one of a private network can have no certificate of a public authority
const PRIVATE = /^[\d.]+$|^\[|^[^.]+$|\.(svc|local|internal|lan|cluster\.local)\.?$/

const checkAuthority = (report: Report, cluster: Unknown, path: Path): Finding[] => {
  const server = cluster['server']
  const hasOwn = ['certificate-authority', 'certificate-authority-data'].some(key => (cluster[key] ?? '') !== '')
  if (hasOwn || cluster['insecure-skip-tls-verify'] === true) return []
  if (typeof server !== 'string' || !/^https:[^$<>{}]*$/i.test(server) || !URL.canParse(server)) return []
  const { hostname } = new URL(server)
  const message = `no certificate-authority: the certificate of ${hostname} is checked against the public authorities alone`
  if (!PRIVATE.test(hostname)) return []
  return [report([...path, 'server'], 'warning', 'no-ca', message, 'add certificate-authority-data: the CA in base64')]
}

const notBoolean = (report: Report, path: Path): Finding =>
  report(path, 'error', 'shape', `${String(path.at(-1))} must be true or false`, 'take the quotes away')

const reportAll = (report: Report, faults: readonly UserFault[], path: Path): Finding[] =>
  faults.map(({ key, message, remediation }) => report([...path, key], 'error', 'credentials', message, remediation))
