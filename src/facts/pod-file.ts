import { AuditError } from '../errors.ts'
import { valueOf } from '../text/edit.ts'
import { isRecord, listAt, recordAt, stringAt } from '../text/guard.ts'
import { parseSource } from '../text/source.ts'

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
    // what cannot be parsed is no pod to the kubelet either
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    const fault = error.code === 'TOO_LARGE' ? null : error.message
    return { pod: null, kind: undefined, runsApiServer: false, fault }
  }
}

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
