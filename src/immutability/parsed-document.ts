import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Workload, workloadsOf } from '../pod/workloads.ts'
import { type DocumentText, splitDocuments } from '../text/documents.ts'
import { valueOf } from '../text/edit.ts'
import { formatPath, nodeAt, type Path, positionOf, positionOfKeyAt } from '../text/locate.ts'
import { parseSource, type Source } from '../text/source.ts'

/** A YAML document of a file with the pods in it; its source's positions count from the document's own first line. */
export interface ParsedDocument {
  readonly source: Source
  /** The 1-based line of the file on which it begins. */
  readonly line: number
  readonly workloads: readonly Workload[]
}

/** The parts of a file in their order: what holds no object is left as text. */
export type FilePart = ParsedDocument | { readonly text: string }

/** True for a part that was parsed. */
export const isParsed = (part: FilePart): part is ParsedDocument => 'source' in part

// of a custom resource definition only the API server's own reader makes something, and it may be larger than any workload
const NO_WORKLOAD =
  /^(?:(?:[ \t]*|[ \t]*#.*|---[ \t]*|apiVersion:[ \t]*[\w./\"'-]+[ \t]*)\r?\n)*kind:[ \t]*["']?CustomResourceDefinition\b/
const SOMETHING = /^(?!\uFEFF?(?:---|\.\.\.|%))[ \t\uFEFF]*[^\s#]|^\uFEFF?---[ \t]+[^\s#]/m

// a dashboard in a ConfigMap may be larger than what is parsed
const mayHoldPods = (text: string): boolean => text.length <= LARGE || /\bcontainers["']?\s*:/i.test(text)

const LARGE = 256 * 1024

/** Parses a file of manifests. Throws as parseSource does, with the position in the file. */
export const parseDocuments = (text: string, file: string): FilePart[] =>
  splitDocuments(text).map(part =>
    SOMETHING.test(part.text) && !NO_WORKLOAD.test(part.text) && mayHoldPods(part.text)
      ? parseDocument(part, file)
      : { text: part.text }
  )

const parseDocument = ({ text, line }: DocumentText, file: string): ParsedDocument =>
  inFile(line, () => {
    const source = parseSource(text, file, 'kubernetes', true)
    return { source, line, workloads: workloadsOf(valueOf(source)) }
  })

/** Does something with a document that begins on a line of its file; an error then points into the file. */
export const inFile = <R>(line: number, act: () => R): R => {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof AuditError) || !error.position || line === 1) throw error
    const position = { line: error.position.line + line - 1, column: error.position.column }
    throw new AuditError(error.code, error.message, {
      path: error.path,
      position,
      cause: error,
      findings: error.findings,
      next: error.next
    })
  }
}

/** Where a field of a document stands in its file, or what it would stand in does: for a finding. */
export const placeIn = ({ source, line }: ParsedDocument, path: Path): Pick<Finding, 'line' | 'column' | 'field'> => {
  const there = path.slice(0, depthOf(source, path))
  const at = typeof there.at(-1) === 'string' ? positionOfKeyAt(source, there) : positionOf(source, there)
  return { line: at.line + line - 1, column: at.column, field: formatPath(path) }
}

/** How many steps of a path lead to something that is written. */
const depthOf = (source: Source, path: Path): number => {
  let depth = path.length
  while (depth > 0 && nodeAt(source.document, path.slice(0, depth)) === undefined) depth -= 1
  return depth
}
