import {
  AUTHORIZATION_ONLY,
  BUILT_IN_GROUPS,
  REMOVED,
  RESOURCE_KINDS,
  type ResourceKind,
  resourceKind
} from '../../audit/resources.ts'
import { nearestWord } from '../../text/nearest.ts'
import type { GroupResources } from '../policy.ts'
import { entriesOf } from './groups.ts'
import { groupName, kindNamed, kindsCalled, kindsLike, splitResource } from './kinds.ts'
import { isOdd, listed, type LintContext, type LintRule, quoted, type Remark } from './lint-rule.ts'

/** Lint rules for resources that do not exist, or not in this group, or not with these verbs. */
export const RESOURCE_RULES: readonly LintRule[] = [
  {
    code: 'policy-unknown-resource',
    severity: 'warning',
    why: 'resources are compared letter by letter with the plural in the URL, so it matches nothing that exists',
    check: context => checkWords(context, unknownResource)
  },
  {
    code: 'policy-wrong-group',
    severity: 'warning',
    why: 'the group of an entry must be that of its resources, so it matches nothing that exists',
    check: context => checkWords(context, wrongGroup)
  },
  {
    code: 'policy-authorization-only',
    severity: 'info',
    why: 'it occurs in roles and in access reviews, and in no request to the API server',
    check: context =>
      checkWords(context, (entry, word) =>
        isAuthorizationOnly(entry, word)
          ? { message: `${word} is known to authorization alone`, remediation: 'take it out' }
          : undefined
      )
  },
  {
    code: 'policy-verb-not-served',
    severity: 'info',
    why: 'no request for it succeeds with one of these verbs',
    check: checkServed
  }
]

type Said = Pick<Remark, 'message' | 'remediation'> | undefined

function* checkWords({ policy }: LintContext, say: (entry: GroupResources, word: string) => Said): Generator<Remark> {
  for (const { entry, path } of entriesOf(policy)) {
    for (const [index, word] of entry.resources.entries()) {
      const isWild = word === '*' || (isOdd(word) && !/^[^*\s]+\/\*$|^\*\/[^*\s]+$/.test(word))
      const said = isWild ? undefined : say(entry, word)
      if (said) yield { path: [...path, 'resources', index], dead: true, ...said }
    }
  }
}

const isAuthorizationOnly = (entry: GroupResources, word: string): boolean =>
  AUTHORIZATION_ONLY.some(each => each.group === entry.group && each.name === word)

// another lint rule says so
const isRemoved = ({ group }: GroupResources, base: string): boolean =>
  REMOVED.some(each => each.group === group && each.name === base)

const isBuiltIn = (group: string): boolean => BUILT_IN_GROUPS.includes(group)

const unknownResource = (entry: GroupResources, word: string): Said => {
  const { base, subresource } = splitResource(word)
  if (isAuthorizationOnly(entry, word) || isRemoved(entry, base)) return undefined
  if (base === '*') return unknownSubresource(entry, word, subresource, kindsIn(entry.group))
  if (!isBuiltIn(entry.group) && entry.group !== '*') return capitals(word)
  const kind =
    entry.group === '*' ? kindsCalled(base).find(each => each.name === base) : resourceKind(entry.group, base)
  if (kind) return subresource === '*' ? undefined : unknownSubresource(entry, word, subresource, [kind])
  const called = kindsCalled(base)
  const own = called.find(each => entry.group === '*' || each.group === entry.group)
  const message = `there is no ${quoted(base)} in ${groupName(entry.group)}`
  if (own) return { message, remediation: `write ${withSubresource(own.name, subresource)}` }
  if (called.length > 0 || entry.group === '*' || splitGroup(base)) return undefined
  const [near] = kindsLike(base, entry.group)
  if (!near) return { message, remediation: 'write the plural as kubectl api-resources lists it, with its group' }
  const wanted = withSubresource(near.name, subresource)
  if (near.group === entry.group) return { message, remediation: `write ${wanted}` }
  if (entry.resources.length > 1) return { message, remediation: splitOff(entry, word, near.group, wanted) }
  return { message, remediation: `write ${wanted} and group: ${quoted(near.group)}` }
}

const kindsIn = (group: string): readonly ResourceKind[] =>
  RESOURCE_KINDS.filter(kind => group === '*' || kind.group === group)

const withSubresource = (name: string, subresource: string): string =>
  subresource === '' ? name : `${name}/${subresource}`

// the names of custom resources are not known, but how they are written is
const capitals = (word: string): Said =>
  /[A-Z]/.test(word)
    ? {
        message: `${quoted(word)} has capital letters`,
        remediation: `write the plural in small letters: ${word.toLowerCase()}`
      }
    : undefined

const unknownSubresource = (
  entry: GroupResources,
  word: string,
  subresource: string,
  kinds: readonly ResourceKind[]
): Said => {
  const known = [...new Set(kinds.flatMap(kind => Object.keys(kind.subresources ?? {})))]
  if (subresource === '' || known.includes(subresource)) return undefined
  // custom resources have these two
  if (!isBuiltIn(entry.group) && ['status', 'scale'].includes(subresource)) return undefined
  if (kinds.length === 0) return undefined
  const near = nearestWord(subresource, known) ?? known.find(each => subresource.startsWith(each))
  const base = splitResource(word).base
  return {
    message: `there is no subresource ${quoted(word)} in ${entry.group === '*' ? 'any group' : groupName(entry.group)}`,
    remediation:
      near !== undefined
        ? `write ${base}/${near}`
        : known.length > 0
          ? `write ${listed(known.map(each => `${base}/${each}`))}`
          : `write ${base}; it has no subresources`
  }
}

/** `deployments.apps`, as kubectl takes it. */
const splitGroup = (base: string): ResourceKind | undefined => {
  const [name = '', ...group] = base.split('.')
  if (group.length === 0) return undefined
  return kindsCalled(name).find(kind => [kind.group, kind.group.split('.')[0]].includes(group.join('.')))
}

const wrongGroup = (entry: GroupResources, word: string): Said => {
  if (!isBuiltIn(entry.group) || isAuthorizationOnly(entry, word)) return undefined
  const { base, subresource } = splitResource(word)
  if (base === '*' || resourceKind(entry.group, base)) return undefined
  const kubectlName = splitGroup(base)
  const called = kubectlName ? [kubectlName] : kindsCalled(base)
  const [first] = called
  if (!first || called.some(kind => kind.group === entry.group && !kubectlName)) return undefined
  const groups = [...new Set(called.map(kind => kind.group))]
  const message = kubectlName
    ? `${quoted(base)} is a name for kubectl: here the group stands apart`
    : `${first.name} are in ${listed(groups.map(groupName))}, not in ${groupName(entry.group)}`
  const wanted = withSubresource(first.name, subresource)
  const remediation =
    entry.resources.length > 1
      ? splitOff(entry, word, first.group, wanted)
      : `write group: ${quoted(first.group)} and resources: ["${wanted}"]`
  return { message, remediation }
}

/** What to do where the other resources of an entry are to stay in its group. */
const splitOff = ({ resourceNames }: GroupResources, word: string, group: string, wanted: string): string => {
  const names = resourceNames.length > 0 ? `, resourceNames: [${resourceNames.map(quoted).join(', ')}]` : ''
  return `take ${word} out of this entry and add an entry {group: ${quoted(group)}, resources: ["${wanted}"]${names}}`
}

function* checkServed({ policy, version }: LintContext): Generator<Remark> {
  for (const { entry, rule, path } of entriesOf(policy)) {
    const wanted = policy.rules[rule]?.verbs ?? []
    for (const [index, word] of entry.resources.entries()) {
      const named = kindNamed(entry, word, version)
      if (!named || wanted.length === 0 || wanted.some(verb => named.verbs.includes(verb))) continue
      const message = `${word} can be used with ${listed(named.verbs)} alone, and the rule names ${listed(wanted)}`
      yield {
        path: [...path, 'resources', index],
        message,
        remediation: `take ${word} out, or add a verb that it is used with`
      }
    }
  }
}
