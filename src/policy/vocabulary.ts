import type { GroupResources, Policy, Rule } from './policy.ts'

/** Every word that rules select by; requests that differ in other words only are all the same to them. */
export interface Vocabulary {
  readonly users: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly verbs: ReadonlySet<string>
  readonly namespaces: ReadonlySet<string>
  readonly apiGroups: ReadonlySet<string>
  /** The nonResourceURLs as they are written, wildcards included. */
  readonly patterns: ReadonlySet<string>
}

/** The words of some policies' rules. */
export const vocabularyOf = (policies: readonly Policy[]): Vocabulary => {
  const rules = policies.flatMap(policy => policy.rules)
  const collect = (of: (rule: Rule) => readonly string[]): ReadonlySet<string> => new Set(rules.flatMap(of))
  return {
    users: collect(rule => rule.users),
    groups: collect(rule => rule.userGroups),
    verbs: collect(rule => rule.verbs),
    namespaces: collect(rule => rule.namespaces),
    apiGroups: collect(rule => rule.resources.map(entry => entry.group)),
    patterns: collect(rule => rule.nonResourceURLs)
  }
}

/** The words that entries of one API group select resources by. */
export interface ResourceWords {
  readonly resources: ReadonlySet<string>
  readonly subresources: ReadonlySet<string>
  readonly names: ReadonlySet<string>
}

/** The words of entries: `pods/log` is the resource pods with the subresource log. */
export const resourceWords = (entries: readonly GroupResources[]): ResourceWords => {
  const written = entries.flatMap(entry => entry.resources)
  // a slash may stand anywhere in a word that nobody checks, so each one may be the border
  const borders = written.flatMap(word => [...word.matchAll(/\//g)].map(({ index }) => ({ word, index })))
  return {
    resources: new Set([...written, ...borders.map(({ word, index }) => word.slice(0, index))]),
    subresources: new Set(['', ...borders.map(({ word, index }) => word.slice(index + 1))]),
    names: new Set(entries.flatMap(entry => entry.resourceNames))
  }
}

/** A word that is not among others: the stem, or the stem with a number. */
export const freshWord = (stem: string, isTaken: (word: string) => boolean): string => {
  for (let number = 1; ; number++) {
    const word = number === 1 ? stem : `${stem}-${number}`
    if (!isTaken(word)) return word
  }
}
