import type { CauseRow, Said } from './cause.ts'

const START_KUBELET = 'then: systemctl restart kubelet; journalctl -u kubelet -f'

const ending = (
  pattern: RegExp,
  title: string,
  fix: string | ((said: Said) => string),
  by: CauseRow['by'] = 'kubelet'
): CauseRow => ({
  code: 'kubelet-not-running',
  layer: 'kubelet',
  by,
  pattern,
  title,
  why: 'without the kubelet nothing on this node starts kube-apiserver, or starts it again',
  fix: said => `${typeof fix === 'string' ? fix : fix(said)}; ${START_KUBELET}`,
  endsKubelet: true
})

/** What the kubelet says when it ends itself: cmd/kubelet/app/server.go. */
export const KUBELET_ENDS: readonly CauseRow[] = [
  ending(
    /running with swap on is not supported/,
    'the kubelet does not run because swap is on',
    'swapoff -a, and take the swap line out of /etc/fstab'
  ),
  ending(
    /configured to not run on a host using cgroup v1/,
    'the kubelet does not run because the host has cgroup v1',
    'boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1), or write failCgroupV1: false in /var/lib/kubelet/config.yaml'
  ),
  ending(
    /cgroup driver: "(?<ours>[^"]*)" is different from/,
    "the kubelet's cgroup driver is not that of the container runtime",
    'write the cgroupDriver of the runtime (systemd for most) in /var/lib/kubelet/config.yaml'
  ),
  ending(
    /failed to load kubelet config file, path: (?<path>[^,]+), error: (?<what>.*?)"/,
    'the kubelet cannot read its configuration',
    ({ path, what }) => `correct ${path ?? ''} (${what ?? ''})`
  ),
  ending(
    /failed to parse kubelet flag: (?<what>[^"]*)/,
    'the kubelet is started with a flag that it does not know',
    ({ what }) => `take it out (${what ?? ''}) of /var/lib/kubelet/kubeadm-flags.env or /etc/default/kubelet`
  ),
  ending(
    /failed to validate kubelet (?:configuration|flags)[^:]*: (?<what>.*?)(?:, path:|"|$)/,
    'the kubelet refuses its configuration',
    ({ what }) => `correct /var/lib/kubelet/config.yaml: ${what ?? ''}`
  ),
  ending(
    /part of the existing bootstrap client certificate in (?<path>\S+) is expired|unable to load bootstrap kubeconfig/,
    "the kubelet's client certificate has expired or is not there",
    ({ path }) =>
      `on this node: kubeadm init phase kubeconfig kubelet --node-name NODE (writes ${path ?? '/etc/kubernetes/kubelet.conf'} anew); see also kubeadm certs check-expiration`
  ),
  ending(
    /unable to load client CA file (?<path>[^:]+): (?<what>[^"]*)/,
    'the kubelet cannot read its certificate authority',
    ({ path, what }) => `put ${path ?? ''} back (${what ?? ''})`
  ),
  ending(
    /container runtime is not running|validate (?:CRI v1 runtime API|service connection)|unknown service runtime\.v1/,
    'the kubelet ended because the container runtime does not answer',
    'systemctl restart containerd (crictl info shows whether it answers)'
  ),
  ending(
    /Shutting down DynamicServingCertificateController|Stopped kubelet(?:\.service)?\b|kubelet\.service: (?:Deactivated|Main process exited|Failed with)/,
    'the kubelet was stopped',
    'systemctl enable --now kubelet'
  ),
  ending(
    /command failed" err="(?<what>.*)"|[Ff]ailed to run [Kk]ubelet(?:" err="|: )(?<why>[^"]*)/,
    'the kubelet does not run',
    ({ what, why }) => `see its last words: ${what ?? why ?? ''}`
  )
]

const MEMORY = 'kube-apiserver is killed by the kernel when it wants more memory than it may have'
const GIVE_MEMORY =
  'take out or raise resources.limits.memory of kube-apiserver in its manifest, or free memory on the node (free -m)'

const runtime = (
  code: string,
  pattern: RegExp,
  title: string,
  why: string,
  fix: CauseRow['fix'],
  isSymptom?: true
): CauseRow => ({
  code,
  layer: 'runtime',
  by: 'kubelet',
  pattern,
  title,
  why,
  fix,
  ...(isSymptom ? { isSymptom } : {})
})

/** What the kubelet says when the container runtime cannot start the container, and when the container is ended. */
export const RUNTIME_CAUSES: readonly CauseRow[] = [
  runtime(
    'image-missing',
    /failed to get sandbox image "(?<image>[^"]*)"/,
    "the pod's sandbox image cannot be had",
    'no container can be made without it',
    ({ image }) => `crictl pull ${image ?? ''}, or correct sandbox_image in /etc/containerd/config.toml`
  ),
  runtime(
    'image-missing',
    /with InvalidImageName: (?<what>.*?)(?:" pod=|$)/,
    'the name of the image cannot be read',
    'the kubelet cannot ask for an image that has no proper name',
    ({ what }, { manifest }) => `correct the image in ${manifest}: ${what ?? ''}`
  ),
  runtime(
    'image-missing',
    /(?:with (?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull|ImageInspectError|RegistryUnavailable)|Failed to pull image)\b.*?image "?(?<image>[^\s",]+)/,
    'the image of kube-apiserver cannot be had',
    'the image is not on this node and cannot be pulled: its name or tag is wrong, or the registry is out of reach',
    ({ image }, { manifest }) =>
      `correct the image in ${manifest} (crictl images | grep kube-apiserver shows what is here), or try: crictl pull ${image ?? 'IMAGE'}`
  ),
  runtime(
    'image-missing',
    /with (?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull)\b/,
    'the image of kube-apiserver cannot be had',
    'the image is not on this node and cannot be pulled',
    (_, { manifest }) => `correct the image in ${manifest} (crictl images | grep kube-apiserver shows what is here)`
  ),
  runtime(
    'wrong-command',
    /exec: "(?<program>[^"]*)": (?<what>[^"]*?)(?:: unknown|"|$)/,
    'the program that the manifest names is not in the image',
    'the container ends before anything runs in it, so its log is empty',
    ({ program }, { manifest }) =>
      `the first word of command in ${manifest} must be kube-apiserver${program === undefined ? '' : `, found ${program}`}`
  ),
  runtime(
    'hostpath-wrong-kind',
    /error mounting "(?<source>[^"]*)" to rootfs at "(?<path>[^"]*)"/,
    'a file is mounted where the container has a directory, or the other way round',
    'the runtime cannot make the mount, so the container does not start',
    ({ source, path }) => `see what ${source ?? ''} is on the host (ls -ld), and what ${path ?? ''} must be`
  ),
  runtime(
    'run-as-non-root',
    /container has runAsNonRoot and image will run as root/,
    'the pod may not run as root, and its image does',
    'kubeadm runs kube-apiserver as root unless RootlessControlPlane is on',
    (_, { manifest }) => `write runAsUser beside runAsNonRoot in ${manifest}, or take runAsNonRoot out`
  ),
  runtime(
    'disk-full',
    /no space left on device/,
    'the disk is full',
    'no container can be made on a full disk',
    'df -h; df -i; then make room, as with: crictl rmi --prune; journalctl --vacuum-size=200M'
  ),
  runtime(
    'out-of-memory',
    /OOMKilled|reason="?OOM|signal "?oom/,
    'kube-apiserver ran out of memory',
    MEMORY,
    GIVE_MEMORY
  ),
  {
    code: 'out-of-memory',
    layer: 'runtime',
    by: 'kernel',
    pattern: /[Oo]ut of memory: Killed process \d+ \(kube-apiserver\)|oom-kill:.*task=kube-apiserver/,
    title: 'kube-apiserver ran out of memory',
    why: MEMORY,
    fix: GIVE_MEMORY
  },
  runtime(
    'host-network-missing',
    /network is not ready: (?<what>[^"]*)/,
    'the pod waits for a network that it should not need',
    'kube-apiserver stands on the network of the host: a network of pods comes up only when it runs',
    (_, { manifest }) => `write hostNetwork: true under spec in ${manifest}`
  ),
  runtime(
    'not-admitted',
    /Pod admission denied.*reason="?(?<reason>[^"]*?)"? message="?(?<what>[^"]*)|Node didn't have enough resource: (?<short>[^"]*)/,
    'the node does not admit the pod',
    'the pod asks for more than the node has, or for something that it lacks',
    ({ what, short }, { manifest }) => `correct resources.requests in ${manifest}: ${what ?? short ?? ''}`
  ),
  runtime(
    'container-not-started',
    /failed to "(?:StartContainer|CreateContainer)" for "kube-apiserver" with (?<reason>RunContainerError|CreateContainerError|CreateContainerConfigError|PreCreateHookError|PostStartHookError): "?(?<what>.*?)(?:" pod=|$)/,
    'the container runtime cannot start the container',
    'what the runtime was asked for is not possible on this node',
    ({ what }) => `see the runtime's own words: ${what ?? ''}`
  ),
  runtime(
    'sandbox-fails',
    /CreatePodSandboxError|Failed to create sandbox for pod|CreatePodSandbox for pod failed/,
    'the container runtime cannot make the sandbox of the pod',
    'no container of the pod starts without its sandbox',
    'systemctl restart containerd; crictl pods; journalctl -u containerd -n 50',
    true
  ),
  runtime(
    'runtime-down',
    /^E\d{4} .*dial unix (?<socket>\S*(?:containerd|crio|docker)\S*): connect: (?<what>no such file or directory|connection refused)/,
    'the container runtime does not run',
    'the kubelet can start no container without it',
    ({ socket }) => `systemctl status containerd; systemctl restart containerd (the kubelet asks at ${socket ?? ''})`,
    true
  ),
  runtime(
    'probe-fails',
    /[Pp]robe (?:failed|errored)" probeType="(?<probe>Liveness|Startup)"|(?<words>Liveness|Startup) probe (?:failed|errored)|failed (?<short>liveness|startup) probe, will be restarted/,
    'the kubelet ends kube-apiserver because a probe fails',
    'kube-apiserver runs, but does not answer in time as healthy where the probe asks',
    (_, { manifest }) =>
      `compare host, port and path of startupProbe and livenessProbe in ${manifest} with --secure-port and --advertise-address; where they agree, see why the server is slow (etcd, an audit webhook in blocking mode)`,
    true
  )
]
