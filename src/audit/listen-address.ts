import { AuditError } from '../errors.ts'

/** Where audit events are waited for; an empty host is every address of this machine. */
export interface ListenAddress {
  readonly scheme: 'http' | 'https'
  /** As it is listened on: an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
  readonly path: string
}

const DEFAULT_PORT = 9765
// of Go's http.ServeMux, which takes every path then
const ANY_PATH = '/'
const LOOPBACK = '127.0.0.1'

/**
 * The address of a URL as Falco takes it for its k8saudit plugin, `http://:9765/k8s-audit`. An empty host is every address
 * of this machine where it may be public, and else 127.0.0.1. Throws USAGE, also for a host that others reach and that may
 * not be public. falcosecurity/plugins plugins/k8saudit/pkg/k8saudit/source.go 0.18.0
 */
export const listenAddress = (url: string, mayBePublic: boolean): ListenAddress => {
  const refuse = (why: string, next = 'listen on http://127.0.0.1:9765/k8s-audit'): AuditError =>
    new AuditError('USAGE', `the address ${JSON.stringify(url)}: ${why}`, { next })
  const parts = /^(https?):\/\/([^/?#]*)([^?#]*)(.*)$/i.exec(url)
  if (!parts) throw refuse('it must begin with http:// or https://')
  const [, scheme = '', authority = '', path = '', rest = ''] = parts
  if (rest !== '') throw refuse('a query or a fragment is no part of it')
  if (/[^!-~]|[%"<>\\^`{|}]/.test(path)) throw refuse('its path holds characters that a URL must escape')
  const [, name, digits] = /^([^:@]*|\[[^\]@]*\])(?::(\d*))?$/.exec(authority) ?? []
  if (name === undefined) throw refuse('HOST:PORT is wanted behind //, an IPv6 address in brackets')
  const port = digits === undefined || digits === '' ? DEFAULT_PORT : Number(digits)
  if (port > 65535) throw refuse(`there is no port ${digits ?? ''}`)
  const host = hostOf(name)
  if (host === undefined) throw refuse(`${name} is no host`)
  if (!mayBePublic && host !== '' && !isLoopback(host))
    throw refuse(
      `others reach ${name}, and whoever does may send events`,
      'listen on 127.0.0.1, or give --listen-all and let a firewall choose who gets there'
    )
  return {
    scheme: scheme.toLowerCase() === 'https' ? 'https' : 'http',
    host: host === '' && !mayBePublic ? LOOPBACK : host,
    port,
    path: withoutSlash(path === '' ? ANY_PATH : path)
  }
}

/** The address as a URL, an empty host as 0.0.0.0. */
export const urlOfAddress = ({ scheme, host, port, path }: ListenAddress): string =>
  `${scheme}://${host === '' ? '0.0.0.0' : host.includes(':') ? `[${host}]` : host}:${port}${path}`

/** A path as kube-apiserver asks for it, which drops slashes at its end: client-go rest/request.go NewRequest. */
export const withoutSlash = (path: string): string => path.replace(/(?<=[^/])\/+$/, '').replace(/^\/+$/, '/')

/** True for an address that only this machine reaches, an IPv6 one without brackets. */
export const isLoopback = (host: string): boolean =>
  /^127(\.\d+){3}$/.test(host) || host === '::1' || /^::ffff:7f[\da-f]{2}:[\da-f]+$/.test(host)

// what a name means is up to a resolver, but localhost is this machine: RFC 6761
const hostOf = (name: string): string | undefined => {
  if (name === '') return ''
  if (/^localhost\.?$/i.test(name)) return LOOPBACK
  if (!URL.canParse(`http://${name}`)) return undefined
  const host = new URL(`http://${name}`).hostname.replace(/^\[|\]$/g, '')
  return host === '0.0.0.0' || host === '::' ? host : /[^\w.:-]/.test(host) ? undefined : host
}
