import type { KnownImage } from './known-image.ts'

// with certificates given, as kubeadm gives them, none is written to --cert-dir
const KUBERNETES = {
  writes: [],
  user: undefined,
  runsAs: 'root',
  note: 'Run as kubeadm runs it, it writes nothing outside its mounts.',
  source: 'https://github.com/kubernetes/kubernetes/blob/v1.34.0/cmd/kubeadm/app/phases/controlplane/volumes.go'
} as const

/** The images of a cluster that kubeadm sets up. */
export const CLUSTER_IMAGES = [
  { ...KUBERNETES, repository: 'registry.k8s.io/kube-apiserver' },
  { ...KUBERNETES, repository: 'registry.k8s.io/kube-controller-manager' },
  { ...KUBERNETES, repository: 'registry.k8s.io/kube-scheduler' },
  {
    repository: 'registry.k8s.io/etcd',
    writes: [{ path: '/var/lib/etcd', what: 'the data of the cluster', grows: true, keeps: true }],
    user: undefined,
    runsAs: 'root',
    note: 'The data directory is what --data-dir says; kubeadm mounts it.',
    source: 'https://github.com/kubernetes/kubernetes/blob/v1.34.0/cmd/kubeadm/app/phases/etcd/local.go'
  },
  {
    repository: 'registry.k8s.io/coredns/coredns',
    also: ['docker.io/coredns/coredns'],
    writes: [],
    user: { uid: 65532, gid: 65532 },
    runsAs: 'name',
    needs: ['NET_BIND_SERVICE'],
    lowPort: 53,
    source: 'https://github.com/kubernetes/kubernetes/blob/v1.34.0/cluster/addons/dns/coredns/coredns.yaml.base'
  },
  {
    repository: 'registry.k8s.io/pause',
    writes: [],
    user: { uid: 65535, gid: 65535 },
    runsAs: 'number',
    source: 'https://github.com/kubernetes/kubernetes/blob/v1.34.0/build/pause/Dockerfile'
  }
] as const satisfies readonly KnownImage[]
