/** A Kubernetes distribution that keeps its audit settings elsewhere than in a kubeadm manifest. */
export interface Distribution {
  readonly name: string
  /** Paths of the host of which one is there on a node of the distribution. */
  readonly paths: readonly string[]
  /** A text in the manifest or its path that only the distribution writes. */
  readonly mark?: RegExp
  /** Where its audit settings are, as the next step. */
  readonly setting: string
}

// marks from the manifests that the distributions write; paths from their documentation
export const DISTRIBUTIONS: readonly Distribution[] = [
  {
    name: 'RKE2',
    paths: ['/var/lib/rancher/rke2/agent/pod-manifests/kube-apiserver.yaml', '/etc/rancher/rke2/config.yaml'],
    mark: /\/var\/lib\/rancher\/rke2\/|rancher\/hardened-kubernetes/,
    setting: 'set kube-apiserver-arg and audit-policy-file in /etc/rancher/rke2/config.yaml and restart rke2-server'
  },
  {
    name: 'k3s',
    paths: ['/etc/rancher/k3s/k3s.yaml', '/etc/rancher/k3s/config.yaml', '/var/lib/rancher/k3s/server'],
    mark: /\/var\/lib\/rancher\/k3s\//,
    setting: 'set kube-apiserver-arg in /etc/rancher/k3s/config.yaml and restart k3s'
  },
  {
    name: 'Talos',
    paths: ['/etc/kubernetes/manifests/talos-kube-apiserver.yaml'],
    mark: /talos\.dev\/|\/system\/secrets\/kubernetes\/kube-apiserver/,
    setting:
      'set cluster.apiServer.auditPolicy and extraArgs in the machine configuration (talosctl edit machineconfig)'
  },
  {
    name: 'kops',
    paths: ['/etc/kubernetes/manifests/kube-apiserver.manifest', '/opt/kops'],
    mark: /kops\/kube-apiserver-healthcheck|kops\.k8s\.io|\/srv\/kubernetes\/kube-apiserver\//,
    setting: 'set spec.kubeAPIServer.audit* and fileAssets in the cluster specification (kops edit cluster)'
  },
  {
    name: 'MicroK8s',
    paths: ['/var/snap/microk8s/current/args/kube-apiserver'],
    mark: /\/var\/snap\/microk8s\//,
    setting: 'add the flags to /var/snap/microk8s/current/args/kube-apiserver and restart the kubelite service'
  }
]

/** The distribution whose mark a manifest's text bears. */
export const markedDistribution = (text: string): Distribution | undefined =>
  DISTRIBUTIONS.find(each => each.mark?.test(text))
