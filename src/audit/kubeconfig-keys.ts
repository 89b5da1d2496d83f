/** How to tell that a value of a kubeconfig gives nothing away. */
export type Harmless = 'word' | 'path' | 'url' | 'flag' | 'certificate'

interface KeyRow {
  /** Keys from the root; `*` stands for the index of a list. */
  readonly path: string
  readonly kind: Harmless
}

/**
 * The values of a kubeconfig that may be shown, each if it looks like what belongs there. Everything else is hidden: a
 * list of what is secret would never be complete.
 */
export const SHOWN = [
  { path: 'apiVersion', kind: 'word' },
  { path: 'kind', kind: 'word' },
  { path: 'current-context', kind: 'word' },
  { path: 'clusters.*.name', kind: 'word' },
  { path: 'clusters.*.cluster.server', kind: 'url' },
  { path: 'clusters.*.cluster.proxy-url', kind: 'url' },
  { path: 'clusters.*.cluster.tls-server-name', kind: 'word' },
  { path: 'clusters.*.cluster.insecure-skip-tls-verify', kind: 'flag' },
  { path: 'clusters.*.cluster.disable-compression', kind: 'flag' },
  { path: 'clusters.*.cluster.certificate-authority', kind: 'path' },
  { path: 'clusters.*.cluster.certificate-authority-data', kind: 'certificate' },
  { path: 'contexts.*.name', kind: 'word' },
  { path: 'contexts.*.context.cluster', kind: 'word' },
  { path: 'contexts.*.context.user', kind: 'word' },
  { path: 'contexts.*.context.namespace', kind: 'word' },
  { path: 'users.*.name', kind: 'word' },
  { path: 'users.*.user.client-certificate', kind: 'path' },
  { path: 'users.*.user.client-key', kind: 'path' },
  { path: 'users.*.user.tokenFile', kind: 'path' },
  { path: 'users.*.user.auth-provider.name', kind: 'word' },
  { path: 'users.*.user.exec.apiVersion', kind: 'word' },
  { path: 'users.*.user.exec.command', kind: 'path' },
  { path: 'users.*.user.exec.interactiveMode', kind: 'word' },
  { path: 'users.*.user.exec.provideClusterInfo', kind: 'flag' },
  { path: 'users.*.user.exec.env.*.name', kind: 'word' }
] as const satisfies readonly KeyRow[]

/** What takes the place of a hidden value. */
export const REDACTED = '<redacted>'

// the start of a JSON Web Token, of PEM, of PEM in base64, of DER in base64
const LOOKS_SECRET = /eyJ|BEGIN|LS0t|^MII/

/** The text to show for a value: itself, a URL without its secret parts, or {@link REDACTED}. */
export const shown = (kind: Harmless, value: string): string => {
  if (kind === 'url') return cleanUrl(value)
  return LOOKS[kind](value) ? value : REDACTED
}

const LOOKS = {
  word: (value: string): boolean => /^[\w.@:/-]{0,100}$/.test(value) && !LOOKS_SECRET.test(value),
  path: (value: string): boolean =>
    /^[\w.@:~/-]{0,200}$/.test(value) && !LOOKS_SECRET.test(value) && value.split('/').every(step => step.length <= 64),
  flag: (value: string): boolean => value === 'true' || value === 'false',
  certificate: (value: string): boolean => {
    const text = Buffer.from(value, 'base64').toString('latin1')
    return /^-----BEGIN CERTIFICATE-----\s/.test(text) && !/PRIVATE|ENCRYPTED/.test(text) && !value.includes('=\n')
  }
} as const satisfies Record<Exclude<Harmless, 'url'>, (value: string) => boolean>

const cleanUrl = (url: string): string => {
  const match = /^(https?|socks5):\/\/(?:.*@)?([\w.:[\]-]*)((?:\/[\w.~%:,-]*)*)([?#].*)?$/is.exec(url)
  if (!match) return REDACTED
  const [, scheme = '', host = '', path = '', rest = ''] = match
  const user = url.includes('@') ? `${REDACTED}@` : ''
  const query = rest === '' ? '' : `${rest[0]}${REDACTED}`
  return LOOKS_SECRET.test(host + path) ? REDACTED : `${scheme}://${user}${host}${path}${query}`
}
