import type { Dice } from './dice.ts'
import { ODD_KEYS, ODD_SCALARS } from './scalars.ts'
import { isList, isMapping, type Key, type Mapping, mapping, raw, type Value } from './value.ts'

/** The value with one fault, somewhere in it. */
export const breakValue = (dice: Dice, value: Value): Value => {
  const places = placesOf(value)
  const place = dice.one(places)
  return replaceAt(value, place, inner => breakHere(dice, inner))
}

type Place = readonly number[]

// every mapping, list and scalar in it, by the indices that lead there
const placesOf = (value: Value, here: Place = []): Place[] => {
  const members = isList(value) ? value : isMapping(value) ? value.pairs.map(([, member]) => member) : []
  return [here, ...members.flatMap((member, index) => placesOf(member, [...here, index]))]
}

const replaceAt = (value: Value, [first, ...rest]: Place, change: (value: Value) => Value): Value => {
  if (first === undefined) return change(value)
  if (isList(value)) return value.map((each, index) => (index === first ? replaceAt(each, rest, change) : each))
  if (!isMapping(value)) return value
  return {
    pairs: value.pairs.map(([key, each], index) => [key, index === first ? replaceAt(each, rest, change) : each])
  }
}

const breakHere = (dice: Dice, value: Value): Value => {
  if (dice.chance(20)) return other(dice, value)
  if (isMapping(value)) return breakMapping(dice, value)
  if (isList(value)) return breakList(dice, value)
  return other(dice, value)
}

// something else in its place
const other = (dice: Dice, value: Value): Value =>
  dice.one<() => Value>([
    () => raw(dice.one(ODD_SCALARS)),
    () => raw(dice.one(ODD_SCALARS)),
    () => raw(dice.one(ODD_SCALARS)),
    () => null,
    () => [value],
    () => mapping({ a: value }),
    () => [],
    () => mapping({}),
    () => dice.one([1, 0, -1, 1.5, true, false, 1e21, 123456789012]),
    () => (isList(value) ? (value[0] ?? 'a') : String(dice.pick(9)))
  ])()

const breakList = (dice: Dice, list: readonly Value[]): Value => {
  const at = dice.pick(list.length + 1)
  const added = dice.one<() => Value>([
    () => null,
    () => raw(dice.one(ODD_SCALARS)),
    () => raw(dice.one(ODD_SCALARS)),
    () => list[0] ?? '',
    () => mapping({ level: 'None' }),
    () => dice.one([1, true, 'x', '']),
    () => []
  ])()
  return [...list.slice(0, at), added, ...list.slice(dice.chance(50) ? at + 1 : at)]
}

const breakMapping = (dice: Dice, { pairs }: Mapping): Value => {
  const at = pairs.length === 0 ? 0 : dice.pick(pairs.length)
  const [key, value] = pairs[at] ?? ['a', null]
  const put = (...put: readonly (readonly [Key, Value])[]): Mapping => ({
    pairs: [...pairs.slice(0, at), ...put, ...pairs.slice(at + 1)]
  })
  const last = (...put: readonly (readonly [Key, Value])[]): Mapping => ({ pairs: [...pairs, ...put] })
  return dice.one<() => Value>([
    () => put(),
    () => put([misspell(dice, key), value]),
    () => put([recase(dice, key), value]),
    () => put([key, value], [recase(dice, key), value]),
    () => put([recase(dice, key), value], [key, value]),
    () => put([key, value], [key, value]),
    () => last([key, other(dice, value)]),
    () => put([key, null], [key, value]),
    () => put([key, null]),
    () => last([dice.one(KNOWN_KEYS), dice.one(SOME_VALUES)]),
    () => last([dice.one(KNOWN_KEYS), dice.one(SOME_VALUES)]),
    () => last([raw(dice.one(ODD_KEYS)), raw(dice.one(ODD_SCALARS))]),
    () => put([raw(dice.one(ODD_KEYS)), value]),
    () =>
      put(
        [key, value],
        [
          raw('<<'),
          dice.one<Value>([mapping({ verbs: ['get'] }), [mapping({ level: 'None' })], raw('*a'), [], 'a', null])
        ]
      )
  ])()
}

// prettier-ignore
const KNOWN_KEYS = [
  'apiVersion', 'kind', 'metadata', 'rules', 'omitStages', 'omitManagedFields', 'level', 'users', 'userGroups', 'verbs', 'resources', 'namespaces', 'nonResourceURLs',
  'group', 'resourceNames', 'name', 'labels', 'annotations', 'generation', 'creationTimestamp', 'deletionGracePeriodSeconds', 'finalizers', 'ownerReferences', 'managedFields',
  'APIVersion', 'Kind', 'apiversion', 'KIND', 'Rules', 'Level', 'groups', 'user', 'apiGroup', 'uid', 'selfLink', 'clusterName', 'stages', 'x'
] as const

// prettier-ignore
const SOME_VALUES: readonly Value[] = [
  'audit.k8s.io/v1', 'audit.k8s.io/v1beta1', 'audit.k8s.io/v1alpha1', 'audit.k8s.io/', 'audit.k8s.io', '/v1', 'v1', 'a/b/c', '', 'Policy', 'policy', 'PolicyList', 'Event', 'Status', 'Metadata', 'a',
  1, 0, true, false, null, [], ['a'], [null], ['RequestReceived'], [1], [mapping({})], mapping({}), mapping({ a: 'b' }), mapping({ a: null }), mapping({ a: 1 }),
  [mapping({ level: 'None' })], [mapping({ group: '' })], [mapping({ group: '', resources: ['pods'] })], '2024-01-31T12:00:00Z', '2024-01-31', raw('2024-01-31T12:00:00Z'), 1.0, 1e3
]

const misspell = (dice: Dice, key: Key): Key => {
  if (typeof key !== 'string') return key
  const at = dice.pick(key.length + 1)
  const [head, tail] = [key.slice(0, at), key.slice(at)]
  return (
    dice.one([head + tail.slice(1), `${head}x${tail}`, `${key}s`, key.replace(/s$/, ''), `${key} `, ` ${key}`, head]) ||
    'x'
  )
}

const recase = (dice: Dice, key: Key): Key =>
  typeof key !== 'string'
    ? key
    : dice.one([
        key.toLowerCase(),
        key.toUpperCase(),
        key.charAt(0).toUpperCase() + key.slice(1),
        key.replace('k', '\u212a'),
        key.replace('s', '\u017f')
      ])
