import type { CompiledList } from './compile-lists.ts'
import { type LoadBudget, refuseLong, spend } from './load-budget.ts'
import type { LoadContext } from './load-context.ts'

/** Puts lists into the text of conditions. */
export type ListSubstitution = (condition: string, context: LoadContext) => string

// what must stand around the name of a list
const DELIMITERS = ' \t\n\r(),='
// what a search costs however short the text is, in characters
const SEARCH_COST = 500
const WORD = /[^ \t\n\r(),=]+/g

/**
 * Puts lists, one after the other in the order of their definition, into a condition in place of their names, as text and
 * before the condition is parsed, as Falco does (rule_loader_compiler.cpp, resolve_list). What is put in is searched for the
 * names of later lists too.
 */
export const listSubstitution = (lists: readonly CompiledList[], budget: LoadBudget): ListSubstitution => {
  const orders = new Map(lists.map(({ name }, order) => [name, order]))
  // names with a delimiter inside are no words
  const odd = lists.flatMap(({ name }, order) => (new RegExp(WORD).exec(name)?.[0] === name ? [] : [order]))
  const wordsOf = new Map<number, readonly number[]>()
  const namedIn = (text: string): number[] => {
    const found = new Set<number>()
    for (const [word] of text.matchAll(WORD)) {
      const order = orders.get(word)
      if (order !== undefined) found.add(order)
    }
    return [...found]
  }
  const namedBy = (order: number): readonly number[] => {
    const known = wordsOf.get(order) ?? namedIn(lists[order]?.text ?? '')
    wordsOf.set(order, known)
    return known
  }
  const candidates = (condition: string): number[] => {
    const found = new Set([...odd, ...namedIn(condition)])
    for (const order of found) for (const other of namedBy(order)) if (other > order) found.add(other)
    return [...found].sort((one, other) => one - other)
  }
  return (condition, context) => {
    let text = condition
    for (const order of candidates(condition)) {
      const list = lists[order]
      if (!list) continue
      spend(budget, 'search', text.length + SEARCH_COST, context)
      text = substituteList(text, list, context)
    }
    return text
  }
}

const isDelimiter = (character: string | undefined): boolean =>
  character !== undefined && DELIMITERS.includes(character)
const isBlank = (character: string | undefined): boolean => character !== undefined && ' \t\n\r'.includes(character)

/** Puts one list into a condition wherever its name stands between delimiters. */
const substituteList = (condition: string, list: CompiledList, context: LoadContext): string => {
  const { name } = list
  const done = pieces()
  let [rest, from] = [0, 0]
  for (let at = condition.indexOf(name); at !== -1; at = condition.indexOf(name, from)) {
    const before = at > rest ? condition[at - 1] : undefined
    let end = at + name.length
    from = at + 1
    if (!(before === undefined || isDelimiter(before)) || !(end >= condition.length || isDelimiter(condition[end])))
      continue
    list.isUsed = true
    refuseLong(list.text === undefined ? Infinity : 0, context)
    done.push(condition.slice(rest, at))
    done.trimBlanks()
    while (isBlank(condition[end])) end += 1
    // an empty list takes a comma with it
    if (list.text === '' && !done.dropComma() && condition[end] === ',') end += 1
    // at the beginning of a condition Falco passes over the first character behind
    from = done.isEmpty() ? end + 1 : end
    done.push(`${done.isEmpty() ? '' : ' '}${list.text} `)
    rest = end
    refuseLong(done.length() + condition.length - rest, context)
  }
  return rest === 0 ? condition : done.text() + condition.slice(rest)
}

interface Pieces {
  readonly push: (piece: string) => void
  readonly trimBlanks: () => void
  /** Takes a comma from the end; true where one was there. */
  readonly dropComma: () => boolean
  readonly isEmpty: () => boolean
  readonly length: () => number
  readonly text: () => string
}

// a text that grows at its end and is only changed there: cutting one long string for each list would take quadratic time
const pieces = (): Pieces => {
  const all: string[] = []
  let length = 0
  const push = (piece: string): void => {
    if (piece !== '') all.push(piece)
    length += piece.length
  }
  const cut = (count: number): void => {
    const last = all.pop() ?? ''
    length -= last.length
    push(last.slice(0, last.length - count))
  }
  return {
    push,
    trimBlanks: () => {
      for (let last = all.at(-1); last !== undefined && isBlank(last.at(-1)); last = all.at(-1)) {
        let count = 1
        while (isBlank(last[last.length - 1 - count])) count += 1
        cut(count)
      }
    },
    dropComma: () => {
      const hasComma = all.at(-1)?.endsWith(',') === true
      if (hasComma) cut(1)
      return hasComma
    },
    isEmpty: () => all.length === 0,
    length: () => length,
    text: () => all.join('')
  }
}
