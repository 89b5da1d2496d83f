import { AuditError } from '../errors.ts'
import type { ManifestFact, NodeFacts } from '../facts/node.ts'
import { locatePod } from '../pod/pod.ts'
import { parseGoSource } from '../text/go-source.ts'
import { goValueOf } from '../text/go-value.ts'
import { parseSource } from '../text/source.ts'
import type { StartFault } from './start-fault.ts'

/**
 * The facts of a manifest in which a key stands twice, as the kubelet takes it: of the two the last counts. Places in such
 * a manifest mean nothing; {@link atDoubledKey} mends them. All other facts are as they were.
 */
export const withLastKeys = (facts: NodeFacts): NodeFacts => {
  const { text, path, error } = facts.manifest
  if (error?.code !== 'DUPLICATE_KEY' || text === null) return facts
  return { ...facts, manifest: { ...facts.manifest, ...lastKeys(text, path) } }
}

const lastKeys = (text: string, path: string): Partial<ManifestFact> => {
  let found: Partial<ManifestFact> = { error: null }
  try {
    const { root } = parseGoSource(text, path)
    const { value: data } = goValueOf(root, text, path)
    const source = parseSource(JSON.stringify(data), path, 'kubernetes')
    found = { ...found, data, source }
    return { ...found, pod: locatePod(source) }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code === 'IMPOSSIBLE') throw error
    return { ...found, error }
  }
}

/** A fault of such a manifest, at the key that stands twice; the kubelet's own are for the doubled key. */
export const atDoubledKey = (facts: NodeFacts, fault: StartFault): StartFault => {
  const { error, path } = facts.manifest
  if (error?.code !== 'DUPLICATE_KEY' || fault.file !== path || fault.code === 'broken-yaml') return fault
  const { line = 1, column = 1 } = error.position ?? {}
  return {
    ...fault,
    code: fault.layer === 'kubelet' ? 'duplicate-key' : fault.code,
    message: `a key stands twice here, and the kubelet takes the last: ${fault.message}`,
    line,
    column,
    remediation: 'make one of the two entries of the same key'
  }
}
