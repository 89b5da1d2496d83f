import type { KubernetesVersion } from '../../audit/version.ts'
import type { Severity } from '../../finding.ts'
import type { Path } from '../../text/locate.ts'
import type { Policy, Rule } from '../policy.ts'
import { reachedDecisions } from '../reach.ts'

/** What a lint rule looks at: a policy that the API server accepts. */
export interface LintContext {
  readonly policy: Policy
  readonly version: KubernetesVersion
  /** The rules that decide some request; all of them where that is not worked out. */
  readonly reached: ReadonlySet<number>
  /** True where it is not worked out how the rules act together: there are too many, or too many words in them. */
  readonly isLong: boolean
}

/** The most rules of which it is worked out how they act together; policies in use have some tens. */
export const MOST_RULES = 150

/** The context in which a policy is looked at. */
export const contextOf = (policy: Policy, version: KubernetesVersion): LintContext => {
  const reached = policy.rules.length > MOST_RULES ? null : reachedDecisions([policy])
  if (reached === null) return { policy, version, reached: new Set(policy.rules.keys()), isLong: true }
  return { policy, version, reached: new Set(reached.flatMap(({ rules: [rule = null] }) => rule ?? [])), isLong: false }
}

/** Something that a lint rule has to say about what stands at a path of a policy. */
export interface Remark {
  readonly path: Path
  readonly message: string
  readonly remediation: string
  /** Where it is not that of the lint rule. */
  readonly severity?: Severity
  /** True for a word that no request matches: a rule whose words are all dead is dead too. */
  readonly dead?: boolean
}

/** A check beyond what the API server looks at. */
export interface LintRule {
  readonly code: string
  readonly severity: Severity
  /** Why it matters: the second half of each message. */
  readonly why: string
  /** True where the work grows faster than the policy, so that one of very many rules is not asked. */
  readonly isCostly?: boolean
  readonly check: (context: LintContext) => Iterable<Remark>
}

/** The lists of words in a rule that are compared for equality. */
export const WORD_LISTS = ['users', 'userGroups', 'verbs', 'namespaces'] as const

/** A word in a list of a rule, with its place. */
export interface Word {
  readonly word: string
  readonly list: (typeof WORD_LISTS)[number] | 'resources' | 'resourceNames'
  readonly rule: Rule
  readonly path: Path
}

/** Every word of a policy that is compared with a part of the request. */
export function* wordsOf(policy: Policy): Generator<Word> {
  for (const [index, rule] of policy.rules.entries()) {
    for (const list of WORD_LISTS) {
      yield* rule[list].map((word, item) => ({ word, list, rule, path: ['rules', index, list, item] }))
    }
    for (const [place, entry] of rule.resources.entries()) {
      for (const list of ['resources', 'resourceNames'] as const) {
        const at = ['rules', index, 'resources', place, list]
        yield* entry[list].map((word, item) => ({ word, list, rule, path: [...at, item] }))
      }
    }
  }
}

/** A word as it stands in the policy. */
export const quoted = (word: string): string => JSON.stringify(word)

/** `a, b and c`; of a long list the beginning. */
export const listed = (words: readonly string[]): string => {
  const shown = words.length > 6 ? [...words.slice(0, 5), `${words.length - 5} more`] : words
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`
}

/** True for a word that other lint rules speak of: with a wildcard, blanks around it, or nothing in it. */
export const isOdd = (word: string): boolean => word.includes('*') || word !== word.trim() || word === ''
