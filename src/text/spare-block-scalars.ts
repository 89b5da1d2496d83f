import { type BlockScalarShape, blockScalarAt, isLineOf, shapeOf } from './block-scalar.ts'
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
    const isNext = last?.end === start && !added.has(start)
    const run = isNext ? last : { start, end, front: added.has(start) ? undefined : frontOf(source, start) }
    if (!isNext) runs.push(run)
    run.end = run.front && !added.has(end) ? absorbedEnd(source.text, run.front, end) : end
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

const frontOf = ({ text, document }: Source, start: number): BlockScalarShape | undefined => {
  const last = text.slice(0, start).trimEnd().length - 1
  const scalar = /\r?\n/y.test(text.slice(start, start + 2)) ? blockScalarAt(document, last) : undefined
  return scalar && shapeOf(text, scalar)
}

const startOf = (text: string, { start, end, front }: Run, added: ReadonlySet<number>): number => {
  const keepsBreak = end === text.length && front !== undefined && front.chomping !== '-' && !added.has(end)
  return keepsBreak ? start + eolAt(text, start).length : start
}

const absorbedEnd = (text: string, front: BlockScalarShape, end: number): number => {
  let done = end
  for (const { 0: found, 1: line = '', index } of text.slice(end).matchAll(/\r?\n([ \t]*(?:#.*)?)(?=\r?\n|$)/gy)) {
    const isBlank = line.trim() === ''
    const behind = end + index + found.length
    // the parser takes spaces that end a text for a line of one that has none
    const isBroken = behind < text.length || (front.isEmpty && line.length >= front.column)
    if (isLineOf(line, front) || (isBlank && front.chomping === '+' && isBroken)) done = behind
    else if (!isBlank) break
  }
  return done
}
