import { AuditError } from '../errors.ts'
import { valueOf } from '../text/edit.ts'
import { isRecord, recordAt, stringAt, type Unknown } from '../text/guard.ts'
import { positionOf } from '../text/locate.ts'
import { parseSource, type Source } from '../text/source.ts'

/** One document of a text, parsed at its lines, and the text around it. */
export interface ConfigDocument {
  /** Its text begins with as many line breaks as there are lines before it. */
  readonly source: Source
  readonly data: Unknown
  readonly before: string
  readonly after: string
  readonly pad: string
}

/**
 * The ClusterConfiguration of a text of one or more YAML documents, split as kubeadm does. Throws BAD_CLUSTER_CONFIG where
 * there is none or more than one, and the errors of a text that cannot be parsed.
 */
export const findClusterConfiguration = (text: string, file: string): ConfigDocument => {
  const documents = piecesOf(text).map(piece => parsePiece(text, piece, file))
  const found = documents.filter(({ data }) => data.kind === 'ClusterConfiguration')
  const [first, second] = found
  if (second)
    throw new AuditError(
      'BAD_CLUSTER_CONFIG',
      `two documents of ${file} are a ClusterConfiguration; kubeadm takes one`,
      {
        path: file,
        position: positionOf(second.source, ['kind'])
      }
    )
  if (first) return first
  const kinds = documents.map(({ data }) => JSON.stringify(data.kind ?? null).slice(0, 60))
  throw new AuditError(
    'BAD_CLUSTER_CONFIG',
    `a ClusterConfiguration of kubeadm is wanted in ${file}, found ${kinds.length === 0 ? 'nothing' : `kind ${kinds.join(', ')}`}`,
    { path: file }
  )
}

/** The text of a ClusterConfiguration that a file holds: the file's own, or that in a dump of the ConfigMap kubeadm-config. */
export const clusterConfigText = (text: string, file: string): string => {
  const [piece, ...more] = piecesOf(text)
  if (piece === undefined || more.length > 0) return text
  const { data, source } = parsePiece(text, piece, file)
  if (data.kind !== 'ConfigMap') return text
  const inner = stringAt(recordAt(data, 'data'), 'ClusterConfiguration')
  if (inner !== undefined) return inner
  throw new AuditError('BAD_CLUSTER_CONFIG', `the ConfigMap in ${file} has no data.ClusterConfiguration`, {
    path: file,
    position: positionOf(source, ['data'])
  })
}

interface Piece {
  readonly start: number
  readonly end: number
}

// k8s.io/apimachinery/pkg/util/yaml YAMLReader: a line of three dashes with nothing but a comment behind them
const piecesOf = (text: string): Piece[] => {
  const marks = [...text.matchAll(/^---[ \t]*(#.*)?\r?(\n|$)/gm)]
  const starts = [0, ...marks.map(({ index, 0: mark }) => index + mark.length)]
  const ends = [...marks.map(({ index }) => index), text.length]
  return starts
    .map((start, index) => ({ start, end: ends[index] ?? text.length }))
    .filter(({ start, end }) => !/^\uFEFF?([ \t]*(#.*)?\r?\n)*[ \t]*(#.*)?$/.test(text.slice(start, end)))
}

const parsePiece = (text: string, { start, end }: Piece, file: string): ConfigDocument => {
  const before = text.slice(0, start)
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const pad = eol.repeat(before.split('\n').length - 1)
  const source = parseSource(pad + text.slice(start, end), file, 'kubernetes')
  const data = valueOf(source)
  return { source, data: isRecord(data) ? data : {}, before, after: text.slice(end), pad }
}

/** The whole text with another text of the document, its line breaks in front included. */
export const wholeText = ({ before, after, pad }: ConfigDocument, text: string): string =>
  before + text.slice(pad.length) + after
