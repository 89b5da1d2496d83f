import type { Scalar } from 'yaml'
import { blockScalarAt, isStripped } from './block-scalar.ts'
import { bySplice, type Splice } from './splice.ts'
import type { Source } from './source.ts'
import { eolAt } from './style.ts'

/**
 * The splices with what keeps a block scalar as it was where the lines behind it are cut: comments and blank lines that
 * would become lines of it go too, and at the end of a text its last line break stays. What is inserted there needs neither.
 */
export const spareBlockScalars = (source: Source, splices: readonly Splice[]): Splice[] => {
  const isCut = ({ start, end, text }: Splice): boolean => text === '' && start < end
  const others = splices.filter(each => !isCut(each))
  const added = new Set(others.flatMap(({ start, end }) => [start, end]))
  const runs: Run[] = []
  for (const { start, end } of splices.filter(isCut).sort(bySplice)) {
    const last = runs.at(-1)
    if (last?.end === start && !added.has(start)) last.end = end
    else runs.push({ start, end, front: frontOf(source, start) })
    const run = runs.at(-1)
    if (run?.front && !added.has(run.start) && !added.has(run.end)) run.end = absorbedEnd(source, run.front, run.end)
  }
  return [...others, ...runs.map(run => cutOf(source, run, added))]
}

/** Cuts without anything between them. */
interface Run {
  readonly start: number
  end: number
  /** The block scalar whose last line break the first of them begins with. */
  readonly front: Scalar | undefined
}

const frontOf = ({ text, document }: Source, start: number): Scalar | undefined => {
  const eol = /\r?\n/y
  eol.lastIndex = start
  return eol.test(text) ? blockScalarAt(document, eol.lastIndex - 1) : undefined
}

const cutOf = ({ text }: Source, { start, end, front }: Run, added: ReadonlySet<number>): Splice => {
  const isLast = end === text.length && front !== undefined && !isStripped(text, front)
  const isAlone = !added.has(start) && !added.has(end)
  return { start: isLast && isAlone ? start + eolAt(text, start).length : start, end, text: '' }
}

const absorbedEnd = (source: Source, scalar: Scalar, end: number): number => {
  const [from = 0, to = 0] = scalar.range ?? []
  const [header = '', ...lines] = source.text.slice(from, to).split(/\r?\n/)
  const first = lines.find(line => line.trim() !== '') ?? ''
  const isKeep = /^[|>]\d?\+/.test(header)
  let done = end
  for (const [line] of source.text.slice(end).matchAll(/\r?\n([ \t]*)(#.*)?(?=\r?\n|$)/gy)) {
    const isDeep = line.search(/\S/) - line.lastIndexOf('\n') > first.search(/\S/)
    if (line.trim() === '' ? !isKeep : !isDeep) break
    done += line.length
  }
  return done
}
