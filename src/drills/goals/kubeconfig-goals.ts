import type { AuditFlagName } from '../../audit/flags.ts'
import { checkKubeconfig } from '../../audit/check-kubeconfig.ts'
import { AuditError } from '../../errors.ts'
import { containerPath, type HostPath } from '../../paths.ts'
import { resolveMount } from '../../pod/volumes.ts'
import { valueOf } from '../../text/edit.ts'
import { listAt, recordAt, stringAt, type Unknown } from '../../text/guard.ts'
import { type Path, positionOf } from '../../text/locate.ts'
import { parseSource, type Source } from '../../text/source.ts'
import { type AskedPath, atFlag, faultShortfall, fileShortfall } from './audit-goals.ts'
import type { Goal, Shortfall } from '../drill.ts'
import type { Seen } from '../seen.ts'

/** The goal that the current context of a kubeconfig on the node leads to an address. */
export const receiverGoal = (path: HostPath, url: string, points: number): Goal => ({
  id: 'receiver',
  asks: `the kubeconfig leads to ${url}`,
  points,
  judge: seen => {
    const found = clusterOf(seen, path)
    if ('code' in found) return found
    const server = stringAt(found.cluster, 'server') ?? ''
    const code = addressFault(server, url)
    return code === null
      ? null
      : {
          code,
          found: server === '' ? 'the cluster has no server' : `server is ${server}`,
          ...placeIn(found, 'server')
        }
  }
})

const addressFault = (server: string, wanted: string): string | null => {
  if (server === '') return 'no-server'
  if (!/^https?:/i.test(server) || !URL.canParse(server)) return 'no-url'
  const [is, want] = [new URL(server), new URL(wanted)]
  if (is.protocol !== want.protocol) return 'other-scheme'
  if (is.host !== want.host) return 'other-host'
  return is.pathname.replace(/\/$/, '') === want.pathname && is.search === want.search ? null : 'other-url-path'
}

/** The goal that kube-apiserver checks the receiver's certificate, by an authority that it finds in the container. */
export const authorityGoal = (asked: AskedPath, authority: string, points: number): Goal => ({
  id: 'authority',
  asks: "kube-apiserver checks the receiver's certificate with the certificate authority that the task names",
  points,
  judge: seen => fileShortfall(seen, asked) ?? authorityShortfall(seen, asked, authority)
})

const authorityShortfall = (seen: Seen, { host, container }: AskedPath, authority: string): Shortfall | null => {
  const found = clusterOf(seen, host)
  if ('code' in found) return found
  const { cluster } = found
  if (cluster['insecure-skip-tls-verify'] === true)
    return {
      code: 'not-verified',
      found: 'the certificate of the receiver is not checked',
      ...placeIn(found, 'insecure-skip-tls-verify')
    }
  // of the two, client-go takes the data
  const data = stringAt(cluster, 'certificate-authority-data') ?? ''
  if (data !== '') {
    const isSame = Buffer.from(data, 'base64').toString('utf8').trim() === authority.trim()
    const place = placeIn(found, 'certificate-authority-data')
    return isSame ? null : { code: 'other-authority', found: 'the data are of no such authority', ...place }
  }
  const reference = checkKubeconfig(seen.text(host) ?? '', container).references.find(({ field }) =>
    field.endsWith('.certificate-authority')
  )
  const place = placeIn(found, 'certificate-authority')
  if (!reference) return { code: 'no-authority', found: 'the kubeconfig names no certificate authority', ...place }
  const { mounts = [], volumes = [] } = seen.pod ?? {}
  const onNode = resolveMount(mounts, volumes, containerPath(reference.path))?.host
  if (onNode === undefined)
    return {
      code: 'authority-not-mounted',
      found: `the kubeconfig names ${reference.path}, which no mount shows to kube-apiserver`,
      ...place
    }
  const text = seen.text(onNode)
  if (text === null)
    return {
      code: 'authority-missing',
      found: `${reference.path} is ${onNode} on the node, and no file there`,
      ...place
    }
  return text.trim() === authority.trim()
    ? null
    : { code: 'other-authority', found: `${onNode} is another certificate`, ...place }
}

/** The goal that kube-apiserver starts and has two places to record to. */
export const bothBackendsGoal = (points: number): Goal => ({
  id: 'both-backends',
  asks: 'kube-apiserver starts, writes its log and sends the events too',
  points,
  judge: seen => {
    if (seen.fault) return faultShortfall(seen)
    const isGiven = (flag: AuditFlagName): boolean => (seen.flags.get(flag) ?? '') !== ''
    if (!isGiven('audit-log-path')) return atFlag(seen, 'audit-log-path', 'log-off', 'kube-apiserver writes no log')
    return isGiven('audit-webhook-config-file') && isGiven('audit-policy-file')
      ? null
      : atFlag(seen, 'audit-webhook-config-file', 'webhook-off', 'kube-apiserver sends no events')
  }
})

interface Cluster {
  readonly source: Source
  readonly at: Path
  readonly cluster: Unknown
}

const clusterOf = (seen: Seen, path: HostPath): Cluster | Shortfall => {
  const text = seen.text(path)
  if (text === null) return { code: 'file-missing', found: `${path} is not there`, file: path }
  const read = readConfig(text, path)
  if ('code' in read) return read
  const { source, data } = read
  const named = (list: string, name: string | undefined): number =>
    listAt(data, list).findIndex(each => name !== undefined && stringAt(each, 'name') === name)
  const context = listAt(data, 'contexts')[named('contexts', stringAt(data, 'current-context'))]
  const index = named('clusters', stringAt(recordAt(context, 'context'), 'cluster'))
  if (index !== -1)
    return { source, at: ['clusters', index, 'cluster'], cluster: recordAt(listAt(data, 'clusters')[index], 'cluster') }
  const finding = checkKubeconfig(text, path).findings.find(({ severity }) => severity === 'error')
  return {
    code: finding?.code ?? 'kubeconfig-context',
    found: finding?.message ?? 'its current context leads to no cluster',
    file: path,
    ...(finding?.line === undefined ? {} : { line: finding.line })
  }
}

const readConfig = (text: string, path: HostPath): { readonly source: Source; readonly data: unknown } | Shortfall => {
  try {
    const source = parseSource(text, path, 'kubernetes')
    return { source, data: valueOf(source) }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return { code: 'kubeconfig-unreadable', found: error.message, file: path, ...error.position }
  }
}

const placeIn = ({ source, at, cluster }: Cluster, key: string): Pick<Shortfall, 'file' | 'line' | 'column'> => ({
  file: source.file,
  ...positionOf(source, key in cluster ? [...at, key] : at)
})
