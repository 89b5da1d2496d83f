import { AuditError, type ErrorCode } from '../errors.ts'
import { valueOf } from '../text/edit.ts'
import { isRecord, listAt, recordAt, stringAt } from '../text/guard.ts'
import { parseGoSource } from '../text/go-source.ts'
import { goValueOf } from '../text/go-value.ts'
import { decodeGoText, parseSource } from '../text/source.ts'

/** What the kubelet makes of a file in its manifests directory. */
export interface PodFile {
  /** Null for what it cannot read as a pod; `fault` then says why, and is null for what is too long to be looked at. */
  readonly pod: { readonly name: string; readonly namespace: string } | null
  /** The kind that the file claims, whatever it is. */
  readonly kind: string | undefined
  readonly runsApiServer: boolean
  readonly fault: string | null
}

/** Reads a file of the manifests directory as the kubelet does, as far as names it and tells what it runs. */
export const podFileOf = (text: string, path: string): PodFile => {
  try {
    return podFileOfData(valueOf(parseSource(text, path, 'kubernetes')))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return LENIENT.includes(error.code) ? podFileByGo(text, path) : unreadable(error)
  }
}

/** The same from a file's bytes: the kubelet reads UTF-16 too. */
export const podFileOfBytes = (bytes: Uint8Array, path: string): PodFile => {
  try {
    return podFileOf(decodeGoText(bytes, path), path)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return unreadable(error)
  }
}

// what we do not edit the kubelet runs all the same: of a key that stands twice it takes the last
const LENIENT: readonly ErrorCode[] = ['DUPLICATE_KEY', 'TEMPLATE']

const podFileByGo = (text: string, path: string): PodFile => {
  try {
    return podFileOfData(goValueOf(parseGoSource(text, path).root, text, path).value)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return unreadable(error)
  }
}

const isRefusal = (error: unknown): error is AuditError => error instanceof AuditError && error.code !== 'IMPOSSIBLE'

// what cannot be parsed is no pod to the kubelet either
const unreadable = ({ code, message }: AuditError): PodFile => ({
  pod: null,
  kind: undefined,
  runsApiServer: false,
  fault: code === 'TOO_LARGE' ? null : message
})

/** The same for data that is already parsed. */
export const podFileOfData = (data: unknown): PodFile => {
  const kind = stringAt(data, 'kind')
  if (!isRecord(data)) return { pod: null, kind, runsApiServer: false, fault: 'it holds no mapping' }
  const found = `${stringAt(data, 'apiVersion') ?? 'no apiVersion'}, ${kind ?? 'no kind'}`
  if (kind !== 'Pod' || data.apiVersion !== 'v1')
    return { pod: null, kind, runsApiServer: false, fault: `it is no v1 Pod, but ${found}` }
  const metadata = recordAt(data, 'metadata')
  const words = listAt(recordAt(data, 'spec'), 'containers').flatMap(container => [
    ...listAt(container, 'command'),
    ...listAt(container, 'args')
  ])
  return {
    pod: { name: stringAt(metadata, 'name') ?? '', namespace: stringAt(metadata, 'namespace') ?? 'default' },
    kind,
    runsApiServer: words.some(word => typeof word === 'string' && /(^|\/)kube-apiserver$/.test(word)),
    fault: null
  }
}
