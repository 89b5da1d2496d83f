/** What the kubeadm-like manifest of a node is made of. */
export interface ManifestOptions {
  readonly version: string
  readonly host: string
  readonly port: number
  /** Further items of the command, after kubeadm's own. */
  readonly flags: readonly string[]
}

const minorOf = (version: string): number => Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 36)

const baseFlags = ({ host, port, version }: ManifestOptions): string[] => [
  `--advertise-address=${host}`,
  '--allow-privileged=true',
  '--authorization-mode=Node,RBAC',
  '--client-ca-file=/etc/kubernetes/pki/ca.crt',
  '--enable-admission-plugins=NodeRestriction',
  '--enable-bootstrap-token-auth=true',
  '--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt',
  '--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt',
  '--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key',
  '--etcd-servers=https://127.0.0.1:2379',
  ...(minorOf(version) < 24 ? ['--insecure-port=0'] : []),
  '--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt',
  '--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key',
  '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
  '--proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt',
  '--proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key',
  '--requestheader-allowed-names=front-proxy-client',
  '--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt',
  '--requestheader-extra-headers-prefix=X-Remote-Extra-',
  '--requestheader-group-headers=X-Remote-Group',
  '--requestheader-username-headers=X-Remote-User',
  `--secure-port=${port}`,
  ...(minorOf(version) < 20 ? [] : ['--service-account-issuer=https://kubernetes.default.svc.cluster.local']),
  '--service-account-key-file=/etc/kubernetes/pki/sa.pub',
  ...(minorOf(version) < 20 ? [] : ['--service-account-signing-key-file=/etc/kubernetes/pki/sa.key']),
  '--service-cluster-ip-range=10.96.0.0/12',
  '--tls-cert-file=/etc/kubernetes/pki/apiserver.crt',
  '--tls-private-key-file=/etc/kubernetes/pki/apiserver.key'
]

const probe = (
  name: string,
  path: string,
  options: ManifestOptions,
  numbers: readonly string[]
): string => `    ${name}:
      failureThreshold: ${numbers[0]}
      httpGet:
        host: ${options.host}
        path: ${path}
        port: ${minorOf(options.version) < 34 ? options.port : 'probe-port'}
        scheme: HTTPS
${numbers[1] === '0' ? '' : `      initialDelaySeconds: ${numbers[1]}\n`}      periodSeconds: ${numbers[2]}
      timeoutSeconds: 15
`

const VOLUMES = [
  ['ca-certs', '/etc/ssl/certs'],
  ['etc-ca-certificates', '/etc/ca-certificates'],
  ['k8s-certs', '/etc/kubernetes/pki'],
  ['usr-local-share-ca-certificates', '/usr/local/share/ca-certificates'],
  ['usr-share-ca-certificates', '/usr/share/ca-certificates']
] as const

/** The kube-apiserver.yaml that kubeadm of this version writes. */
export const apiServerManifest = (options: ManifestOptions): string => {
  const { version, host, port, flags } = options
  const minor = minorOf(version)
  const command = ['kube-apiserver', ...baseFlags(options), ...flags]
  return `apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: ${host}:${port}
${minor < 34 ? '  creationTimestamp: null\n' : ''}  labels:
    component: kube-apiserver
    tier: control-plane
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
${command.map(item => `    - ${item}\n`).join('')}    image: ${minor < 25 ? 'k8s.gcr.io' : 'registry.k8s.io'}/kube-apiserver:${version}
    imagePullPolicy: IfNotPresent
${probe('livenessProbe', '/livez', options, ['8', '10', '10'])}    name: kube-apiserver
${minor < 34 ? '' : `    ports:\n    - containerPort: ${port}\n      name: probe-port\n      protocol: TCP\n`}${probe('readinessProbe', '/readyz', options, ['3', '0', '1'])}    resources:
      requests:
        cpu: 250m
${probe('startupProbe', '/livez', options, ['24', '10', '10'])}    volumeMounts:
${VOLUMES.map(([name, path]) => `    - mountPath: ${path}\n      name: ${name}\n      readOnly: true\n`).join('')}  hostNetwork: true
  priority: 2000001000
  priorityClassName: system-node-critical
${minor < 22 ? '' : '  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n'}  volumes:
${VOLUMES.map(([name, path]) => `  - hostPath:\n      path: ${path}\n      type: DirectoryOrCreate\n    name: ${name}\n`).join('')}status: {}
`
}

/** A small manifest of another control-plane component, which the fake kubelet reads and does not run. */
export const otherManifest = (component: string, version: string): string => `apiVersion: v1
kind: Pod
metadata:
  labels:
    component: ${component}
    tier: control-plane
  name: ${component}
  namespace: kube-system
spec:
  containers:
  - command:
    - ${component}
    image: registry.k8s.io/${component}:${version}
    imagePullPolicy: IfNotPresent
    name: ${component}
  hostNetwork: true
  priorityClassName: system-node-critical
status: {}
`
