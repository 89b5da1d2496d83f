import { AuditError } from '../errors.ts'
import { keyOf } from './go-value.ts'
import { type GoNode, type GoPair, parseGoYaml } from './go-yaml/tree.ts'
import type { Path } from './locate.ts'
import { positionAt } from './source.ts'

/** A text that was parsed as Kubernetes' own reader does, for its value and for where things stand. */
export interface GoSource {
  readonly file: string
  readonly text: string
  readonly root: GoNode | null
  /** Where the first document ends. */
  readonly end: number
  /** True when something follows the first document. */
  readonly more: boolean
}

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/

/** Parses the first document of a text. Throws BROKEN_YAML or TOO_DEEP with the position of the fault. */
export const parseGoSource = (text: string, file: string): GoSource => {
  const control = CONTROL.exec(text)
  if (control) {
    const code = control[0].charCodeAt(0).toString(16)
    const position = positionAt(text, control.index)
    throw new AuditError('BROKEN_YAML', `control character \\u${code.padStart(4, '0')} in the text`, {
      path: file,
      position
    })
  }
  return { file, text, ...parseGoYaml(text, file) }
}

/** The same for JSON, whose value is known otherwise; without a tree where it is no YAML 1.1, as with the escape \\/. */
export const parseGoPlaces = (text: string, file: string): GoSource => {
  try {
    return parseGoSource(text, file)
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
    return { file, text, root: null, end: text.length, more: false }
  }
}

// the last of equal keys; one that is no string in YAML is written otherwise there, as yes for true
const pairIn = (pairs: readonly GoPair[], key: string | number): GoPair | undefined => {
  const isOther = /^(true|false|[-.\d].*)$/s.test(String(key))
  return pairs.findLast(({ key: node }) => {
    const isLikely = isOther || node.kind !== 'scalar' || node.tag !== '' || node.value === key
    return isLikely && keyOf(node) === key
  })
}

const follow = (node: GoNode | undefined | null): GoNode | undefined =>
  node?.kind === 'alias' ? node.target : (node ?? undefined)

/** The pair at a path; of equal keys the last. */
export const goPairAt = ({ root }: Pick<GoSource, 'root'>, path: Path): GoPair | undefined => {
  const map = goNodeAt({ root }, path.slice(0, -1))
  const key = path.at(-1)
  return map?.kind === 'map' ? pairIn(map.pairs, key ?? '') : undefined
}

/** The node at a path; aliases are followed, merges are not. */
export const goNodeAt = ({ root }: Pick<GoSource, 'root'>, path: Path): GoNode | undefined => {
  let node = follow(root)
  for (const step of path) {
    if (node?.kind === 'list' && typeof step === 'number') node = follow(node.items[step])
    else if (node?.kind === 'map') node = follow(pairIn(node.pairs, step)?.value)
    else return undefined
  }
  return node
}

/** The offset of what stands at a path, or of the nearest thing above it. */
export const goOffsetOf = (source: GoSource, path: Path): number => {
  for (let length = path.length; length >= 0; length--) {
    const node = goNodeAt(source, path.slice(0, length))
    if (node) return node.start
  }
  return 0
}
