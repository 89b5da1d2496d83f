import { parseAllDocuments } from 'yaml'
import type { PodData } from '../../../src/immutability/pod-security/judged-pod.ts'
import { isRecord, listAt, recordAt } from '../../../src/text/guard.ts'

/** The pods, and the templates of pods, in the documents of a file. */
export interface FoundPods {
  readonly pods: readonly PodData[]
  /** How many documents could not be read. */
  readonly unread: number
}

/** Finds the pods of a file; lists are looked into. */
export const podsInText = (text: string): FoundPods => {
  const documents = parseAllDocuments(text)
  if (!Array.isArray(documents)) return { pods: [], unread: 0 }
  const sound = documents.filter(({ errors }) => errors.length === 0)
  // through JSON, as Go sees it
  const values = sound.map(each => JSON.parse(JSON.stringify(each.toJS() ?? null)) as unknown)
  return { pods: values.flatMap(podsIn), unread: documents.length - sound.length }
}

const podsIn = (value: unknown): PodData[] => {
  if (!isRecord(value)) return []
  const spec = recordAt(value, 'spec')
  const items = listAt(value, 'items')
  if (items.length > 0) return items.flatMap(podsIn)
  const job = recordAt(recordAt(spec, 'jobTemplate'), 'spec')
  const holders = [value, recordAt(value, 'template'), recordAt(spec, 'template'), recordAt(job, 'template')]
  return holders
    .filter(holder => Array.isArray(recordAt(holder, 'spec').containers))
    .map(holder => ({ metadata: recordAt(holder, 'metadata'), spec: recordAt(holder, 'spec') }))
}
