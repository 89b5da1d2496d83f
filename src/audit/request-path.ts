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
  if (prefix === 'api' && steps.length >= 3) return resourceAt(path, '', steps.slice(2))
  if (prefix === 'apis' && steps.length >= 4) return resourceAt(path, second, steps.slice(3))
  return { resourceRequest: false, path, pathVerb: '', ...NOTHING }
}

/** The values of a key in a URI's query, as Go's url.ParseQuery reads them. */
export const queryValues = (uri: string, key: string): string[] => {
  const start = uri.indexOf('?')
  if (start === -1) return []
  return uri
    .slice(start + 1)
    .split('&')
    .filter(pair => !pair.includes(';'))
    .map(pair => pair.replaceAll('+', ' ').split(/=(.*)/s))
    .filter(([name = '']) => decodePercent(name) === key)
    .map(([, value = '']) => decodePercent(value))
}

const NOTHING = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' }
const NAMESPACE_SUBRESOURCES = ['status', 'finalize']
const VERBS_IN_THE_PATH = ['proxy', 'watch']

const resourceAt = (path: string, apiGroup: string, steps: readonly string[]): PathAttributes => {
  const [first = ''] = steps
  const pathVerb = VERBS_IN_THE_PATH.includes(first) ? first : ''
  const all = pathVerb === '' ? steps : steps.slice(1)
  const isInNamespace = all[0] === 'namespaces'
  // a Namespace lies in itself, with its subresources
  const isNamespaceItself = all.length < 3 || NAMESPACE_SUBRESOURCES.includes(all[2] ?? '')
  const [resource = '', name = '', subresource = ''] = isInNamespace && !isNamespaceItself ? all.slice(2) : all
  return {
    resourceRequest: true,
    path,
    pathVerb,
    apiGroup,
    resource,
    // what follows a proxied name belongs to the proxied server
    subresource: pathVerb === 'proxy' ? '' : subresource,
    namespace: isInNamespace ? (all[1] ?? '') : '',
    name
  }
}

const stepsOf = (path: string): string[] => {
  const trimmed = path.replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? [] : trimmed.split('/')
}

const decodePercent = (text: string): string =>
  text.includes('%')
    ? text.replace(/(?:%[0-9a-f]{2})+/gi, run =>
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(run.replaceAll('%', ''), 'hex'))
      )
    : text
