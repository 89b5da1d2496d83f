/** What the API server works out from a URL's path alone. */
export interface PathAttributes {
  readonly resourceRequest: boolean
  readonly path: string
  /** The verb that a path of the old form names (`/api/v1/watch/...`), else empty. */
  readonly pathVerb: string
  readonly apiGroup: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
}

/**
 * The attributes in a path, or a path with a query, as a client sends it: percent signs are decoded first. As
 * RequestInfoFactory of k8s.io/apiserver (pkg/endpoints/request/requestinfo.go) with kube-apiserver's two prefixes.
 */
export const pathAttributes = (uri: string): PathAttributes => {
  const query = uri.indexOf('?')
  const path = decodePercent(query === -1 ? uri : uri.slice(0, query))
  const steps = stepsOf(path)
  const [prefix, second = ''] = steps
  if (prefix === 'api' && steps.length >= 3) return resourceAt(path, '', steps, 2)
  if (prefix === 'apis' && steps.length >= 4) return resourceAt(path, second, steps, 3)
  return { resourceRequest: false, path, pathVerb: '', ...NOTHING }
}

/** The first value of each of some keys in a URI's query, as Go's url.ParseQuery reads them; undefined for one that is not there. */
export const queryValues = <K extends string>(uri: string, keys: readonly K[]): { readonly [key in K]?: string } => {
  const start = uri.indexOf('?')
  const found: { [key in K]?: string } = {}
  if (start === -1) return found
  let next = start + 1
  // split takes more than twice as long
  while (next < uri.length) {
    const ampersand = uri.indexOf('&', next)
    const end = ampersand === -1 ? uri.length : ampersand
    const pair = uri.slice(next, end)
    next = end + 1
    if (pair.includes(';')) continue
    const equals = pair.indexOf('=')
    const name = decodeValue(equals === -1 ? pair : pair.slice(0, equals))
    // as: it is one of the keys
    if (keys.includes(name as K)) found[name as K] ??= equals === -1 ? '' : decodeValue(pair.slice(equals + 1))
  }
  return found
}

const decodeValue = (text: string): string => decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text)

const NOTHING = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' }
const NAMESPACE_SUBRESOURCES = ['status', 'finalize']
const VERBS_IN_THE_PATH = ['proxy', 'watch']

const resourceAt = (path: string, apiGroup: string, steps: readonly string[], start: number): PathAttributes => {
  const pathVerb = VERBS_IN_THE_PATH.find(verb => verb === steps[start]) ?? ''
  const first = pathVerb === '' ? start : start + 1
  const isInNamespace = steps[first] === 'namespaces'
  // a Namespace lies in itself, with its subresources
  const isNamespaceItself = steps.length - first < 3 || NAMESPACE_SUBRESOURCES.includes(steps[first + 2] ?? '')
  const at = isInNamespace && !isNamespaceItself ? first + 2 : first
  return {
    resourceRequest: true,
    path,
    pathVerb,
    apiGroup,
    resource: steps[at] ?? '',
    // what follows a proxied name belongs to the proxied server
    subresource: pathVerb === 'proxy' ? '' : (steps[at + 2] ?? ''),
    namespace: isInNamespace ? (steps[first + 1] ?? '') : '',
    name: steps[at + 1] ?? ''
  }
}

const SLASH = 0x2f

const stepsOf = (path: string): string[] => {
  let [start, end] = [0, path.length]
  while (start < end && path.charCodeAt(start) === SLASH) start += 1
  while (end > start && path.charCodeAt(end - 1) === SLASH) end -= 1
  const steps: string[] = []
  // split takes more than twice as long
  while (start < end) {
    const slash = path.indexOf('/', start)
    const stop = slash === -1 || slash > end ? end : slash
    steps.push(path.slice(start, stop))
    start = stop + 1
  }
  return steps
}

const decodePercent = (text: string): string => (text.includes('%') ? text.replace(ESCAPES, decodeEscapes) : text)

// a byte of ASCII is a character of its own wherever it stands in UTF-8
const ESCAPES = /%([0-7][0-9a-f])|(?:%[89a-f][0-9a-f])+/gi

const decodeEscapes = (run: string, ascii: string | undefined): string =>
  ascii === undefined
    ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(run.replaceAll('%', ''), 'hex'))
    : String.fromCharCode(Number.parseInt(ascii, 16))
