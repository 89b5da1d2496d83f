import { MAP_RESOURCES, MAP_URLS, servedAs } from './map-built-ins.ts'
import type { MapRow } from './map-request.ts'
import type { GroupResources, Policy } from './policy.ts'
import { freshWord, vocabularyOf } from './vocabulary.ts'

/** The rows of a policy's map: what it names, what matters of what is built in, and whatever else there may be. */
export const rowsOf = (policy: Policy): MapRow[] => [...resourceRows(policy), ...urlRows(policy)]

const ANY = 'any other'

const resourceRows = (policy: Policy): MapRow[] => {
  const words = wordsOf(policy)
  const entries = policy.rules.flatMap(rule => rule.resources)
  const named = entries.flatMap(entry => entryRows(entry, words))
  const builtIn = MAP_RESOURCES.flatMap(({ group, resources }) =>
    resources.map(each => resourceRow({ ...splitResource(each), group, name: '' }, words, false))
  )
  const elsewhere = resourceRow({ group: null, resource: null, subresource: '', name: '' }, words, false)
  const rows = new Map([...named, ...builtIn, elsewhere].toReversed().map(row => [rowKey(row), row]))
  return [...rows.values()].sort(compareRows)
}

const rowKey = ({ group, resource, subresource, name }: MapRow): string =>
  JSON.stringify([group, resource, subresource, name])

const compareRows = (a: MapRow, b: MapRow): number => {
  if (a.group !== b.group) return a.group === null ? 1 : b.group === null || a.group < b.group ? -1 : 1
  return orderOf(a) < orderOf(b) ? -1 : 1
}

// what stands for others comes last, also among the subresources
const orderOf = ({ label, subresource, name, resource }: MapRow): string =>
  [label.startsWith(ANY) ? '\uFFFF' : resource, label.includes(`/${ANY}`) ? '\uFFFF' : subresource, name].join('\0')

/** Words that stand for all those which a policy does not name. */
interface Words {
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
}

const wordsOf = (policy: Policy): Words => {
  const entries = policy.rules.flatMap(rule => rule.resources)
  const parts = new Set(entries.flatMap(entry => entry.resources).flatMap(each => [each, ...each.split('/')]))
  const names = new Set(entries.flatMap(entry => entry.resourceNames))
  const { apiGroups } = vocabularyOf([policy])
  return {
    group: freshWord('example.com', word => apiGroups.has(word)),
    resource: freshWord('anything', word => parts.has(word)),
    subresource: freshWord('anything', word => parts.has(word)),
    name: freshWord('example', word => names.has(word))
  }
}

const splitResource = (written: string): { resource: string; subresource: string } => {
  const slash = written.indexOf('/')
  if (slash === -1) return { resource: written, subresource: '' }
  return { resource: written.slice(0, slash), subresource: written.slice(slash + 1) }
}

const entryRows = (entry: GroupResources, words: Words): MapRow[] => {
  // a rule for all groups shows on the row that stands for groups not named
  const group = entry.group === '*' ? null : entry.group
  const kinds = entry.resources.flatMap(kindsOf)
  const names = ['', ...entry.resourceNames.filter(name => name !== '')]
  const other = resourceRow({ group, resource: null, subresource: '', name: '' }, words, true)
  return [...kinds.flatMap(kind => names.map(name => resourceRow({ ...kind, group, name }, words, true))), other]
}

/** A resource and a subresource; null stands for any that is not named. */
interface Kind {
  readonly resource: string | null
  readonly subresource: string | null
}

const kindsOf = (written: string): Kind[] => {
  const { resource, subresource } = splitResource(written)
  if (written === '*/*') return []
  if (subresource === '*')
    return [resource, resource].map((each, at) => ({ resource: each, subresource: at ? null : '' }))
  return [{ resource: resource === '*' ? null : resource, subresource }]
}

const resourceRow = (
  kind: Kind & { readonly group: string | null; readonly name: string },
  words: Words,
  isNamed: boolean
): MapRow => {
  const apiGroup = kind.group ?? words.group
  const resource = kind.resource ?? words.resource
  const subresource = kind.subresource ?? words.subresource
  const served = servedAs(apiGroup, resource, subresource)
  return {
    ...{ kind: 'resource', group: kind.group, apiGroup, resource, subresource, path: '', isNamed },
    ...{ name: kind.name, otherName: words.name, label: labelOf(kind) },
    scope: scopeOf(apiGroup, resource, served?.isNamespaced),
    served: served && kind.subresource !== null ? served.verbs : null
  }
}

const labelOf = ({ resource, subresource }: Kind): string =>
  `${resource ?? ANY}${subresource === '' ? '' : `/${subresource ?? ANY}`}`

const scopeOf = (apiGroup: string, resource: string, isNamespaced: boolean | undefined): MapRow['scope'] => {
  if (apiGroup === '' && resource === 'namespaces') return 'itself'
  if (isNamespaced === undefined) return 'either'
  return isNamespaced ? 'namespaced' : 'cluster'
}

const urlRows = (policy: Policy): MapRow[] => {
  const patterns = vocabularyOf([policy]).patterns
  const named = [...patterns].filter(pattern => pattern !== '*')
  const stems = [...named.map(pattern => pattern.replace(/\*$/, '')), ...MAP_URLS]
  const isTaken = (path: string): boolean => stems.some(stem => stem.startsWith(path))
  const rows = [...new Set([...named, ...MAP_URLS])].sort().map(pattern => {
    const path = pattern.endsWith('*') ? freshWord(`${pattern.slice(0, -1)}anything`, isTaken) : pattern
    return urlRow(pattern, path, patterns.has(pattern))
  })
  return [...rows, urlRow(`${ANY} URL`, freshWord('/anything', isTaken), patterns.has('*'))]
}

const urlRow = (label: string, path: string, isNamed: boolean): MapRow => ({
  ...{ kind: 'url', group: null, label, path, isNamed, scope: 'cluster', served: null },
  ...{ apiGroup: '', resource: '', subresource: '', name: '', otherName: '' }
})
