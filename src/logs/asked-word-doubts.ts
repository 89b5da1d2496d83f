import { BUILT_IN_GROUPS, otherNames, RESOURCE_KINDS } from '../audit/resources.ts'
import { RESOURCE_VERBS, URL_VERBS } from '../audit/verbs.ts'
import { isGlob } from '../text/glob.ts'
import { nearestWord } from '../text/nearest.ts'

const VERBS: readonly string[] = [...new Set([...RESOURCE_VERBS, ...URL_VERBS])]

/** Why no request has a verb; undefined where one may. */
export const verbDoubt = (verb: string): string | undefined => {
  if (verb === '' || isGlob(verb) || VERBS.includes(verb)) return undefined
  const near = nearestWord(verb, VERBS)
  return `no request has the verb ${verb}; ${near === undefined ? `they are ${VERBS.join(', ')}` : `is it ${near}?`}`
}

/** Why no event may name a resource; undefined for one that is built in, or that may be a custom one. */
export const resourceDoubt = (value: string): string | undefined => {
  const [resource = ''] = value.split('/')
  if (isGlob(resource) || RESOURCE_KINDS.some(({ name }) => name === resource)) return undefined
  if (resource.includes('.'))
    return `${resource} is a name for kubectl; here it is --resource ${resource.split('.')[0] ?? ''} --api-group ${resource.split('.').slice(1).join('.')}`
  const called = RESOURCE_KINDS.find(kind => otherNames(kind).includes(resource.toLowerCase()))?.name
  const near =
    called ??
    nearestWord(
      resource,
      RESOURCE_KINDS.map(({ name }) => name)
    )
  return near === undefined ? undefined : `no built-in resource is called ${resource}; is it ${near}?`
}

/** Why no event may name an API group; undefined for one that is built in, or that may be a custom one. */
export const groupDoubt = (group: string): string | undefined => {
  if (isGlob(group) || group === 'core' || BUILT_IN_GROUPS.includes(group)) return undefined
  // every custom group has a dot
  const near =
    BUILT_IN_GROUPS.find(each => each.split('.')[0] === group.split('/')[0]) ?? nearestWord(group, BUILT_IN_GROUPS)
  if (near !== undefined) return `no API server has the group ${group}; is it ${near}?`
  return group.includes('.') ? undefined : `no API server has the group ${group}: that of a custom resource has a dot`
}

/** Why a value may be meant for several, which the option takes one at a time; undefined for one without a comma. */
export const severalDoubt = (option: string, value: string): string | undefined => {
  const [not, words] = value.startsWith('!') ? ['!', value.slice(1)] : ['', value]
  const parts = words.split(',')
  // behind the comma of a name stands a blank
  if (parts.length === 1 || parts.some(part => !/^\S/.test(part))) return undefined
  const each = parts.map(part => `--${option} ${quoted(`${not}${part}`)}`)
  return `${words} is one value; several are ${each.join(' ')}`
}

const quoted = (word: string): string => (/^[\w./:@-]+$/.test(word) ? word : `'${word}'`)
