import { isOdd, type LintContext, type LintRule, quoted, type Remark, type Word, wordsOf } from './lint-rule.ts'

/** Lint rules for single words: wildcards where there are none, blanks, empty words, the same word twice. */
export const WORD_RULES: readonly LintRule[] = [
  {
    code: 'policy-wildcard',
    severity: 'warning',
    why: 'the API server compares it letter by letter, so it matches nothing',
    check: function* ({ policy }) {
      for (const word of wordsOf(policy)) {
        if (!isWildcard(word)) continue
        yield {
          ...about(word),
          message: `the * in ${quoted(word.word)} is no wildcard`,
          remediation: withoutStar(word)
        }
      }
    }
  },
  {
    code: 'policy-blanks',
    severity: 'warning',
    why: 'the API server compares them too, so it matches nothing',
    check: function* ({ policy }) {
      for (const word of wordsOf(policy)) {
        const bare = word.word.trim()
        if (bare === word.word) continue
        yield { ...about(word), message: `blanks around ${quoted(word.word)}`, remediation: `write ${quoted(bare)}` }
      }
    }
  },
  {
    code: 'policy-empty-word',
    severity: 'warning',
    why: 'no request has that, and it does not mean "any"',
    check: function* ({ policy }) {
      for (const word of wordsOf(policy)) {
        // without a namespace are the requests for cluster-scoped resources, without a name those for whole collections
        if (word.word !== '' || word.list === 'namespaces' || word.list === 'resourceNames') continue
        const remediation = `take it out; without ${word.list} a rule takes any`
        yield { ...about(word), message: `an empty word in ${word.list}`, remediation }
      }
    }
  },
  {
    code: 'policy-duplicate',
    severity: 'info',
    why: 'the second changes nothing, and may have been meant as something else',
    check: checkDuplicates
  }
]

const about = ({ path }: Word): Pick<Remark, 'path' | 'dead'> => ({ path, dead: true })

// alone, behind a slash and before one they are wildcards: pkg/audit/policy/checker.go, ruleMatchesResource
const isWildcard = ({ word, list }: Word): boolean =>
  word.includes('*') &&
  word === word.trim() &&
  (list !== 'resources' || !(word === '*' || /^\*\/[^*]+$/.test(word) || /^[^*]+\/\*$/.test(word)))

const withoutStar = ({ word, list, rule }: Word): string => {
  if (list === 'resources') return withoutStarInResource(word)
  if (list === 'resourceNames') return 'write each name in full, or take resourceNames out to take any'
  if (word === '*') return `take ${list} out: without it the rule takes any`
  const serviceAccounts = /^system:serviceaccount:(?:([^:*]+):)?\*$/.exec(word)
  if (list === 'users' && serviceAccounts) {
    const namespace = serviceAccounts[1]
    return `write userGroups: [${quoted(namespace === undefined ? 'system:serviceaccounts' : `system:serviceaccounts:${namespace}`)}]`
  }
  if (list === 'users' && /^system:nodes?:\*$/.test(word)) return 'write userGroups: ["system:nodes"]'
  if (list === 'users') return 'write each user in full, or a group they are all in under userGroups'
  return `write each of the ${list === 'verbs' ? 'verbs' : list} in full${rule[list].length > 1 ? '' : ', or none for any'}`
}

const withoutStarInResource = (word: string): string => {
  if (/^[*/]+$/.test(word)) return 'write "*": it means every resource and every subresource'
  const start = word.replace(/[*/].*$/, '')
  if (/^[a-z]+\*$/.test(word)) return `write "${start}", and "${start}/*" for its subresources too`
  return 'write "*", "NAME/*" or "*/SUBRESOURCE"; there are no other wildcards'
}

function* checkDuplicates({ policy }: LintContext): Generator<Remark> {
  const seen = new Set<string>()
  for (const { word, path } of wordsOf(policy)) {
    const key = [...path.slice(0, -1), word].join('\0')
    if (seen.has(key) && !isOdd(word)) yield { path, message: `${quoted(word)} again`, remediation: 'take it out' }
    seen.add(key)
  }
  for (const [index, rule] of policy.rules.entries()) {
    const before = new Set<string>()
    for (const [place, entry] of rule.resources.entries()) {
      const key = JSON.stringify(entry)
      const path = ['rules', index, 'resources', place]
      if (before.has(key)) yield { path, message: 'the same entry again', remediation: 'take it out' }
      before.add(key)
    }
  }
}
