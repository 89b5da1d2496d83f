import type { Dice } from './dice.ts'
import type { Mapping, Value } from './value.ts'
import { mapping } from './value.ts'
import {
  API_GROUPS,
  BAD_API_GROUPS,
  BAD_LEVELS,
  BAD_STAGES,
  BAD_URLS,
  GROUPS_OF_USERS,
  LEVELS,
  NAMES,
  NAMESPACES,
  RESOURCES,
  STAGES,
  URLS,
  USERS,
  VERBS,
  WILD_API_GROUPS
} from './words.ts'

export interface RuleModel {
  readonly level: string
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resources?: readonly EntryModel[]
  readonly namespaces?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly string[]
  readonly omitManagedFields?: boolean
}

export interface EntryModel {
  readonly group?: string
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

export interface PolicyModel {
  readonly rules: readonly RuleModel[]
  readonly omitStages?: readonly string[]
  readonly omitManagedFields?: boolean
}

/** A policy of which validation refuses no word, or, at `bad` percent of the places, one that it may refuse. */
export const generatePolicy = (dice: Dice, bad: number): PolicyModel => ({
  rules: Array.from({ length: bad > 0 && dice.chance(3) ? 0 : 1 + dice.pick(dice.chance(10) ? 12 : 5) }, () =>
    generateRule(dice, bad)
  ),
  ...stagesOf(dice, bad, 35),
  ...(dice.chance(20) ? { omitManagedFields: dice.chance(60) } : {})
})

const wordsOf = (dice: Dice, good: readonly string[], wrong: readonly string[], bad: number): string[] =>
  dice.several(good, dice.chance(8) ? 0 : 1, 3).map(word => (dice.chance(bad) ? dice.one(wrong) : word))

const stagesOf = (dice: Dice, bad: number, share: number): { omitStages?: readonly string[] } =>
  dice.chance(share) ? { omitStages: wordsOf(dice, STAGES, BAD_STAGES, bad) } : {}

const generateRule = (dice: Dice, bad: number): RuleModel => {
  const kind = dice.pick(100)
  const isForUrls = kind < 25 || dice.chance(bad / 4)
  const isForResources = kind >= 35
  return {
    level: dice.chance(bad / 2) ? dice.one(BAD_LEVELS) : dice.one(LEVELS),
    ...(dice.chance(30) ? { users: dice.several(USERS, 0, 3) } : {}),
    ...(dice.chance(20) ? { userGroups: dice.several(GROUPS_OF_USERS, 0, 3) } : {}),
    ...(dice.chance(35) ? { verbs: dice.several(VERBS, 0, 4) } : {}),
    ...(isForResources && dice.chance(80) ? { resources: entriesOf(dice, bad) } : {}),
    ...(isForResources && dice.chance(25) ? { namespaces: dice.several(NAMESPACES, 0, 3) } : {}),
    ...(isForUrls ? { nonResourceURLs: wordsOf(dice, URLS, BAD_URLS, bad) } : {}),
    ...stagesOf(dice, bad, 20),
    ...(dice.chance(12) ? { omitManagedFields: dice.chance(50) } : {})
  }
}

const entriesOf = (dice: Dice, bad: number): EntryModel[] =>
  Array.from({ length: dice.chance(5) ? 0 : 1 + dice.pick(3) }, () => {
    const resources = dice.chance(80) ? dice.several(RESOURCES, dice.chance(5) ? 0 : 1, 4) : undefined
    const mayName = (resources !== undefined && resources.length > 0) || dice.chance(bad)
    return {
      ...(dice.chance(80) ? { group: groupOf(dice, bad) } : {}),
      ...(resources ? { resources } : {}),
      ...(mayName && dice.chance(25) ? { resourceNames: dice.several(NAMES, 0, 3) } : {})
    }
  })

const groupOf = (dice: Dice, bad: number): string => {
  if (dice.chance(bad)) return dice.one(BAD_API_GROUPS)
  return dice.chance(4) ? dice.one(WILD_API_GROUPS) : dice.one(API_GROUPS)
}

/** The policy as it is to be written, its keys in an order that the dice choose. */
export const policyMapping = (dice: Dice, { rules, ...rest }: PolicyModel): Mapping => {
  const written = mapping({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    ...(dice.chance(15) ? { metadata: metadataOf(dice) } : {}),
    ...rest,
    rules: rules.map(rule => ruleMapping(dice, rule))
  })
  return dice.chance(25) ? { pairs: dice.shuffled(written.pairs) } : written
}

const ruleMapping = (dice: Dice, { resources, ...rest }: RuleModel): Mapping => {
  const entries = resources?.map(entry => mapping({ ...entry }))
  const written = mapping({ ...rest, resources: entries })
  return dice.chance(25) ? { pairs: dice.shuffled(written.pairs) } : written
}

const metadataOf = (dice: Dice): Value =>
  dice.one<Value>([
    null,
    mapping({}),
    mapping({ name: 'a', namespace: 'b', generation: 1, labels: mapping({ a: 'b' }), finalizers: ['x'] }),
    mapping({ name: 'a', creationTimestamp: '2024-01-31T12:00:00Z', annotations: mapping({ 'a/b': 'c' }) }),
    mapping({ creationTimestamp: null, managedFields: [], ownerReferences: [] }),
    mapping({ ownerReferences: [mapping({ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b', controller: true })] })
  ])
