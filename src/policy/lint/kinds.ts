import { isServed, otherNames, RESOURCE_KINDS, type ResourceKind, resourceKind } from '../../audit/resources.ts'
import type { KubernetesVersion } from '../../audit/version.ts'
import { nearestWord } from '../../text/nearest.ts'
import type { GroupResources } from '../policy.ts'

/** A word under `resources`: what is selected of which resource. */
export interface ResourceWord {
  readonly base: string
  /** Behind the slash; `''` where there is none. */
  readonly subresource: string
}

/** The two halves of a word under `resources`. */
export const splitResource = (word: string): ResourceWord => {
  const slash = word.indexOf('/')
  return slash === -1
    ? { base: word, subresource: '' }
    : { base: word.slice(0, slash), subresource: word.slice(slash + 1) }
}

/** The built-in resources that people call by a word: plural, singular or short, in any mix of cases. */
export const kindsCalled = (word: string): readonly ResourceKind[] => {
  const small = word.toLowerCase()
  return BY_NAME.get(small) ?? BY_OTHER_NAME.get(small) ?? []
}

const tableBy = (namesOf: (kind: ResourceKind) => readonly string[]): ReadonlyMap<string, readonly ResourceKind[]> => {
  const table = new Map<string, ResourceKind[]>()
  for (const kind of RESOURCE_KINDS) {
    for (const name of new Set(namesOf(kind))) table.set(name, [...(table.get(name) ?? []), kind])
  }
  return table
}

const BY_NAME = tableBy(kind => [kind.name])
const BY_OTHER_NAME = tableBy(otherNames)

/** The built-in resource that is spelt most like a word; those of the same group first. */
export const kindsLike = (word: string, group: string): readonly ResourceKind[] => {
  const inGroup = RESOURCE_KINDS.filter(kind => kind.group === group)
  const near = nearestWord(
    word,
    inGroup.map(kind => kind.name)
  )
  if (near !== undefined) return inGroup.filter(kind => kind.name === near)
  const any = nearestWord(
    word,
    RESOURCE_KINDS.map(kind => kind.name)
  )
  return RESOURCE_KINDS.filter(kind => kind.name === any)
}

/** The built-in resource that a word under `resources` names exactly, with the verbs it serves; undefined for others. */
export const kindNamed = (
  entry: GroupResources,
  word: string,
  version: KubernetesVersion
): { readonly kind: ResourceKind; readonly verbs: readonly string[] } | undefined => {
  const { base, subresource } = splitResource(word)
  const kind = resourceKind(entry.group, base)
  if (!kind || !isServed(kind, version)) return undefined
  const verbs = subresource === '' ? kind.verbs : kind.subresources?.[subresource]?.verbs
  return verbs && { kind, verbs }
}

/** A group as people say it. */
export const groupName = (group: string): string => (group === '' ? 'the core group ""' : `the group ${group}`)
