import type { Policy } from '../../policy/policy.ts'
import { linesOf } from '../../render/code-frame.ts'
import type { RuleSource } from '../../render/policy-explanation.ts'
import { goNodeAt, type GoSource } from '../../text/go-source.ts'
import { positionAt } from '../../text/source.ts'

/** The text of an accepted policy, and on which lines a rule of it stands. */
export const ruleSourceOf = (policy: Policy, source: GoSource): RuleSource => ({
  file: source.file,
  lines: linesOf(source.text),
  placeOf: rule => {
    const first = policy.rules[rule ?? -1]?.line
    if (first === undefined) return undefined
    const node = goNodeAt(source, ['rules', rule ?? -1])
    return { first, last: node ? Math.max(first, positionAt(source.text, node.end).line) : first }
  }
})
