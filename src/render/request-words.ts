import { keysOfRequest } from '../audit/asked-request.ts'
import type { Request } from '../audit/request.ts'

/** A request as people say it: `get deployments.apps/scale web in namespace prod, by alice in dev`. */
export const requestSentence = (request: Request): string =>
  `${request.verb === '' ? 'a request without a verb for' : word(request.verb)} ${placeOf(request)}, by ${senderOf(request)}`

/** The options of `policy explain` that ask for a request; null for a sender who is not known, whom no option names. */
export const explainOptions = (request: Request): string[] | null => {
  if (request.user === null) return null
  return request.resourceRequest ? resourceOptions(request) : pathOptions(request)
}

/** A command line that explains a request on a policy, at most so wide where its words are, to be copied into a shell. */
export const explainCommand = (file: string, request: Request, width: number): string[] => {
  const start = ['auditpatch', 'policy', 'explain', file]
  const options = explainOptions(request)
  const words = options
    ? [...start.map(shellWord), ...pairsOf(options)]
    : ['echo', shellWord(JSON.stringify(keysOfRequest(request))), '|', ...start.map(shellWord), '--requests', '-']
  const lines: string[] = []
  for (const each of words) {
    const last = lines.at(-1)
    // room for the backslash that joins it with the next line
    if (last !== undefined && last.length + each.length + 3 <= width) lines[lines.length - 1] = `${last} ${each}`
    else lines.push(last === undefined ? each : `  ${each}`)
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line))
}

// an option and its value stay on one line
const pairsOf = (options: readonly string[]): string[] =>
  options.flatMap((each, index) => {
    const [before, after] = [options[index - 1], options[index + 1]]
    if (isOption(before)) return []
    return isOption(each) ? [`${each} ${shellWord(after ?? '')}`] : [shellWord(each)]
  })

// one that has its value behind it
const isOption = (word: string | undefined): boolean => word !== undefined && /^--[a-z-]+$/.test(word)

const placeOf = ({ resourceRequest, path, apiGroup, resource, subresource, namespace, name }: Request): string => {
  if (!resourceRequest) return word(path)
  const kind = `${resource}${apiGroup === '' ? '' : `.${apiGroup}`}${subresource === '' ? '' : `/${subresource}`}`
  const own = name === '' ? '' : ` ${word(name)}`
  return `${word(kind)}${own} ${namespace === '' ? 'in no namespace' : `in namespace ${word(namespace)}`}`
}

const senderOf = ({ user, groups }: Request): string => {
  if (user === null) return 'a sender who is not known (401)'
  return `${user === '' ? 'a user without a name' : word(user)}${groups.length === 0 ? '' : ` in ${groups.map(word).join(', ')}`}`
}

const option = (name: string, value: string, absent?: string): string[] => {
  if (value === absent) return []
  return value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value]
}

const senderOptions = ({ user, groups }: Request): string[] => [
  ...option('user', user ?? '', ''),
  ...groups.flatMap(group => option('group', group))
]

const resourceOptions = (request: Request): string[] => {
  const { verb, apiGroup, resource, subresource, namespace, name } = request
  return [
    ...option('verb', verb),
    ...option('resource', subresource === '' ? resource : `${resource}/${subresource}`),
    ...option('api-group', apiGroup, ''),
    ...option('namespace', namespace, ''),
    ...option('name', name, ''),
    ...senderOptions(request)
  ]
}

const pathOptions = (request: Request): string[] => [
  ...option('verb', request.verb, 'get'),
  ...option('url', request.path),
  ...senderOptions(request)
]

const word = (text: string): string => (/^[^\s",'\\]+$/.test(text) ? text : JSON.stringify(text))

/** A word as it is written in a shell. */
export const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : shellQuoted(text))

/** A text in single quotes, as bash and zsh read it. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
