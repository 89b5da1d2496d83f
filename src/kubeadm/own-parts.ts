/**
 * The flags that kubeadm itself gives kube-apiserver: getAPIServerCommand in cmd/kubeadm/app/phases/controlplane/manifests.go,
 * where the names are the same from v1.29 to v1.36; insecure-port is from older releases.
 */
export const BASE_FLAGS: ReadonlySet<string> = new Set([
  'advertise-address',
  'allow-privileged',
  'authorization-mode',
  'client-ca-file',
  'enable-admission-plugins',
  'enable-bootstrap-token-auth',
  'etcd-cafile',
  'etcd-certfile',
  'etcd-keyfile',
  'etcd-servers',
  'insecure-port',
  'kubelet-client-certificate',
  'kubelet-client-key',
  'kubelet-preferred-address-types',
  'proxy-client-cert-file',
  'proxy-client-key-file',
  'requestheader-allowed-names',
  'requestheader-client-ca-file',
  'requestheader-extra-headers-prefix',
  'requestheader-group-headers',
  'requestheader-username-headers',
  'secure-port',
  'service-account-issuer',
  'service-account-key-file',
  'service-account-signing-key-file',
  'service-cluster-ip-range',
  'tls-cert-file',
  'tls-private-key-file'
])

/**
 * The volumes that kubeadm itself gives kube-apiserver: getHostPathVolumesForTheControlPlane in phases/controlplane/volumes.go.
 * null stands for a path that the configuration says (certificatesDir, the files of an external etcd).
 */
const OWN_VOLUMES: readonly { readonly name: RegExp; readonly path: string | null }[] = [
  { name: /^k8s-certs$/, path: null },
  { name: /^etcd-certs-\d+$/, path: null },
  { name: /^ca-certs$/, path: '/etc/ssl/certs' },
  { name: /^(ca-certs-)?etc-pki$/, path: '/etc/pki' },
  { name: /^etc-pki-ca-trust$/, path: '/etc/pki/ca-trust' },
  { name: /^etc-pki-tls-certs$/, path: '/etc/pki/tls/certs' },
  { name: /^etc-ca-certificates$/, path: '/etc/ca-certificates' },
  { name: /^usr-share-ca-certificates$/, path: '/usr/share/ca-certificates' },
  { name: /^usr-local-share-ca-certificates$/, path: '/usr/local/share/ca-certificates' }
]

/** True for a volume that kubeadm makes without being asked: known by its name and its path, the same on both sides. */
export const isOwnVolume = (name: string, hostPath: string, mountPath: string): boolean =>
  hostPath === mountPath &&
  OWN_VOLUMES.some(each => each.name.test(name) && (each.path === null || each.path === hostPath))

/** True for a name that an extra volume must not have: it would take the place of kubeadm's own. */
export const isOwnName = (name: string): boolean => OWN_VOLUMES.some(each => each.name.test(name))
