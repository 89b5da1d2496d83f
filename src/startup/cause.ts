import type { PathFacts } from '../facts/path-fact.ts'
import type { HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import type { Layer } from './start-fault.ts'

/** Who says a line: the server and etcd in their containers' logs, the kubelet in its own, the kernel among the system's. */
export type Speaker = 'kube-apiserver' | 'etcd' | 'kubelet' | 'kernel'

/** What the words of a cause are chosen by, besides the line itself. */
export interface CauseFacts {
  readonly manifest: HostPath
  readonly pod: Pod | null
  readonly paths: PathFacts
}

/** The named parts of a line that a row's pattern found. */
export type Said = Readonly<Record<string, string | undefined>>

type Words = string | ((said: Said, facts: CauseFacts) => string)

/** A row of the table of causes: words that are printed when kube-apiserver does not start, and what they mean. */
export interface CauseRow {
  readonly code: string
  readonly layer: Layer
  readonly by: Speaker
  /** Over a line whose escaped quotes are plain ones. */
  readonly pattern: RegExp
  /** Where the same words have several causes: whether it is this one. */
  readonly when?: (said: Said, facts: CauseFacts) => boolean
  readonly title: string
  readonly why: Words
  readonly fix: Words
  /** Words that follow from many causes: they count only where nothing plainer was said. */
  readonly isSymptom?: true
  /** The kubelet says it as it ends: without it no pod of the node is started or restarted. */
  readonly endsKubelet?: true
}

/** What a line says is wrong. */
export interface Cause {
  readonly code: string
  readonly layer: Layer
  readonly title: string
  readonly why: string
  readonly fix: string
  readonly said: Said
  readonly isSymptom: boolean
  readonly endsKubelet: boolean
  /** The place of its row in the table: of two symptoms the earlier says more. */
  readonly rank: number
}

// an error is quoted once for each part of the kubelet that passes it on
const QUOTED = /\\+(["'\\])/g

/** A line as it was before it was quoted to be printed. */
export const unquoted = (line: string): string => line.replace(QUOTED, '$1')

/** The first row of a table that a line of a speaker fits, in words; undefined where none does. */
export const findCause = (
  rows: readonly CauseRow[],
  by: Speaker,
  line: string,
  facts: CauseFacts
): Cause | undefined => {
  const plain = unquoted(line)
  for (const [rank, row] of rows.entries()) {
    if (row.by !== by) continue
    const match = row.pattern.exec(plain)
    const said = match?.groups ?? {}
    if (match && (row.when?.(said, facts) ?? true)) return { ...inWords(row, said, facts), rank }
  }
  return undefined
}

const inWords = (row: CauseRow, said: Said, facts: CauseFacts): Omit<Cause, 'rank'> => {
  const words = (text: Words): string => (typeof text === 'string' ? text : text(said, facts))
  return {
    code: row.code,
    layer: row.layer,
    title: row.title,
    why: words(row.why),
    fix: words(row.fix),
    said,
    isSymptom: row.isSymptom === true,
    endsKubelet: row.endsKubelet === true
  }
}
