import { isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import { normaliseFlag } from '../audit/flags.ts'

/** A flag of kube-apiserver outside the audit table. */
export interface ServerFlag {
  readonly name: string
  /** `''` where every text is a value. */
  readonly type: '' | 'bool' | 'int' | 'float' | 'duration' | 'ip'
  /** The minor release of major 1 that has it first, of those since 1.29. */
  readonly since: number | undefined
}

// what kube-apiserver v1.36.3 registers (as test/oracle/standin/flags.tsv), and `name:type:since`, with `since` by the
// sources of cmd/kube-apiserver, pkg/kubeapiserver, k8s.io/apiserver and component-base of each minor from 1.29
const FLAGS = `admission-control admission-control-config-file advertise-address:ip aggregator-reject-forwarding-redirect:bool
allow-metric-labels allow-metric-labels-manifest allow-privileged:bool anonymous-auth:bool api-audiences
apiserver-count:int authentication-config authentication-token-webhook-cache-ttl:duration
authentication-token-webhook-config-file authentication-token-webhook-version authorization-config
authorization-mode authorization-policy-file authorization-webhook-cache-authorized-ttl:duration
authorization-webhook-cache-unauthorized-ttl:duration authorization-webhook-config-file
authorization-webhook-version bind-address:ip cert-dir client-ca-file contention-profiling:bool
coordinated-leadership-lease-duration:duration:34 coordinated-leadership-renew-deadline:duration:34
coordinated-leadership-retry-period:duration:34 cors-allowed-origins debug-socket-path
default-not-ready-toleration-seconds:int default-unreachable-toleration-seconds:int default-watch-cache-size:int
delete-collection-workers:int disable-admission-plugins disable-http2-serving:bool:31 disabled-metrics
egress-selector-config-file emulated-version::32 emulation-forward-compatible:bool:33 enable-admission-plugins
enable-aggregator-routing:bool enable-bootstrap-token-auth:bool enable-garbage-collector:bool
enable-logs-handler:bool enable-priority-and-fairness:bool encryption-provider-config
encryption-provider-config-automatic-reload:bool endpoint-reconciler-type etcd-cafile etcd-certfile
etcd-compaction-interval:duration etcd-count-metric-poll-period:duration etcd-db-metric-poll-interval:duration
etcd-healthcheck-timeout:duration etcd-keyfile etcd-prefix etcd-readycheck-timeout:duration etcd-servers
etcd-servers-overrides event-ttl:duration external-hostname feature-gates goaway-chance:float help:bool
http2-max-streams-per-connection:int kubelet-certificate-authority kubelet-client-certificate kubelet-client-key
kubelet-port kubelet-preferred-address-types kubelet-read-only-port kubelet-timeout:duration
kubernetes-service-node-port:int lease-reuse-duration-seconds:int livez-grace-period:duration
log-flush-frequency:duration log-text-info-buffer-size log-text-split-stream:bool logging-format
max-connection-bytes-per-sec:int max-mutating-requests-inflight:int max-requests-inflight:int
min-compatibility-version::35 min-request-timeout:int oidc-ca-file oidc-client-id oidc-groups-claim
oidc-groups-prefix oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix
peer-advertise-ip peer-advertise-port peer-ca-file permit-address-sharing:bool permit-port-sharing:bool
profiling:bool proxy-client-cert-file proxy-client-key-file request-timeout:duration requestheader-allowed-names
requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers
requestheader-uid-headers::32 requestheader-username-headers runtime-config
runtime-config-emulation-forward-compatible:bool:33 secure-port:int service-account-extend-token-expiration:bool
service-account-issuer service-account-jwks-uri service-account-key-file service-account-lookup:bool
service-account-max-token-expiration:duration service-account-signing-endpoint::32 service-account-signing-key-file
service-cluster-ip-range service-node-port-range show-hidden-metrics-for-version shutdown-delay-duration:duration
shutdown-send-retry-after:bool shutdown-watch-termination-grace-period:duration storage-backend
storage-initialization-timeout:duration:31 storage-media-type strict-transport-security-directives tls-cert-file
tls-cipher-suites tls-curve-preferences::36 tls-min-version tls-private-key-file tls-sni-cert-key token-auth-file
tracing-config-file v version vmodule watch-cache:bool watch-cache-sizes`

/** Flags of older releases, and the minor release that has them no more. */
const GONE: Readonly<Record<string, number>> = {
  'basic-auth-file': 19,
  address: 24,
  port: 24,
  'insecure-bind-address': 24,
  'insecure-port': 24,
  'add-dir-header': 26,
  alsologtostderr: 26,
  'log-backtrace-at': 26,
  'log-dir': 26,
  'log-file': 26,
  'log-file-max-size': 26,
  logtostderr: 26,
  'one-output': 26,
  'skip-headers': 26,
  'skip-log-headers': 26,
  stderrthreshold: 26,
  'cloud-provider-gce-l7lb-src-cidrs': 31,
  'cloud-provider-gce-lb-src-cidrs': 31,
  'cloud-config': 33,
  'cloud-provider': 33
}

/** The first release whose flags are known here: of those before it none is said to be unknown. */
export const FLAGS_KNOWN_SINCE = 29

let table: ReadonlyMap<string, ServerFlag> | undefined

const parse = (text: string): [string, ServerFlag] => {
  const [name = '', type = '', since] = text.split(':')
  // as: the types of the table above
  return [name, { name, type: type as ServerFlag['type'], since: since === undefined ? undefined : Number(since) }]
}

/** The flags that kube-apiserver has besides those of auditing. */
export const serverFlags = (): ReadonlyMap<string, ServerFlag> => (table ??= new Map(FLAGS.split(/\s+/).map(parse)))

/** A flag by its name, in which `_` counts as `-`. */
export const serverFlag = (name: string): ServerFlag | undefined => serverFlags().get(normaliseFlag(name))

/** The release that has a flag no more, where one that was is asked for it. */
export const goneSince = (name: string, version: KubernetesVersion): number | undefined => {
  const until = Object.hasOwn(GONE, normaliseFlag(name)) ? GONE[normaliseFlag(name)] : undefined
  return until !== undefined && isAtLeast(version, until) ? until : undefined
}

/** True for a flag that was there in a release before some other. */
export const wasThere = (name: string): boolean => Object.hasOwn(GONE, normaliseFlag(name))
