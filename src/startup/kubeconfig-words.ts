import type { FileReference } from '../audit/check-kubeconfig.ts'
import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { valueOf } from '../text/edit.ts'
import { goQuote } from '../text/go-quote.ts'
import { recordAt, stringAt, valueAt } from '../text/guard.ts'
import { parseSource } from '../text/source.ts'
import { aggregate } from './go-errors.ts'
import { goKind } from './unreadable-pod.ts'

/** client-go's word for a kubeconfig in which nothing leads to a cluster. */
export const NO_CONFIGURATION =
  'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable'

/**
 * What client-go says to a fault of a kubeconfig (tools/clientcmd, validation.go and loader.go). Where its decoder gives up
 * the words end before what only Go can word: the line goes on.
 */
export const configError = ({ code, message, field = '' }: Finding, text: string, file: string): string => {
  const loading = `error loading config file "${file}": `
  const data = dataOf(text)
  const current = stringAt(data, 'current-context') ?? ''
  switch (code) {
    case 'kubeconfig-broken-yaml':
      return `${loading}yaml: `
    case 'kubeconfig-empty':
      return `${loading}couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(data)} into Go value of type struct`
    case 'kubeconfig-context':
      return current === ''
        ? NO_CONFIGURATION
        : `invalid configuration: [context was not found for specified context: ${current}, cluster has no server defined]`
    case 'kubeconfig-missing-cluster':
      return NO_CONFIGURATION
    case 'kubeconfig-header':
      return `${loading}no kind ${goQuote(stringAt(data, 'kind') || 'Config')} is registered for version ${goQuote(stringAt(data, 'apiVersion') || 'v1')}`
    case 'kubeconfig-server':
      return serverError(data, field, message)
    case 'kubeconfig-credentials':
      return /is not base64/.test(message) ? `${loading}illegal base64 data at input byte ` : 'invalid configuration: '
    default:
      return loading
  }
}

const serverError = (data: unknown, field: string, message: string): string => {
  const entry = entryOf(data, field)
  const server = stringAt(recordAt(entry, 'cluster'), 'server') ?? ''
  if (server === '')
    return `invalid configuration: no server found for cluster ${goQuote(stringAt(entry, 'name') ?? '')}`
  if (/no scheme/.test(message)) return `host must be a URL or a host:port pair: ${goQuote(server)}`
  return /is no URL/.test(message) ? 'host must be a URL or a host:port pair: ' : ''
}

// `clusters[0].cluster.server` belongs to the entry `clusters[0]`
const entryOf = (data: unknown, field: string): unknown => {
  const [, list = '', index = ''] = /^(\w+)\[(\d+)\]/.exec(field) ?? []
  return valueAt(data, [list, Number(index)])
}

const dataOf = (text: string): unknown => {
  try {
    return valueOf(parseSource(text, '', 'kubernetes'))
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return undefined
  }
}

/** A file that a kubeconfig names and the server opens at its start. */
export interface ReadReference extends FileReference {
  readonly kind: 'certificate-authority' | 'client-cert' | 'client-key' | 'token'
  /** The name of the cluster or user that names it. */
  readonly name: string
}

/** Those of the files a kubeconfig names that client-go opens: a key only with its certificate, a token only for https. */
export const referencesRead = (text: string, references: readonly FileReference[]): ReadReference[] => {
  const data = dataOf(text)
  const has = (key: string): boolean => references.some(({ field }) => field.endsWith(`.${key}`))
  const isSecure = /server: *["']?https:/i.test(text) || has('certificate-authority') || has('client-certificate')
  return references.flatMap((reference): ReadReference[] => {
    const name = stringAt(entryOf(data, reference.field), 'name') ?? ''
    const key = reference.field.split('.').at(-1)
    if (key === 'certificate-authority') return [{ ...reference, name, kind: key }]
    if (key === 'client-certificate') return [{ ...reference, name, kind: 'client-cert' }]
    if (key === 'client-key' && has('client-certificate')) return [{ ...reference, name, kind: key }]
    const isUsed = key === 'tokenFile' && isSecure
    return isUsed ? [{ ...reference, name, kind: 'token' }] : []
  })
}

/** What client-go says to such files that are not there: to all but those of tokens at once. */
export const missingReferences = (references: readonly ReadReference[]): string => {
  // it looks at the user before the cluster
  const checked = references
    .filter(({ kind }) => kind !== 'token')
    .sort((a, b) => Number(a.kind === 'certificate-authority') - Number(b.kind === 'certificate-authority'))
  const open = (path: string): string => `open ${path}: no such file or directory`
  if (checked.length === 0) return open(references[0]?.path ?? '')
  const texts = checked.map(({ kind, path, name }) => `unable to read ${kind} ${path} for ${name} due to ${open(path)}`)
  return `invalid configuration: ${aggregate(texts)}`
}
