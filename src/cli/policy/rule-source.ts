import { ruleLinesFrom } from '../../policy/map-lines.ts'
import type { Policy } from '../../policy/policy.ts'
import { linesOf } from '../../render/code-frame.ts'
import type { RuleSource } from '../../render/policy-explanation.ts'
import type { GoSource } from '../../text/go-source.ts'

/** The text of an accepted policy, and on which lines a rule of it stands. */
export const ruleSourceOf = (policy: Policy, source: GoSource): RuleSource => ({
  file: source.file,
  lines: linesOf(source.text),
  placeOf: rule => {
    const first = policy.rules[rule ?? -1]?.line
    return first === undefined ? undefined : ruleLinesFrom(source, rule ?? -1, first)
  }
})
