import type { Severity } from '../finding.ts'

/** What is to be said of the URL of an audit webhook. */
export interface ServerFault {
  readonly severity: Severity
  readonly code: string
  readonly message: string
  readonly remediation: string
}

/** The faults of the value under `server` in a webhook kubeconfig. */
export const checkServer = (server: unknown): ServerFault[] => {
  if (typeof server !== 'string') return [fault('error', 'shape', 'server must be a string', 'put it in quotes')]
  if (server === '') return [fault('error', 'server', 'the cluster has no server', 'write server: https://HOST:PORT')]
  if (/[$<>{}]/.test(server)) {
    const message = 'server still holds a placeholder'
    return [fault('warning', 'placeholder', message, 'write the address of the receiver')]
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(server)?.[1]?.toLowerCase()
  const url = scheme === undefined ? `http://${server}` : server
  if (!URL.canParse(url)) return [fault('error', 'server', 'server is no URL', 'write server: https://HOST:PORT')]
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return [fault('error', 'server', `events cannot be sent by ${scheme}`, 'write an http or https URL')]
  }
  // client-go, rest.DefaultServerURL
  if (scheme === undefined && /\/./.test(server))
    return [fault('error', 'server', 'server has a path and no scheme', 'write server: https://HOST:PORT/PATH')]
  return [...checkPlain(scheme, new URL(url).hostname), ...checkName(new URL(url))]
}

const fault = (severity: Severity, code: string, message: string, remediation: string): ServerFault => ({
  severity,
  code,
  message,
  remediation
})

const checkPlain = (scheme: string | undefined, host: string): ServerFault[] => {
  if (scheme === 'https' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)) return []
  const message = 'the events go over the network in plain text'
  return [fault('warning', 'plain-http', message, 'use https, or a receiver on the node itself')]
}

const checkName = (url: URL): ServerFault[] => {
  const credentials = url.username + url.password === '' ? [] : [CREDENTIALS]
  if (!/\.svc(\.|$)|\.cluster\.local\.?$/.test(url.hostname)) return credentials
  const message = `${url.hostname} is a name of the cluster's DNS, which a pod in the host's network does not ask`
  return [...credentials, fault('warning', 'cluster-dns', message, "write the Service's cluster IP")]
}

const CREDENTIALS = fault('warning', 'url-credentials', 'user and password stand in the URL', 'move them to the user')
