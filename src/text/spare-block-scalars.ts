import { blockScalarAt, chompingOf } from './block-scalar.ts'
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

/** A block scalar: the column of its lines, and its chomping indicator. */
interface Front {
  readonly column: number
  readonly chomping: string
}

/** Cuts without anything between them. */
interface Run {
  readonly start: number
  end: number
  /** The block scalar whose last line break the first of them begins with, where nothing is inserted behind it. */
  readonly front: Front | undefined
}

const frontOf = ({ text, document }: Source, start: number): Front | undefined => {
  const eol = /\r?\n/y
  eol.lastIndex = start
  const scalar = eol.test(text) ? blockScalarAt(document, eol.lastIndex - 1) : undefined
  if (!scalar) return undefined
  const [, ...lines] = text.slice(scalar.range?.[0], scalar.range?.[1]).split('\n')
  // what a line begins with behind the column is a part of the value
  const column = indentOf(lines) - indentOf(String(scalar.value).split('\n'))
  return { column, chomping: chompingOf(text, scalar) }
}

const indentOf = (lines: readonly string[]): number => (lines.find(line => line.trim() !== '') ?? '').search(/\S/)

const startOf = (text: string, { start, end, front }: Run, added: ReadonlySet<number>): number => {
  const keepsBreak = end === text.length && front !== undefined && front.chomping !== '-' && !added.has(end)
  return keepsBreak ? start + eolAt(text, start).length : start
}

const absorbedEnd = (text: string, { column, chomping }: Front, end: number): number => {
  let done = end
  for (const [line] of text.slice(end).matchAll(/\r?\n([ \t]*)(#.*)?(?=\r?\n|$)/gy)) {
    const isDeep = line.search(/\S/) - line.lastIndexOf('\n') > column
    if (line.trim() === '' ? chomping !== '+' : !isDeep) break
    done += line.length
  }
  return done
}
