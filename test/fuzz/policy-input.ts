import { generateCase } from '../oracle/generate-case.ts'
import { generatePolicy, policyMapping } from '../oracle/generate-policy.ts'
import { toJson } from '../oracle/value.ts'
import { toYaml } from '../oracle/yaml-writer.ts'
import { POLICY_TEMPLATES } from '../../src/policy/templates.generated.ts'
import type { Dice } from './kind.ts'

/** An audit policy: sound ones in many forms, ones that are broken in one place, and those that come along. */
export const policyInput = (dice: Dice): Buffer => {
  const kind = dice.pick(100)
  if (kind < 45) {
    const { text } = generateCase(dice.pick(1_000_000_000), 0, 0)
    return Buffer.from(text)
  }
  if (kind < 90) return Buffer.from(written(dice))
  return Buffer.from(dice.one(Object.values(POLICY_TEMPLATES)).text)
}

const written = (dice: Dice): string => {
  const value = policyMapping(dice, generatePolicy(dice, dice.one([0, 0, 5])))
  return dice.chance(10) ? toJson(value, dice.one(['', '  ', '\t'])) : toYaml(value, dice, dice.one([0, 5, 15, 30]))
}
