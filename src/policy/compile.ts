import type { Request } from '../audit/request.ts'
import {
  type Decision,
  decisionOf,
  isForPaths,
  isForResources,
  matchesEntry,
  matchesNamespace,
  matchesPath,
  matchesUser,
  matchesVerb
} from './evaluate.ts'
import type { GroupResources, Policy, Rule } from './policy.ts'
import { freshWord, resourceWords, vocabularyOf } from './vocabulary.ts'

/** The rules that are left in the running: bit n of the whole is rule n, 32 in each number. */
type Bits = Int32Array

/**
 * A function that gives the same decisions as evaluate, for many requests: the policy becomes an index, in which each
 * attribute of a request leads to the set of rules that accept it, and the lowest rule in all those sets decides. What it
 * asks for last is most often not asked at all: the first rule that is left wants nothing more.
 */
export const compilePolicy = (policy: Policy): ((request: Request) => Decision) => {
  const { rules } = policy
  const words = vocabularyOf([policy])
  const free = freeMasks(rules)
  const verbs = tableOf(rules, words.verbs, matchesVerb)
  const namespaces = tableOf(rules, words.namespaces, matchesNamespace)
  const users = tableOf(rules, words.users, matchesUser)
  const nobody = bitsOf(rules, rule => matchesUser(rule, null) && rule.userGroups.length === 0)
  const groups = new Map(
    [...words.groups].map(group => [group, bitsOf(rules, rule => rule.userGroups.includes(group))])
  )
  const cellOf = cellTable(rules)
  const pathBits = pathTable(rules)
  const decisions = rules.map((_, index) => decisionOf(policy, index))
  const none = decisionOf(policy, null)

  const first = (word: number, left: number): Decision => decisions[word * 32 + 31 - Math.clz32(left & -left)] ?? none
  return request => {
    const target = request.resourceRequest ? bitsOfCell(cellOf(request), request.name) : pathBits(request.path)
    for (let word = 0; word < target.length; word++) {
      let left = at(target, word)
      if (left === 0) continue
      if ((left & -left & at(free.ofVerb, word)) !== 0) return first(word, left)
      left &= at(verbs.get(request.verb), word)
      if ((left & -left & at(free.ofNamespace, word)) !== 0) return first(word, left)
      if (request.resourceRequest) left &= at(namespaces.get(request.namespace), word)
      if ((left & -left & at(free.ofUser, word)) !== 0) return first(word, left)
      left &= at(request.user === null ? nobody : users.get(request.user), word)
      if ((left & -left & at(free.ofGroups, word)) === 0 && left !== 0) {
        let accepted = at(free.ofGroups, word)
        for (const group of request.groups) accepted |= at(groups.get(group), word)
        left &= accepted
      }
      if (left !== 0) return first(word, left)
    }
    return none
  }
}

// no set has no bit
const at = (bits: Bits | undefined, word: number): number => (bits === undefined ? 0 : (bits[word] ?? 0))

/** The rules that ask for nothing any more from one attribute on, in the order in which they are asked. */
const freeMasks = (rules: readonly Rule[]) => {
  const ofGroups = bitsOf(rules, rule => rule.userGroups.length === 0)
  const ofUser = bitsOf(rules, rule => rule.userGroups.length + rule.users.length === 0)
  const ofNamespace = bitsOf(rules, rule => rule.userGroups.length + rule.users.length + rule.namespaces.length === 0)
  const ofVerb = ofNamespace.map(
    (bits, word) =>
      bits &
      at(
        bitsOf(rules, rule => rule.verbs.length === 0),
        word
      )
  )
  return { ofVerb, ofNamespace, ofUser, ofGroups }
}

const bitsOf = (rules: readonly Rule[], accepts: (rule: Rule) => boolean): Bits => {
  const bits = new Int32Array(Math.ceil(rules.length / 32))
  rules.forEach((rule, index) => {
    if (accepts(rule)) setBit(bits, index)
  })
  return bits
}

const setBit = (bits: Bits, index: number): void => {
  bits[index >> 5] = at(bits, index >> 5) | (1 << (index & 31))
}

/** The set for a word; the words that no rule names have one together. */
interface Table {
  readonly get: (word: string) => Bits
}

const tableOf = (
  rules: readonly Rule[],
  words: ReadonlySet<string>,
  accepts: (rule: Rule, word: string) => boolean
): Table => {
  const rows = new Map([...words].map(word => [word, bitsOf(rules, rule => accepts(rule, word))]))
  const other = freshWord('other', word => words.has(word))
  const rest = bitsOf(rules, rule => accepts(rule, other))
  return { get: rows.size === 0 ? () => rest : word => rows.get(word) ?? rest }
}

/** The rules that a resource leaves, by the object's name where rules name some. */
interface Cell {
  readonly any: Bits
  readonly named: ReadonlyMap<string, Bits> | null
}

const bitsOfCell = (cell: Cell, name: string): Bits =>
  cell.named === null ? cell.any : (cell.named.get(name) ?? cell.any)

interface Entry {
  readonly rule: number
  readonly entry: GroupResources
}

/** Makes a table of what is made when it is first asked for: one for each of some words, and one for all others. */
const lazyTable = <T extends object>(words: ReadonlySet<string>, make: (word: string) => T): ((word: string) => T) => {
  interface Slot {
    readonly word: string
    made: T | undefined
  }
  const slots = new Map<string, Slot>([...words].map(word => [word, { word, made: undefined }]))
  const rest: Slot = { word: freshWord('other', word => words.has(word)), made: undefined }
  return word => {
    const slot = slots.get(word) ?? rest
    return (slot.made ??= make(slot.word))
  }
}

/** The cells of a resource of one group. */
interface Row {
  readonly plain: Cell
  readonly subresources: ReadonlyMap<string, Cell>
  readonly other: Cell
}

const cellTable = (rules: readonly Rule[]): ((request: Request) => Cell) => {
  const whole = bitsOf(rules, rule => rule.resources.length === 0 && !isForPaths(rule))
  const entries = rules.flatMap((rule, index) => rule.resources.map(entry => ({ rule: index, entry })))
  const { resources } = resourceWords(entries.map(({ entry }) => entry))
  const all: Cell = { any: whole, named: null }
  if (entries.length === 0) return () => all
  const apiGroups = new Set(entries.map(({ entry }) => entry.group))
  // the resource first: most often its name alone tells the group
  const rowsOf = lazyTable(resources, resource => ({
    of: lazyTable(apiGroups, apiGroup => makeRow(whole, entries, { apiGroup, resource }))
  }))
  return ({ resource, apiGroup, subresource }) => {
    const row = rowsOf(resource).of(apiGroup)
    return subresource === '' ? row.plain : (row.subresources.get(subresource) ?? row.other)
  }
}

const makeRow = (whole: Bits, entries: readonly Entry[], kind: Pick<Request, 'apiGroup' | 'resource'>): Row => {
  const own = entries.filter(({ entry }) => entry.group === kind.apiGroup || entry.group === '*')
  const { subresources } = resourceWords(own.map(({ entry }) => entry))
  const cell = (subresource: string): Cell => makeCell(whole, own, { ...kind, subresource })
  return {
    plain: cell(''),
    subresources: new Map([...subresources].map(subresource => [subresource, cell(subresource)])),
    other: cell(freshWord('other', word => subresources.has(word)))
  }
}

const makeCell = (
  whole: Bits,
  entries: readonly Entry[],
  kind: Pick<Request, 'apiGroup' | 'resource' | 'subresource'>
): Cell => {
  const names = new Set(entries.flatMap(({ entry }) => entry.resourceNames))
  const bitsOfName = (name: string): Bits => {
    const bits = whole.slice()
    for (const { rule, entry } of entries) if (matchesEntry(entry, { ...kind, name })) setBit(bits, rule)
    return bits
  }
  const any = bitsOfName(freshWord('other', word => names.has(word)))
  const named = [...names].map(name => [name, bitsOfName(name)] as const)
  const differing = named.filter(([, bits]) => bits.join() !== any.join())
  return { any, named: differing.length === 0 ? null : new Map(differing) }
}

/** How many paths are remembered: clients ask for a few again and again. */
const REMEMBERED = 4096

/** The rules that a path leaves. */
const pathTable = (rules: readonly Rule[]): ((path: string) => Bits) => {
  const everywhere = bitsOf(rules, rule => !isForResources(rule) && rule.nonResourceURLs.length === 0)
  if (!rules.some(isForPaths)) return () => everywhere
  const known = new Map<string, Bits>()
  return path => {
    const found = known.get(path)
    if (found) return found
    if (known.size >= REMEMBERED) known.clear()
    const bits = bitsOf(rules, rule => matchesPath(rule, path))
    known.set(path, bits)
    return bits
  }
}
