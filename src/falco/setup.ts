import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import { makeKubeconfig } from '../audit/kubeconfig.ts'
import { isLoopback, withoutSlash } from '../audit/listen-address.ts'
import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { writeScalar } from '../text/write-value.ts'
import { PLUGIN_DEFAULTS } from './plugin-defaults.ts'

/** Where kube-apiserver sends its events when nothing else is said. */
export const DEFAULT_WEBHOOK_URL = 'http://127.0.0.1:9765/k8s-audit'

/** What kube-apiserver and Falco are to agree on. */
export interface SetupOptions {
  /** As kube-apiserver reaches Falco. */
  readonly url: string
  /** PEM certificates by which that of Falco is checked. */
  readonly ca?: string | undefined
  /** The text of an audit policy that keeps what Falco's rules look at. */
  readonly policy: string
}

/** A file of the setup, by its name. */
export interface SetupFile {
  readonly name: string
  readonly about: string
  readonly content: string
}

/** The names of the three files. */
export const SETUP_FILES = {
  webhook: 'webhook.yaml',
  falco: 'falco-k8saudit.yaml',
  policy: 'policy.yaml'
} as const

/** The files by which kube-apiserver sends its events to Falco and its k8saudit plugin. Throws USAGE for a URL that cannot be. */
export const setupFiles = ({ url, ca, policy }: SetupOptions): readonly SetupFile[] => {
  if (ca !== undefined && !/^https:/i.test(url))
    throw new AuditError('USAGE', '--ca goes with an https address', {
      next: 'give --webhook-url https://HOST:PORT/PATH'
    })
  const webhook = makeKubeconfig(url, ca)
  return [
    { name: SETUP_FILES.webhook, about: 'for kube-apiserver: where its events go', content: webhook },
    { name: SETUP_FILES.falco, about: 'for Falco, in /etc/falco/config.d/', content: falcoStanza(new URL(url)) },
    { name: SETUP_FILES.policy, about: "for kube-apiserver: what Falco's rules look at", content: policy }
  ]
}

/** What is to be said of the address before it is used. */
export const setupFindings = (files: readonly SetupFile[], url: string): Finding[] => {
  const { name = '', content = '' } = files.find(file => file.name === SETUP_FILES.webhook) ?? {}
  return [...checkKubeconfig(content, name).findings, ...addressFindings(new URL(url))]
}

// since 0.32 Falco's own web server answers there whether it is healthy
const HEALTH_PORT = '8765'

const addressFindings = ({ port, search }: URL): Finding[] => [
  ...(port === HEALTH_PORT
    ? [
        {
          code: 'falco-health-port',
          severity: 'warning',
          message: `at port ${HEALTH_PORT} Falco's own web server listens since Falco 0.32, and audit events are lost there`,
          remediation: 'give --webhook-url with port 9765'
        } as const
      ]
    : []),
  ...(search === ''
    ? []
    : [
        {
          code: 'webhook-query',
          severity: 'warning',
          message: 'kube-apiserver leaves out what stands behind the ? of a webhook URL',
          remediation: 'take it out of --webhook-url'
        } as const
      ])
]

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')
const isLocal = (url: URL): boolean => isLoopback(hostOf(url)) || hostOf(url) === 'localhost'

/** The address on which the plugin listens, as its `open_params`: that machine alone where kube-apiserver asks for that, else every address. */
export const openParams = (url: URL): string => {
  // Go takes neither an address without a port nor a path without a slash; and kube-apiserver asks without one at the end
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return `${url.protocol}//${isLocal(url) ? url.hostname : ''}:${port}${withoutSlash(url.pathname)}`
}

// plugins/k8saudit/pkg/k8saudit/config.go 0.18.0; how files are merged: userspace/falco/configuration.cpp, yaml_helper.h 0.41
const falcoStanza = (
  url: URL
): string => `# What Falco needs to judge the audit events of Kubernetes. For /etc/falco/config.d/ (Falco 0.38 and later; before that,
# and with strategy override, it stands in falco.yaml itself). Of two entries with one name Falco takes the first, and those
# of falco.yaml come first: where plugins lists k8saudit and json there, as it does when Falco is new, take them out.
load_plugins: [k8saudit, json]
plugins:
  - name: k8saudit
    library_path: libk8saudit.so
    init_config:
${url.protocol === 'https:' ? `      # the key and the certificate in one file; the certificate must be for ${hostOf(url)}\n      sslCertificate: ${PLUGIN_DEFAULTS.sslCertificate}\n` : ''}      # in bytes; a larger event is left out, and a larger request refused
      maxEventSize: ${PLUGIN_DEFAULTS.maxEventSize}
      webhookMaxBatchSize: ${PLUGIN_DEFAULTS.webhookMaxBatchSize}
      useAsync: true
    # ${isLocal(url) ? 'this node alone: Falco is a service of it, or a pod with hostNetwork' : 'every address: let a firewall choose who may send events. Behind a NodePort it is the port of the pod'}
    open_params: ${writeScalar(openParams(url), 'double', false)}
  - name: json
    library_path: libjson.so
    init_config: ""
# falcoctl artifact install k8saudit-rules brings the rules and both plugins
rules_files:
  - /etc/falco/k8s_audit_rules.yaml
`

/** What is to be done with the files, in order; `directory` is where they were written, undefined where they were not. */
export const setupSteps = (url: string, hasCa: boolean, directory: string | undefined): string[] => {
  const at = (name: string): string => (directory === undefined ? name : quoted(`${directory}/${name}`))
  const isSecure = /^https:/i.test(url)
  return [
    ...(directory === undefined ? ['auditpatch falco setup --dir DIR writes the files, with the same options'] : []),
    'falcoctl artifact install k8saudit-rules',
    ...(isSecure
      ? [`put the key and the certificate of Falco into one file, ${PLUGIN_DEFAULTS.sslCertificate}, mode 0600`]
      : []),
    ...(isSecure && !hasCa
      ? ['give --ca FILE, unless a CA that the system trusts signed the certificate of Falco']
      : []),
    `cp ${at(SETUP_FILES.falco)} /etc/falco/config.d/`,
    'take k8saudit and json out of plugins in /etc/falco/falco.yaml, and restart Falco',
    `auditpatch apply --webhook-config ${at(SETUP_FILES.webhook)} --policy template:falco`
  ]
}

const quoted = (path: string): string => (/^[\w./:@%+=-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
