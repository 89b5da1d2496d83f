import type { Request } from '../audit/request.ts'
import {
  type Decision,
  decisionOf,
  isForResources,
  matchesEntry,
  matchesNamespace,
  matchesPath,
  matchesPattern,
  matchesUser,
  matchesVerb
} from './evaluate.ts'
import type { GroupResources, Policy, Rule } from './policy.ts'
import { freshWord, resourceWords, vocabularyOf } from './vocabulary.ts'

/** The rules that a word leaves in the running: bit n of the whole is rule n, 32 in each number. */
type Bits = Int32Array

/** The rules that a resource leaves, by the object's name where rules name some. */
interface Cell {
  readonly any: Bits
  readonly named: ReadonlyMap<string, Bits> | null
}

/**
 * A function that gives the same decisions as evaluate, for many requests: the policy becomes an index, in which each
 * attribute of a request leads to the set of rules that accept it, and the lowest rule in all those sets decides.
 */
export const compilePolicy = (policy: Policy): ((request: Request) => Decision) => {
  const { rules } = policy
  const words = vocabularyOf([policy])
  const bits = (accepts: (rule: Rule) => boolean): Bits => bitsOf(rules, accepts)
  const users = lazyTable(words.users, user => bits(rule => matchesUser(rule, user)))
  const nobody = bits(rule => matchesUser(rule, null) && rule.userGroups.length === 0)
  const inNoGroup = bits(rule => rule.userGroups.length === 0)
  const groups = new Map([...words.groups].map(group => [group, bits(rule => rule.userGroups.includes(group))]))
  const verbs = lazyTable(words.verbs, verb => bits(rule => matchesVerb(rule, verb)))
  const namespaces = lazyTable(words.namespaces, namespace => bits(rule => matchesNamespace(rule, namespace)))
  const cellOf = resourceTable(rules)
  const pathBits = pathTable(rules)
  const decisions = rules.map((_, index) => decisionOf(policy, index))
  const none = decisionOf(policy, null)

  const groupsAt = (request: Request, word: number): number => {
    let accepted = inNoGroup[word] ?? 0
    for (const group of request.groups) accepted |= groups.get(group)?.[word] ?? 0
    return accepted
  }
  return request => {
    const user = request.user === null ? nobody : users(request.user)
    const verb = verbs(request.verb)
    const target = request.resourceRequest ? bitsFor(cellOf(request), request.name) : pathBits(request.path)
    const namespace = request.resourceRequest ? namespaces(request.namespace) : target
    for (let word = 0; word < target.length; word++) {
      let left = (user[word] ?? 0) & (verb[word] ?? 0) & (target[word] ?? 0) & (namespace[word] ?? 0)
      // most often the first of them asks for no group, and then the groups need no look
      if (left !== 0 && (left & -left & (inNoGroup[word] ?? 0)) === 0) {
        left &= request.user === null ? (inNoGroup[word] ?? 0) : groupsAt(request, word)
      }
      if (left !== 0) return decisions[word * 32 + 31 - Math.clz32(left & -left)] ?? none
    }
    return none
  }
}

const bitsOf = (rules: readonly Rule[], accepts: (rule: Rule) => boolean): Bits => {
  const bits = new Int32Array(Math.ceil(rules.length / 32))
  rules.forEach((rule, index) => {
    if (accepts(rule)) bits[index >> 5] = (bits[index >> 5] ?? 0) | (1 << (index & 31))
  })
  return bits
}

/** A table with a row for each of some words and one for all others, each made when it is first asked for. */
const lazyTable = <T>(words: ReadonlySet<string>, make: (word: string) => T): ((word: string) => T) => {
  const rows = new Map<string, T | undefined>([...words].map(word => [word, undefined]))
  const other = freshWord('other', word => words.has(word))
  let rest: T | undefined
  return word => {
    const row = rows.get(word)
    if (row !== undefined) return row
    if (!rows.has(word)) return (rest ??= make(other))
    const made = make(word)
    rows.set(word, made)
    return made
  }
}

const resourceTable = (rules: readonly Rule[]): ((request: Request) => Cell) => {
  const whole = bitsOf(rules, rule => rule.resources.length === 0 && (isForResources(rule) || isForAll(rule)))
  const entries = rules.flatMap((rule, index) => rule.resources.map(entry => ({ index, entry })))
  const groupNames = new Set(entries.map(({ entry }) => entry.group))
  const tables = lazyTable(groupNames, apiGroup => {
    const own = entries.filter(({ entry }) => entry.group === apiGroup || entry.group === '*')
    const { resources, subresources } = resourceWords(own.map(({ entry }) => entry))
    return lazyTable(resources, resource =>
      lazyTable(subresources, subresource => makeCell(whole, own, { apiGroup, resource, subresource }))
    )
  })
  return ({ apiGroup, resource, subresource }) => tables(apiGroup)(resource)(subresource)
}

const isForAll = (rule: Rule): boolean => rule.nonResourceURLs.length === 0

const makeCell = (
  whole: Bits,
  entries: readonly { readonly index: number; readonly entry: GroupResources }[],
  kind: Pick<Request, 'apiGroup' | 'resource' | 'subresource'>
): Cell => {
  const names = new Set(entries.flatMap(({ entry }) => entry.resourceNames))
  const bitsOfName = (name: string): Bits => {
    const bits = whole.slice()
    for (const { index, entry } of entries) {
      if (matchesEntry(entry, { ...kind, name })) bits[index >> 5] = (bits[index >> 5] ?? 0) | (1 << (index & 31))
    }
    return bits
  }
  return {
    any: bitsOfName(freshWord('other', word => names.has(word))),
    named: names.size === 0 ? null : new Map([...names].map(name => [name, bitsOfName(name)]))
  }
}

const bitsFor = (cell: Cell, name: string): Bits => cell.named?.get(name) ?? cell.any

const pathTable = (rules: readonly Rule[]): ((path: string) => Bits) => {
  const patterns = [...vocabularyOf([{ rules, omitStages: [], omitManagedFields: false }]).patterns]
  const everywhere = bitsOf(rules, rule => !isForResources(rule) && isForAll(rule))
  const exact = new Set(patterns.filter(pattern => !pattern.endsWith('*')))
  const wild = patterns
    .filter(pattern => pattern.endsWith('*'))
    .map(pattern => ({ pattern, bits: bitsOf(rules, rule => rule.nonResourceURLs.includes(pattern)) }))
  const known = lazyTable(exact, path => bitsOf(rules, rule => matchesPath(rule, path)))
  return path => {
    if (exact.has(path)) return known(path)
    const covering = wild.filter(({ pattern }) => matchesPattern(pattern, path))
    if (covering.length === 0) return everywhere
    return everywhere.map((word, index) => covering.reduce((all, { bits }) => all | (bits[index] ?? 0), word))
  }
}
