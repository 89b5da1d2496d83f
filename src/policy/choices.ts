import type { Request } from '../audit/request.ts'
import { isForPaths, isForResources, spellingsOf, type Target } from './evaluate.ts'
import type { GroupResources, Policy, Rule } from './policy.ts'
import { freshWord, resourceWords, type Vocabulary, vocabularyOf } from './vocabulary.ts'

/** Which requests count; a part that is left out is free. */
export interface Within {
  /** Requests for these resources only, with any name. */
  readonly targets?: readonly Pick<Target, 'apiGroup' | 'resource' | 'subresource'>[]
  /** Requests for these other URLs only; with `targets` those count too. */
  readonly paths?: readonly string[]
  /** Requests for subresources of these names only. */
  readonly subresources?: readonly string[]
  /** Other URLs that begin so only. */
  readonly pathPrefix?: string
  readonly names?: readonly string[]
  readonly namespaces?: readonly string[]
  readonly verbs?: readonly string[]
  /** Null is a sender who is not known. */
  readonly users?: readonly (string | null)[]
}

/** A value of one part of a request, with the rules that accept it: bit n is rule n of all policies in a row. */
export interface Choice<T> {
  readonly value: T
  readonly rules: bigint
}

/** The values worth trying for each part of a request: one for each set of rules that accept it, the plainest first. */
export interface Choices {
  readonly targets: readonly Choice<Target>[]
  readonly paths: readonly Choice<string>[]
  readonly namespaces: readonly Choice<string>[]
  readonly verbs: readonly Choice<string>[]
  readonly pathVerbs: readonly Choice<string>[]
  readonly users: readonly Choice<string | null>[]
}

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']
const METHODS = ['get', 'post', 'put', 'delete', 'head']

const COMMON: readonly Target[] = [
  ...['pods', 'secrets', 'configmaps', 'services', 'nodes'].map(resource => ({ apiGroup: '', resource })),
  { apiGroup: 'apps', resource: 'deployments' }
].map(kind => ({ ...kind, subresource: '', name: 'example' }))

/** The choices by which the rules of some policies tell requests apart, for one bound after another. */
export const choicesFrom = (policies: readonly Policy[]): ((within: Within) => Choices) => {
  const rules = policies.flatMap(policy => policy.rules)
  const words = vocabularyOf(policies)
  const [pathSet, namespaceSet, verbSet] = [
    pathSets(rules),
    setOf(rules, rule => rule.namespaces),
    setOf(rules, rule => rule.verbs)
  ]
  const users = userSets(rules)
  const chooseTargets = targetChooser(rules)
  return within => {
    const isForSome = (parts: readonly unknown[]): boolean => parts.some(part => part !== undefined)
    const hasTargets = isForSome([within.targets, within.subresources])
    const hasPaths = isForSome([within.paths, within.pathPrefix])
    const onlyPaths = hasPaths && !hasTargets
    const onlyTargets = hasTargets && !hasPaths
    const verbsFrom = (usual: readonly string[]): Choice<string>[] =>
      choose(within.verbs ?? plainest(usual, words.verbs, 'other'), verbSet)
    return {
      targets: onlyPaths ? [] : chooseTargets(within),
      paths: onlyTargets ? [] : choose(within.paths ?? pathsIn(words, within.pathPrefix ?? ''), pathSet),
      namespaces: choose(
        within.namespaces ?? ['default', '', ...plainest(['kube-system'], words.namespaces, 'other-namespace')],
        namespaceSet
      ),
      verbs: verbsFrom(VERBS),
      pathVerbs: verbsFrom(METHODS),
      users: choose(within.users ?? [...plainUsersOf(policies), null], users)
    }
  }
}

/** Users that may send a request: one whom no rule names, and those whom rules name. */
export const plainUsersOf = (policies: readonly Policy[]): string[] =>
  plainest(['jane'], vocabularyOf(policies).users, 'jane')

/** The usual words, those that rules name, and one that none of them names. */
const plainest = (usual: readonly string[], named: ReadonlySet<string>, stem: string): string[] => {
  const all = new Set([...usual, ...named])
  return [...all, freshWord(stem, word => all.has(word))]
}

/** One choice for each set of rules: the first value that has it. */
const choose = <T>(values: Iterable<T>, rulesOf: (value: T) => bigint): Choice<T>[] => {
  const first = new Map<bigint, T>()
  for (const value of values) {
    const rules = rulesOf(value)
    if (!first.has(rules)) first.set(rules, value)
  }
  return [...first].map(([rules, value]) => ({ value, rules }))
}

/** The bits of the rules that hold something. */
export const bitsWhere = (rules: readonly Rule[], holds: (rule: Rule) => boolean): bigint =>
  rules.reduce((bits, rule, index) => (holds(rule) ? bits | (1n << BigInt(index)) : bits), 0n)

// a rule takes a word that it lists, and any word when it lists none
const setOf = (rules: readonly Rule[], listOf: (rule: Rule) => readonly string[]): ((word: string) => bigint) => {
  const free = bitsWhere(rules, rule => listOf(rule).length === 0)
  const named = new Map<string, bigint>()
  rules.forEach((rule, index) => {
    for (const word of listOf(rule)) named.set(word, (named.get(word) ?? free) | (1n << BigInt(index)))
  })
  return word => named.get(word) ?? free
}

const userSets = (rules: readonly Rule[]): ((user: string | null) => bigint) => {
  const known = setOf(rules, rule => rule.users)
  const unknown = bitsWhere(rules, rule => rule.users.length === 0 && rule.userGroups.length === 0)
  return user => (user === null ? unknown : known(user))
}

function* targetChoicesOf(entries: readonly Entry[], within: Within): Generator<Target> {
  if (within.targets && within.names) {
    for (const kind of within.targets) for (const name of within.names) yield { ...kind, name }
    return
  }
  const apiGroups = new Set(entries.map(({ entry }) => entry.group))
  const fresh = freshWord('example.com', word => apiGroups.has(word))
  const kinds = within.targets
  if (kinds === undefined && within.subresources === undefined) yield* COMMON
  for (const apiGroup of kinds ? new Set(kinds.map(kind => kind.apiGroup)) : [...apiGroups, fresh]) {
    const own = entriesOf(entries, apiGroup)
    const words = resourceWords(own.map(({ entry }) => entry))
    const names = within.names ?? [
      'example',
      '',
      ...[...words.names].filter(isSegment),
      freshWord('other', word => words.names.has(word))
    ]
    const resources = [...words.resources].filter(word => word !== '' && isSegment(word))
    const subresources = within.subresources ?? [
      ...[...words.subresources].filter(isSegment),
      freshWord('other', word => words.subresources.has(word))
    ]
    const free = [...resources, freshWord('widgets', word => words.resources.has(word))].flatMap(resource =>
      subresources.map(subresource => ({ apiGroup, resource, subresource }))
    )
    for (const kind of kinds?.filter(each => each.apiGroup === apiGroup) ?? free) {
      for (const name of names) yield { ...kind, name }
    }
  }
}

// each is a part of the path between two slashes
const isSegment = (word: string): boolean => !word.includes('/')

interface Entry {
  readonly rule: bigint
  readonly entry: GroupResources
  /** The words of the entry, which may be very many. */
  readonly words: ReadonlySet<string>
}

const entriesOf = (entries: readonly Entry[], apiGroup: string): readonly Entry[] =>
  entries.filter(({ entry }) => entry.group === apiGroup || entry.group === '*')

const targetChooser = (rules: readonly Rule[]): ((within: Within) => Choice<Target>[]) => {
  const whole = bitsWhere(rules, rule => rule.resources.length === 0 && !isForPaths(rule))
  const entries = rules.flatMap((rule, index) =>
    rule.resources.map(entry => ({ rule: 1n << BigInt(index), entry, words: new Set(entry.resources) }))
  )
  const byGroup = new Map<string, readonly Entry[]>()
  const rulesOf = (target: Target): bigint => {
    const own = byGroup.get(target.apiGroup) ?? entriesOf(entries, target.apiGroup)
    byGroup.set(target.apiGroup, own)
    const spellings = spellingsOf(target)
    return own.reduce((bits, entry) => (takes(entry, target, spellings) ? bits | entry.rule : bits), whole)
  }
  return within => choose(targetChoicesOf(entries, within), rulesOf)
}

const takes = ({ entry, words }: Entry, target: Target, spellings: readonly string[]): boolean =>
  words.size === 0 ||
  ((entry.resourceNames.length === 0 || entry.resourceNames.includes(target.name)) &&
    spellings.some(spelling => words.has(spelling)))

// a path is taken by what is written so and by each beginning of it with a star behind
const pathSets = (rules: readonly Rule[]): ((path: string) => bigint) => {
  const free = bitsWhere(rules, rule => isFree(rule))
  const exact = new Map<string, bigint>()
  rules.forEach((rule, index) => {
    const own = isForPaths(rule) ? rule.nonResourceURLs : []
    for (const url of own) exact.set(url, (exact.get(url) ?? 0n) | (1n << BigInt(index)))
  })
  // a path of half a megabyte is not looked at after each of its characters
  const stems = new Set([...exact.keys()].flatMap(url => (url.endsWith('*') ? [url.length - 1] : [])))
  return path => {
    let bits = free | (exact.get(path) ?? 0n)
    for (const length of stems) if (length <= path.length) bits |= exact.get(`${path.slice(0, length)}*`) ?? 0n
    return bits
  }
}

const isFree = (rule: Rule): boolean => !isForResources(rule) && rule.nonResourceURLs.length === 0

/** Paths with a beginning, one at least for each set of patterns that takes some of them. */
export const pathsIn = (words: Pick<Vocabulary, 'patterns'>, prefix: string): string[] => {
  const patterns = prefix === '' ? words.patterns : new Set([...words.patterns, `${prefix}*`])
  return [...pathsOf(patterns)].filter(path => path.startsWith(prefix))
}

/** Each beginning that a pattern names, alone and gone on with, and paths that no pattern names. */
function* pathsOf(patterns: ReadonlySet<string>): Generator<string> {
  const stems = [...new Set(['', '/', ...[...patterns].map(pattern => pattern.replace(/\*$/, ''))])].sort()
  yield '/healthz'
  yield continued('/', stems, stems.indexOf('/'))
  for (const [index, stem] of stems.entries()) {
    yield continued(stem, stems, index)
    yield stem
  }
}

const TAILS = ['/other', ...'other-qwyuipasdfgjklzxcvbnm_0123456789~']

// a path that goes on after a beginning with a letter with which no other beginning does; the longer ones follow it
const continued = (stem: string, sorted: readonly string[], index: number): string => {
  const taken = new Set<string>()
  for (let next = index + 1; sorted[next]?.startsWith(stem); next++) taken.add(sorted[next]?.[stem.length] ?? '')
  const isFree = (tail: string): boolean => !taken.has(tail[0] ?? '')
  const tails = stem.endsWith('/') || stem === '' ? TAILS.slice(1) : TAILS
  const tail = tails.find(isFree) ?? rareLetter(isFree)
  return tail.length === 1 ? `${stem}${tail}${'other'.slice(tail === 'o' ? 1 : 0)}` : `${stem}${tail}`
}

const rareLetter = (isFree: (letter: string) => boolean): string => {
  for (let code = 0xa1; ; code++) if (isFree(String.fromCharCode(code))) return String.fromCharCode(code)
}

/** The parts of a request that a choice does not fill. */
export const EMPTY_REQUEST: Request = {
  ...{ user: '', groups: [], verb: '', resourceRequest: false, path: '' },
  ...{ apiGroup: '', resource: '', subresource: '', namespace: '', name: '' }
}
