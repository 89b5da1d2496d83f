import type { Kubeadm } from './kubeadm.ts'

/** A ClusterConfiguration as somebody may have written it. */
export interface Config {
  readonly name: string
  readonly text: string
  /** The configuration that the manifest came from, where that is another one. */
  readonly before?: string
}

export type ConfigVersion = 'v1beta3' | 'v1beta4'

/** The keys that every configuration has. */
export const headOf = (version: ConfigVersion, kubernetes: string): string =>
  `apiVersion: kubeadm.k8s.io/${version}\nkind: ClusterConfiguration\nkubernetesVersion: ${kubernetes}\n`

const indented = (text: string, columns: number): string => text.replace(/^(?=.)/gm, ' '.repeat(columns))

const furtherIn = (text: string): string => text.replace(/^(?!extra)(?=.)/gm, '  ')

// other settings than audit's, in the way of each version
const ARGS: Readonly<Record<ConfigVersion, string>> = {
  v1beta3: `extraArgs:
  event-ttl: 2h # two hours
  "feature-gates": 'AllAlpha=false'
  profiling: "false"
`,
  v1beta4: `extraArgs:
# two of a name
- name: service-account-issuer
  value: https://one.example.com
- name: service-account-issuer
  value: https://two.example.com
- {name: "event-ttl", value: '2h'} # two hours
- value: "false"
  name: profiling
`
}

const VOLUMES = `extraVolumes:
  # for the webhook of admission
  - hostPath: /etc/kubernetes/admission
    mountPath: /etc/kubernetes/admission
    name: admission
    pathType: Directory
    readOnly: true
  - {name: tz, hostPath: /usr/share/zoneinfo, mountPath: /usr/share/zoneinfo}
`

// audit settings of an earlier day, of which none shall be left but what the manifest has too
const STALE_ARGS: Readonly<Record<ConfigVersion, string>> = {
  v1beta3: `extraArgs:
  audit-log-maxage: "7" # a week
  audit-log-path: /var/log/old/audit.log
  audit-policy-file: /etc/kubernetes/old-policy.yaml
  audit-webhook-mode: blocking
  profiling: "false"
`,
  v1beta4: `extraArgs:
- name: audit-log-maxage
  value: "7" # a week
- name: audit-log-maxage
  value: "8"
- name: audit-log-path
  value: /var/log/old/audit.log
- name: profiling
  value: "false"
- name: audit-policy-file
  value: /etc/kubernetes/old-policy.yaml
- name: audit-webhook-mode
  value: blocking
`
}

const PROFILING: Readonly<Record<ConfigVersion, string>> = {
  v1beta3: 'extraArgs: {profiling: "false"}\n',
  v1beta4: 'extraArgs: [{name: profiling, value: "false"}]\n'
}

const STALE_VOLUMES = `extraVolumes:
- name: audit-policy
  hostPath: /etc/kubernetes/old-policy.yaml
  mountPath: /etc/kubernetes/old-policy.yaml
  pathType: File
  readOnly: true
- name: old-log
  hostPath: /var/log/old
  mountPath: /var/log/old
  pathType: DirectoryOrCreate
`

const FLOW: Readonly<Record<ConfigVersion, string>> = {
  v1beta3: `apiServer: {extraArgs: {event-ttl: 2h, profiling: "false"}, extraVolumes: [{name: tz, hostPath: /usr/share/zoneinfo, mountPath: /usr/share/zoneinfo}]}\n`,
  v1beta4: `apiServer: {extraArgs: [{name: event-ttl, value: 2h}, {name: profiling, value: "false"}], extraVolumes: [{name: tz, hostPath: /usr/share/zoneinfo, mountPath: /usr/share/zoneinfo}]}\n`
}

const EMPTY_ARGS = { v1beta3: '{}', v1beta4: '[]' } as const

/** Configurations of a version, with kubeadm's own among them. None has audit settings but those named `stale`. */
export const configsOf = async (kubeadm: Kubeadm, version: ConfigVersion, release: string): Promise<Config[]> => {
  const start = headOf(version, release)
  const apiServer = (text: string): string => `${start}apiServer:\n${indented(text, 2)}`
  const rich = apiServer(`certSANs:\n- "10.0.0.1"\n${ARGS[version]}${VOLUMES}`)
  const stale = apiServer(STALE_ARGS[version] + STALE_VOLUMES)
  const before = apiServer(PROFILING[version])
  return [
    { name: 'no apiServer', text: start },
    { name: 'an empty apiServer', text: `${start}apiServer: {}\nscheduler: {}\n` },
    { name: 'an apiServer that is null', text: `${start}apiServer:\nscheduler: {}\n` },
    { name: 'empty lists', text: apiServer(`extraArgs: ${EMPTY_ARGS[version]}\nextraVolumes: []\n`) },
    { name: 'nulls', text: apiServer('extraArgs:\nextraVolumes: null\n') },
    { name: 'other settings', text: `${rich}# the end\n` },
    {
      name: 'other settings in front',
      text: `${rich}clusterName: kubernetes\netcd:\n  local:\n    dataDir: /var/lib/etcd\n`
    },
    { name: 'arguments alone', text: apiServer(ARGS[version]) },
    { name: 'volumes alone', text: apiServer(VOLUMES) },
    { name: 'four columns', text: `${start}apiServer:\n${indented(ARGS[version] + VOLUMES, 4)}` },
    { name: 'lists further in', text: `${start}apiServer:\n${indented(furtherIn(ARGS[version] + VOLUMES), 2)}` },
    { name: 'flow style', text: start + FLOW[version] },
    { name: 'a document start, no last line break', text: `---\n${rich.trimEnd()}` },
    { name: 'CRLF', text: rich.replaceAll('\n', '\r\n') },
    { name: 'stale', text: stale, before },
    {
      name: 'JSON',
      text: JSON.stringify({
        apiServer: { certSANs: ['10.0.0.1'] },
        apiVersion: `kubeadm.k8s.io/${version}`,
        kind: 'ClusterConfiguration',
        kubernetesVersion: release
      })
    },
    { name: "kubeadm's own", text: await kubeadm.storedOf(start) },
    { name: "kubeadm's own, with other settings", text: await kubeadm.storedOf(rich) },
    { name: "kubeadm's own, stale", text: await kubeadm.storedOf(stale), before }
  ]
}
