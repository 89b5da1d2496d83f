import { breakBytes, breakText, wrapText } from './break-text.ts'
import { breakValue } from './break-value.ts'
import type { Dice } from './dice.ts'
import { diceFrom } from './dice.ts'
import { generatePolicy, policyMapping } from './generate-policy.ts'
import { generateSoup } from './generate-soup.ts'
import { generateRequests } from './generate-requests.ts'
import { toJson, type Value } from './value.ts'
import type { PolicyCase } from './verdict.ts'
import { toYaml } from './yaml-writer.ts'

/** A policy, sound or broken in some way, and requests on its boundaries; the same for the same seed and index. */
export const generateCase = (seed: number, index: number, requests: number): PolicyCase => {
  const dice = diceFrom(Math.imul(seed, 1_000_003) + index)
  const kind = dice.pick(100)
  const model = generatePolicy(dice, kind >= 45 && kind < 58 ? 12 : 0)
  const asked = generateRequests(dice, model, requests)
  const value = policyMapping(dice, model)
  return { text: textOf(dice, value, kind), requests: asked }
}

const textOf = (dice: Dice, value: Value, kind: number): string | Uint8Array => {
  if (kind < 25) return written(dice, value, 0)
  if (kind < 45) return wrapped(dice, written(dice, value, 15))
  if (kind < 58) return written(dice, value, 5)
  if (kind < 80) return wrapped(dice, written(dice, broken(dice, value), dice.one([0, 0, 15])))
  if (kind < 84) return generateSoup(dice)
  if (kind < 97)
    return mangled(dice, written(dice, dice.chance(20) ? broken(dice, value) : value, dice.one([0, 0, 15])))
  if (kind < 99) return breakBytes(dice, written(dice, value, 0))
  return dice.one(SMALL)
}

const written = (dice: Dice, value: Value, oddity: number): string =>
  dice.chance(12) ? toJson(value, dice.one(['', '  ', '\t'])) : toYaml(value, dice, oddity)

const wrapped = (dice: Dice, text: string): string => (dice.chance(50) ? wrapText(dice, text) : text)

const broken = (dice: Dice, value: Value): Value => {
  const once = breakValue(dice, value)
  return dice.chance(20) ? breakValue(dice, once) : once
}

const mangled = (dice: Dice, text: string): string => {
  const once = breakText(dice, text)
  return dice.chance(25) ? breakText(dice, once) : once
}

// prettier-ignore
const SMALL = [
  '', ' ', '\n', '\t', '#', '---', '---\n', '--- \n...\n', '...', '{}', '[]', '""', "''", 'a', '1', 'null', '~', 'true', '{', '}', '[', ']', '{}{}', '{} x', '{}\n{}', '- a', 'a: b', '!!map', '!!map {}', '&a', '*a',
  '|', '>', '%', '%YAML 1.1', '%YAML 1.1\n---\n', '\ufeff', '\ufeff{}', '\u0000', '{"a":1}', '{a: b}', ' {}', '\n{}', '\t{}', '\ufeff {}', '? a', '? ', ':', '- ', '-', '? - a\n: b', '<<: {a: b}', 'apiVersion: audit.k8s.io/v1',
  'apiVersion: audit.k8s.io/v1\nkind: Policy', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: null',
  'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: {}', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [null]', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{}]', 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]',
  'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}, null]', '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None"}]}', '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None",}]}',
  '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None","level":"Metadata"}]}', '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None","x":1}]}', '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None"}]}\n---\nx',
  '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None"}]} # x', '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"No\\u006ee"}]}', '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None","users":["\\ud800"]}]}'
] as const
