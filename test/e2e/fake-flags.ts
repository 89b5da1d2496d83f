import { goDuration, goQuote } from './fake-go.ts'

type FlagKind = 'string' | 'bool' | 'int' | 'float' | 'duration'

// Flags of kube-apiserver releases since 1.10 that manifests carry; the lower-case words are the same in all of them.
const OTHER_FLAGS = {
  bool: `allow-privileged anonymous-auth alsologtostderr authorization-rbac-super-user contention-profiling
    emulation-forward-compatible enable-aggregator-routing enable-bootstrap-token-auth enable-garbage-collector
    enable-inflight-quota-handler enable-logs-handler enable-priority-and-fairness enable-swagger-ui
    encryption-provider-config-automatic-reload etcd-quorum-read help kubelet-https logtostderr one-output
    peer-ca-automatic-reload permit-address-sharing permit-port-sharing profiling repair-malformed-updates
    runtime-config-emulation-forward-compatible service-account-extend-token-expiration service-account-lookup
    show-enable-feature shutdown-send-retry-after skip-headers skip-log-headers strict-transport-security watch-cache
    service-account-max-token-expiration-extend`,
  int: `apiserver-count cors-max default-not-ready-toleration-seconds default-unreachable-toleration-seconds
    default-watch-cache-size delete-collection-workers http2-max-streams-per-connection insecure-port kubelet-port
    kubelet-read-only-port kubernetes-service-node-port lease-max-object-count lease-reuse-duration-seconds
    log-file-max-size max-connection-bytes-per-sec max-mutating-requests-inflight max-requests-inflight
    min-request-timeout secure-port ssh-port target-ram-mb v stderrthreshold-level max-resource-write-bytes`,
  float: 'goaway-chance tracing-sampling-rate',
  duration: `authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl
    authorization-webhook-cache-unauthorized-ttl etcd-compaction-interval etcd-count-metric-poll-period
    etcd-db-metric-poll-interval etcd-healthcheck-timeout etcd-readycheck-timeout event-ttl
    graceful-termination-duration kubelet-timeout livez-grace-period log-flush-frequency request-timeout
    service-account-max-token-expiration shutdown-delay-duration shutdown-watch-termination-grace-period
    storage-initialization-timeout`,
  string: `address admission-control admission-control-config-file advertise-address aggregator-reject-forwarding-redirect
    api-audiences authentication-config authentication-token-webhook-config-file authentication-token-webhook-version
    authorization-config authorization-mode authorization-policy-file authorization-webhook-config-file
    authorization-webhook-version basic-auth-file bind-address cert-dir client-ca-file cloud-config cloud-provider
    cloud-provider-gce-l7lb-src-cidrs cloud-provider-gce-lb-src-cidrs controlplane-service-cidr coordinated-leadership-lease-duration
    coordinated-leadership-renew-deadline coordinated-leadership-retry-period cors-allowed-origins
    debug-socket-path disable-admission-plugins disabled-metrics disable-http2-serving egress-selector-config-file
    emulated-version enable-admission-plugins encryption-provider-config endpoint-reconciler-type etcd-cafile etcd-certfile
    etcd-keyfile etcd-prefix etcd-servers etcd-servers-overrides experimental-bootstrap-token-auth
    experimental-encryption-provider-config experimental-keystone-ca-file experimental-keystone-url
    external-hostname feature-gates insecure-bind-address kubelet-certificate-authority kubelet-client-certificate
    kubelet-client-key kubelet-preferred-address-types log-backtrace-at log-dir log-file log-json-info-buffer-size
    log-json-split-stream log-text-info-buffer-size log-text-split-stream logging-format master-service-namespace
    metrics-allowlist allow-metric-labels allow-metric-labels-manifest oidc-ca-file oidc-client-id oidc-groups-claim
    oidc-groups-prefix oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix
    peer-advertise-ip peer-advertise-port peer-ca-file proxy-client-cert-file proxy-client-key-file requestheader-allowed-names
    requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers
    requestheader-username-headers runtime-config service-account-api-audiences service-account-issuer
    service-account-jwks-uri service-account-key-file service-account-signing-endpoint service-account-signing-key-file
    service-cluster-ip-range service-node-port-range show-hidden-metrics-for-version ssh-keyfile ssh-user stderrthreshold
    storage-backend storage-media-type storage-versions tls-ca-file tls-cert-file tls-cipher-suites tls-min-version
    tls-private-key-file tls-sni-cert-key token-auth-file tracing-config-file vmodule watch-cache-sizes`
} as const satisfies Record<FlagKind, string>

/** The audit flags with their defaults; `batch` and `truncate` flags exist once for each backend. */
const AUDIT_FLAGS: readonly (readonly [name: string, kind: FlagKind, fallback: string])[] = [
  ['audit-policy-file', 'string', ''],
  ['audit-log-path', 'string', ''],
  ['audit-log-maxage', 'int', '366'],
  ['audit-log-maxbackup', 'int', '100'],
  ['audit-log-maxsize', 'int', '100'],
  ['audit-log-compress', 'bool', 'false'],
  ['audit-log-format', 'string', 'json'],
  ['audit-webhook-config-file', 'string', ''],
  ['audit-webhook-initial-backoff', 'duration', '10s'],
  ['audit-webhook-batch-initial-backoff', 'duration', '10s'],
  ...backendFlags('log', { mode: 'blocking', size: '1', wait: '0s', throttle: 'false', qps: '0', burst: '0' }),
  ...backendFlags('webhook', { mode: 'batch', size: '400', wait: '30s', throttle: 'true', qps: '10', burst: '15' })
]

function backendFlags(
  backend: string,
  own: Readonly<Record<'mode' | 'size' | 'wait' | 'throttle' | 'qps' | 'burst', string>>
) {
  return [
    [`audit-${backend}-version`, 'string', 'audit.k8s.io/v1'],
    [`audit-${backend}-mode`, 'string', own.mode],
    [`audit-${backend}-batch-buffer-size`, 'int', '10000'],
    [`audit-${backend}-batch-max-size`, 'int', own.size],
    [`audit-${backend}-batch-max-wait`, 'duration', own.wait],
    [`audit-${backend}-batch-throttle-enable`, 'bool', own.throttle],
    [`audit-${backend}-batch-throttle-qps`, 'float', own.qps],
    [`audit-${backend}-batch-throttle-burst`, 'int', own.burst],
    [`audit-${backend}-truncate-enabled`, 'bool', 'false'],
    [`audit-${backend}-truncate-max-event-size`, 'int', '102400'],
    [`audit-${backend}-truncate-max-batch-size`, 'int', '10485760']
  ] as const satisfies readonly (readonly [string, FlagKind, string])[]
}

const KINDS: ReadonlyMap<string, FlagKind> = new Map([
  ...Object.entries(OTHER_FLAGS).flatMap(
    ([kind, names]) =>
      names
        .trim()
        .split(/\s+/)
        .map(name => [name, kind as FlagKind] as const) // as: the keys of OTHER_FLAGS are kinds
  ),
  ...AUDIT_FLAGS.map(([name, kind]) => [name, kind] as const)
])

/** Flag values in force, by normalised name; audit flags that are not given have their default. */
export type Flags = ReadonlyMap<string, string>

/** Parsed arguments, or the text cobra prints after `Error: `. */
export type Parsed =
  { readonly kind: 'flags'; readonly flags: Flags } | { readonly kind: 'error'; readonly error: string }

const BOOLS = ['1', 't', 'T', 'true', 'TRUE', 'True', '0', 'f', 'F', 'false', 'FALSE', 'False']

/** Parses arguments by pflag's rules: `_` is `-`, the last one wins, `--flag value` and `--flag=value`, bare bools. */
export const parseFlags = (argv: readonly string[]): Parsed => {
  const flags = new Map(AUDIT_FLAGS.map(([name, , fallback]) => [name, fallback]))
  const rest: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') {
      rest.push(...argv.slice(at + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word)
      continue
    }
    const split = splitWord(word)
    if ('error' in split) return { kind: 'error', error: split.error }
    const { name, kind } = split
    const value = split.value ?? (kind === 'bool' ? 'true' : argv[++at])
    if (value === undefined) return { kind: 'error', error: `flag needs an argument: ${word}` }
    const wrong = wrongValue(value, kind)
    if (wrong !== null)
      return { kind: 'error', error: `invalid argument ${goQuote(value)} for "--${name}" flag: ${wrong}` }
    flags.set(name === 'audit-webhook-batch-initial-backoff' ? 'audit-webhook-initial-backoff' : name, value)
  }
  if (rest.length === 0) return { kind: 'flags', flags }
  const got = rest.map(goQuote).join(' ')
  return { kind: 'error', error: `"kube-apiserver" does not take any arguments, got [${got}]` }
}

const splitWord = (word: string): { name: string; value: string | undefined; kind: FlagKind } | { error: string } => {
  const long = word.startsWith('--')
  const [, typed = '', value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const short = /^-([vh])=?(.*)$/s.exec(word)
  if (!long && short === null)
    return {
      error: `unknown shorthand flag: ${typed.slice(0, 1) === '' ? "'-'" : `'${typed.slice(0, 1)}'`} in ${word}`
    }
  if (!long && short !== null)
    return {
      name: short[1] === 'h' ? 'help' : 'v',
      value: short[2] === '' ? undefined : short[2],
      kind: short[1] === 'h' ? 'bool' : 'int'
    }
  const name = typed.replaceAll('_', '-')
  const kind = KINDS.get(name)
  if (typed === '' || typed.startsWith('-')) return { error: `bad flag syntax: ${word}` }
  return kind === undefined ? { error: `unknown flag: --${typed}` } : { name, value, kind }
}

const wrongValue = (value: string, kind: FlagKind): string | null => {
  const syntax = (call: string): string => `strconv.${call}: parsing ${goQuote(value)}: invalid syntax`
  if (kind === 'bool' && !BOOLS.includes(value)) return syntax('ParseBool')
  if (kind === 'int' && goInt(value) === null) return syntax('ParseInt')
  if (kind === 'float' && !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value)) return syntax('ParseFloat')
  if (kind !== 'duration' || goDuration(value) !== null) return null
  return /^[-+]?\d+(\.\d*)?$/.test(value)
    ? `time: missing unit in duration ${goQuote(value)}`
    : `time: invalid duration ${goQuote(value)}`
}

/** The value of an integer with Go's base prefixes, or null. */
export const goInt = (text: string): number | null => {
  const [, sign, digits] = /^([-+]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9]\d*)$/.exec(text) ?? []
  if (digits === undefined) return null
  const value = /^0[0-7]+$/.test(digits) ? parseInt(digits, 8) : Number(digits)
  return sign === '-' ? -value : value
}
