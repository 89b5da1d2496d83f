import { AuditError } from '../errors.ts'
import { writeScalar } from '../text/write-value.ts'

/**
 * The kubeconfig through which the API server sends its events to a URL: no credentials, and the certificate of an https
 * receiver is checked against `ca`, PEM certificates, or else the roots of the system. Throws USAGE when events cannot be
 * sent to such a URL.
 */
export const makeKubeconfig = (url: string, ca?: string): string => {
  const fault = faultOfUrl(url)
  if (fault !== undefined) throw new AuditError('USAGE', `webhook URL ${JSON.stringify(withoutSecrets(url))}: ${fault}`)
  return `# Where the API server sends its audit events. It has this form because the API server reads it like a kubeconfig.
apiVersion: v1
kind: Config
clusters:
# the receiver of the events
- name: audit-webhook
  cluster:
    server: ${writeScalar(url, 'double', false)}
${ca === undefined ? '' : `    # who vouches for the receiver\n    certificate-authority-data: ${Buffer.from(ca).toString('base64')}\n`}users:
# nothing is shown to the receiver to prove who we are
- name: kube-apiserver
  user: {}
contexts:
- name: audit-webhook
  context:
    cluster: audit-webhook
    user: kube-apiserver
current-context: audit-webhook
`
}

// a user, a password, and a query that may hold a token are not shown
const withoutSecrets = (url: string): string =>
  url.replace(/^([^/]*\/\/)?.*@/s, '$1<redacted>@').replace(/\?.*/s, '?<redacted>')

const faultOfUrl = (url: string): string | undefined => {
  if (!/^[!-~]+$/.test(url) || /["<>\\^`{|}]/.test(url)) return 'it holds blanks or characters that a URL must escape'
  if (!/^https?:\/\//i.test(url)) return 'it must begin with http:// or https://'
  if (!URL.canParse(url) || !/^https?:\/\/[^/?#]/i.test(url)) return 'it is no URL'
  const parsed = new URL(url)
  if (parsed.hostname === '') return 'it names no host'
  if (parsed.username !== '' || parsed.password !== '' || /^[^/]*\/\/[^/?#]*@/.test(url)) {
    return 'user and password do not belong into it: write a kubeconfig with a user'
  }
  return url.includes('#') ? 'the part behind # is never sent' : undefined
}
