import { type BlockScalarShape, blockScalarBefore, endBehind, shapeOf } from './block-scalar.ts'
import { lineEnd } from './locate.ts'
import { bySplice, type Splice } from './splice.ts'
import type { Source } from './source.ts'
import { eolAt } from './style.ts'

/**
 * The splices with what keeps a block scalar as it was where the lines behind it are cut: comments and blank lines that
 * would become lines of it go too, and at the end of a text its last line break stays. What is inserted there needs neither.
 * And a line of a tab, with blank lines behind it, goes where it would be the last of the text, which the kubelet refuses.
 */
export const spareBlockScalars = (source: Source, splices: readonly Splice[]): Splice[] => {
  const isCut = ({ start, end, text }: Splice): boolean => text === '' && start < end
  const others = splices.filter(each => !isCut(each))
  const added = new Set(others.flatMap(({ start, end }) => [start, end]))
  const runs: Run[] = []
  for (const { start, end } of splices.filter(isCut).sort(bySplice)) {
    const last = runs.at(-1)
    const isBehind = last && isBlank(source.text, last.end, start, added)
    const front = isBehind ? last.front : added.has(start) ? undefined : frontOf(source, start)
    const run = isBehind && last.end === start ? last : { start, end, front }
    if (run !== last) runs.push(run)
    run.end = front && !added.has(end) ? endBehind(source.text, front, end) : end
  }
  return [...others, ...runs.map(run => ({ start: startOf(source.text, run, added), end: run.end, text: '' }))]
}

/** Cuts without anything between them. */
interface Run {
  readonly start: number
  end: number
  /** The block scalar whose last line break the first of them begins with, where nothing is inserted behind it. */
  readonly front: BlockScalarShape | undefined
}

const isBlank = (text: string, start: number, end: number, added: ReadonlySet<number>): boolean =>
  text.slice(start, end).trim() === '' && ![...added].some(at => start <= at && at <= end)

const frontOf = ({ text, document }: Source, start: number): BlockScalarShape | undefined => {
  const scalar = /^\r?\n/.test(text.slice(start, start + 2)) ? blockScalarBefore(text, document, start) : undefined
  return scalar && shapeOf(text, scalar)
}

const startOf = (text: string, { start, end, front }: Run, added: ReadonlySet<number>): number => {
  if (end < text.length || added.has(end)) return start
  if (front) return front.chomping === '-' ? start : start + eolAt(text, start).length
  const last = lineEnd(text, text.slice(0, start).trimEnd().length)
  const isAlone = ![...added].some(at => last < at && at <= start)
  return isAlone && text.slice(last, start).includes('\t') ? last : start
}
