/**
 * The first value of a parameter in the query of a request URI; byte strings both. Undefined where there is none, and where
 * Go's url.Parse or url.ParseQuery refuse the URI (net/url of Go 1.26), except that addresses in brackets are not checked.
 */
export const queryValue = (uri: string, name: string): string | undefined => {
  const [address = '', fragment = ''] = cutAt(uri, '#')
  const [path = '', query = ''] = cutAt(address, '?')
  if (!isAddress(address, path) || !isEscaped(fragment)) return undefined
  return query.split('&').length > MOST_PARAMETERS ? undefined : valueIn(query, name)
}

const MOST_PARAMETERS = 10_000

const cutAt = (text: string, mark: string): readonly [string, string] => {
  const at = text.indexOf(mark)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

// one parameter that is none spoils all
const valueIn = (query: string, name: string): string | undefined => {
  let found: string | undefined
  for (const part of query.split('&')) {
    if (part.includes(';')) return undefined
    const [key, value] = cutAt(part, '=')
    if (!isEscaped(key) || !isEscaped(value)) return undefined
    if (part !== '' && found === undefined && unescaped(key) === name) found = unescaped(value)
  }
  return found
}

const unescaped = (text: string): string =>
  text.replace(/\+|%(..)/g, (_, hex?: string) =>
    hex === undefined ? ' ' : String.fromCharCode(Number.parseInt(hex, 16))
  )

const isEscaped = (text: string): boolean => !/%(?![0-9a-fA-F]{2})/.test(text)

const isAddress = (address: string, path: string): boolean => {
  if (/[\0-\x1f\x7f]/.test(address) || address.startsWith(':')) return false
  if (address === '*') return true
  const [scheme = ''] = /^[a-zA-Z][-+.a-zA-Z0-9]*:/.exec(address) ?? []
  const rest = path.slice(scheme.length)
  if (!rest.startsWith('/')) return scheme !== '' || isRootless(rest)
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///'))) return isEscaped(rest)
  const [, authority = '', end = ''] = /^\/\/([^/]*)([^]*)$/.exec(rest) ?? []
  return isAuthority(authority, /^https?:$/i.test(scheme)) && isEscaped(end)
}

const isRootless = (path: string): boolean => {
  const [segment = ''] = path.split('/', 1)
  return !segment.includes(':') && isEscaped(path)
}

const isAuthority = (authority: string, isWeb: boolean): boolean => {
  const at = authority.lastIndexOf('@')
  const user = authority.slice(0, Math.max(at, 0))
  const host = authority.slice(at + 1)
  // bytes above ASCII are let through in names of hosts alone
  if (!/^[-A-Za-z0-9._:~!$&'()*+,;=%@]*$/.test(user) || !isEscaped(user)) return false
  if (/[^-A-Za-z0-9._~!"$&'()*+,:;<=>[\]%\x80-\xff]/.test(host) || /%(?!(?:25|[89a-fA-F][0-9a-fA-F]))/.test(host))
    return false
  if (!isEscaped(host)) return false
  if (host.includes('[')) return /^\[[^[]*\](?::\d*)?$/.test(host)
  const colon = isWeb ? host.indexOf(':') : host.lastIndexOf(':')
  return colon === -1 || /^:\d*$/.test(host.slice(colon))
}
