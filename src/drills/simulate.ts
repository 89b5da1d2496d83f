import { DEFAULT_MANIFEST } from '../facts/kubelet.ts'
import { decodePolicy } from '../policy/decode.ts'
import { withLastKeys } from '../startup/last-keys.ts'
import { join, hostPath, type HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { sha256 } from '../sha256.ts'
import type { StartFault } from '../startup/start-fault.ts'
import { goQuote } from '../text/go-quote.ts'
import { stringAt, recordAt } from '../text/guard.ts'
import type { Seen } from './seen.ts'

/** What a node's logs show of its kube-apiserver after the kubelet has read the manifest. */
export interface NodeLogs {
  readonly container: 'running' | 'exited' | 'none'
  /** The logs by their paths on the node; the kubelet's goes into the system's log. */
  readonly files: ReadonlyMap<HostPath, readonly string[]>
}

export const SYSTEM_LOG = hostPath('/var/log/syslog')
export const POD_LOGS = hostPath('/var/log/pods')

/** The logs that a node would show at a time (milliseconds since 1970), by what keeps its kube-apiserver from starting. */
export const nodeLogs = (seen: Seen, now: number): NodeLogs => {
  // the pod of another file runs, and nothing is amiss to anyone who only looks at the logs
  const fault = seen.fault?.code === 'stray-pod' ? null : seen.fault
  const scene = sceneOf(seen, now)
  const isOfKubelet = fault !== null && ['kubelet', 'mount', 'runtime'].includes(fault.layer)
  const spoken = fault === null ? serving(scene) : isOfKubelet ? [] : dying(scene, fault)
  const files = new Map([[SYSTEM_LOG, fault === null ? [seesManifest(scene, 14)] : kubeletLines(scene, fault)]])
  if (spoken.length > 0) files.set(join(POD_LOGS, scene.directory, 'kube-apiserver', fault ? '3.log' : '0.log'), spoken)
  return { container: fault === null ? 'running' : isOfKubelet ? 'none' : 'exited', files }
}

type Severity = 'I' | 'W' | 'E' | 'F'

interface Scene {
  readonly seen: Seen
  /** Milliseconds since 1970. */
  readonly now: number
  /** As the kubelet takes it, of whose keys the last of two counts; null where it takes none. */
  readonly pod: Pod | null
  readonly name: string
  readonly uid: string
  /** The pod's directory below /var/log/pods. */
  readonly directory: string
  /** A line of the kubelet, some seconds ago, as the system's log has it. */
  readonly kubelet: (severity: Severity, source: string, text: string, ago: number) => string
  /** A line of kube-apiserver, some seconds ago, as the container runtime writes it. */
  readonly server: (severity: Severity, source: string, text: string, ago: number) => string
  /** A line that kube-apiserver prints before it has a logger. */
  readonly plain: (text: string, ago: number) => string
}

const sceneOf = (seen: Seen, now: number): Scene => {
  const node = seen.node.name ?? 'controlplane'
  const { pod } = withLastKeys(seen.node).manifest
  const name = `${stringAt(recordAt(pod?.data ?? {}, 'metadata'), 'name') ?? 'kube-apiserver'}-${node}`
  // the kubelet's is a hash of the manifest too
  const manifest =
    seen.fault?.code === 'stray-pod' ? seen.text(hostPath(seen.fault.file ?? '')) : seen.node.manifest.text
  const uid = sha256(manifest ?? '').slice(0, 32)
  const runtime = (text: string, ago: number): string => `${stampOf(now, ago, NANO)}Z stderr F ${text}`
  return {
    seen,
    now,
    pod,
    name,
    uid,
    directory: `kube-system_${name}_${uid}`,
    plain: runtime,
    server: (severity, source, text, ago) => runtime(klog(severity, 1, source, text, now, ago), ago),
    kubelet: (severity, source, text, ago) => {
      const at = new Date(now - ago * 1000)
      const month = at.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' })
      const stamp = `${month} ${String(at.getUTCDate()).padStart(2)} ${at.toISOString().slice(11, 19)}`
      return `${stamp} ${node} kubelet[812]: ${klog(severity, 812, source, text, now, ago)}`
    }
  }
}

const klog = (severity: Severity, pid: number, source: string, text: string, now: number, ago: number): string => {
  const at = stampOf(now, ago, MICRO)
  return `${severity}${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11)} ${String(pid).padStart(7)} ${source}] ${text}`
}

const [MICRO, NANO] = [6, 9]

// the clock of a computer has more digits than this one's; what a program says the runtime hears a little later
const stampOf = (now: number, ago: number, digits: number): string => {
  const milliseconds = new Date(now - ago * 1000).toISOString().replace('Z', '')
  const more = sha256(milliseconds).replace(/\D/g, '').padEnd(6, '0')
  return `${milliseconds}${digits === MICRO ? more.slice(0, 3) : `9${more.slice(0, 5)}`}`
}

// what the parser of flags says comes before the logger is set up
const PARSING =
  /^(?:Error: )?(unknown flag|unknown shorthand|invalid argument|flag needs an argument|bad flag syntax|"kube-apiserver" does not take)/

const began = ({ server, pod, seen }: Scene, ago: number): string[] => {
  const address = pod?.command.flags.findLast(({ name }) => name === 'advertise-address')?.value ?? '127.0.0.1'
  const image = stringAt(pod?.container ?? {}, 'image') ?? ''
  const version = /:(v\d[^@]*)/.exec(image)?.[1] ?? `v${seen.version}.0`
  return [
    server('I', 'options.go:263', `external host was not specified, using ${address}`, ago),
    server('I', 'server.go:150', `Version: ${version}`, ago - 0.4),
    server('I', 'server.go:152', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""', ago - 0.401)
  ]
}

const dying = (scene: Scene, fault: StartFault): string[] => {
  const { printed, layer, code } = fault
  const { server, plain } = scene
  if (layer === 'flags' && PARSING.test(printed))
    return [plain(printed.startsWith('Error: ') ? printed : `Error: ${printed}`, 6)]
  if (code === 'etcd-address')
    return [...began(scene, 27), ...waiting(scene), server('F', 'instance.go:233', printed, 6)]
  // flags are validated, and the key for tokens is read, before the version is printed
  const isEarly = layer === 'flags' || printed.startsWith('failed to parse service-account-issuer-key-file')
  const first = isEarly ? began(scene, 7).slice(0, 1) : began(scene, 7)
  return [...first, server('E', 'run.go:72', `"command failed" err=${goQuote(decodedWords(scene, fault))}`, 6)]
}

/** What kube-apiserver says again and again of an etcd that it cannot reach. */
const waiting = ({ server, pod }: Scene): string[] => {
  const flag = pod?.command.flags.findLast(({ name }) => name === 'etcd-servers')
  const [first = ''] = (flag?.value ?? '').split(',')
  const address = first.replace(/^[a-z]+:\/\//, '')
  return [26, 25, 23.2, 20.4, 15.8].map((ago, index) =>
    server(
      'W',
      'logging.go:55',
      `[core] [Channel #${index + 1} SubChannel #${index + 2}]grpc: addrConn.createTransport failed to connect to {Addr: ${goQuote(address)}, ServerName: ${goQuote(address)}, }. Err: connection error: desc = "transport: Error while dialing: dial tcp: address ${address}: missing port in address"`,
      ago
    )
  )
}

const serving = (scene: Scene): string[] => [
  ...began(scene, 12),
  ...dropping(scene, 11),
  scene.server('I', 'secure_serving.go:211', 'Serving securely on [::]:6443', 9),
  ...rotating(scene)
]

/** What kube-apiserver says of fields of its policy that it does not know. */
const dropping = ({ server, seen }: Scene, ago: number): string[] => {
  const path = seen.paths.find(({ role }) => role === 'policy')?.resolved?.host
  const text = path === undefined ? null : seen.text(path)
  if (path === undefined || text === null) return []
  const { lenient, findings } = decodePolicy(text, path, seen.version)
  if (!lenient) return []
  const fields = findings.flatMap(({ code, field = '' }) =>
    code === 'policy-unknown-field' ? `unknown field ${goQuote(field)}` : []
  )
  const words = `Audit policy contains errors, falling back to lenient decoding: strict decoding error: ${fields.join(', ')}`
  return [server('W', 'reader.go:76', words, ago)]
}

const MEGABYTE = 1024 * 1024
// somewhat more than an event takes
const NEXT_EVENT = 1024

/** What kube-apiserver says of each event when its log is full and cannot be renamed, as it is mounted itself. */
const rotating = ({ server, seen, now }: Scene): string[] => {
  const log = seen.paths.find(({ role }) => role === 'log')
  if (!log?.resolved || log.resolved.mount.path !== log.container) return []
  const size = seen.node.log?.size ?? 0
  const limit = Number(seen.flags.get('audit-log-maxsize') ?? 0) * MEGABYTE
  if (limit === 0 || size + NEXT_EVENT < limit) return []
  return [7, 4.6, 1.2].map(ago => {
    const stamp = new Date(now - ago * 1000).toISOString().replaceAll(':', '-').replace('Z', '')
    const renamed = log.container.replace(/(\.[^./]*)?$/, `-${stamp}$1`)
    const busy = `can't rename log file: rename ${log.container} ${renamed}: device or resource busy`
    return server('E', 'metrics.go:110', `Error in audit plugin 'log' affecting 1 audit events: ${busy}`, ago)
  })
}

const seesManifest = ({ kubelet, name }: Scene, ago: number): string =>
  kubelet('I', 'kubelet.go:2537', `"SyncLoop ADD" source="file" pods=["kube-system/${name}"]`, ago)

const kubeletLines = (scene: Scene, fault: StartFault): string[] => {
  const { kubelet, name, uid } = scene
  const skipping = (reason: string, words: string): string =>
    kubelet(
      'E',
      'pod_workers.go:1338',
      `"Error syncing pod, skipping" err=${goQuote(`failed to "StartContainer" for "kube-apiserver" with ${reason}: ${goQuote(words)}`)} pod="kube-system/${name}" podUID="${uid}"`,
      1
    )
  switch (fault.layer) {
    case 'kubelet': {
      const err = goQuote(wholeWords(scene, fault))
      return [kubelet('E', 'file.go:186', `"Could not process manifest file" err=${err} path="${DEFAULT_MANIFEST}"`, 1)]
    }
    case 'mount':
      return [seesManifest(scene, 3), kubelet('E', 'nestedpendingoperations.go:348', mountWords(scene, fault), 1)]
    case 'runtime':
      return [seesManifest(scene, 3), skipping('RunContainerError', runtimeWords(scene, fault))]
    default: {
      const words = `back-off 40s restarting failed container=kube-apiserver pod=${name}_kube-system(${uid})`
      return [seesManifest(scene, 40), skipping('CrashLoopBackOff', words)]
    }
  }
}

const runtimeWords = ({ pod, uid }: Scene, { printed, code, field }: StartFault): string => {
  if (code !== 'mount-point-missing') return printed
  const index = Number(/volumeMounts\[(\d+)\]/.exec(field ?? '')?.[1] ?? -1)
  const mount = pod?.mounts.find(each => each.index === index)
  const [path, host] = [mount?.path ?? '', pod?.volumes.find(({ name }) => name === mount?.name)?.hostPath ?? '']
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "${host}" to rootfs at "${path}": create mountpoint for ${path} mount: make mountpoint "${path}": mkdirat /run/containerd/io.containerd.runtime.v2.task/k8s.io/${uid}/rootfs${path}: read-only file system: unknown`
}

const mountWords = ({ pod, name, uid, now }: Scene, { printed, field }: StartFault): string => {
  const index = Number(/volumes\[(\d+)\]/.exec(field ?? '')?.[1] ?? -1)
  const volume = pod?.volumes.find(each => each.index === index)?.name ?? ''
  const unique = `kubernetes.io/host-path/${uid}-${volume}`
  return `"Operation for \\"{volumeName:${unique} podName:${uid} nodeName:}\\" failed. No retries permitted until ${stampOf(now, -7, NANO).replace('T', ' ')} +0000 UTC m=+41.086952104 (durationBeforeRetry 8s). Error: MountVolume.SetUp failed for volume \\"${volume}\\" (UniqueName: \\"${unique}\\") pod \\"${name}\\" (UID: \\"${uid}\\") : ${printed}"`
}

/** What the kubelet prints of a manifest, to its end. */
const wholeWords = (scene: Scene, fault: StartFault): string => {
  const { printed } = fault
  if (printed.endsWith('yaml: ')) return `${printed}${yamlWords(scene, fault)}), please check config file`
  return printed.endsWith(')') || !printed.includes('(') ? printed : `${printed})`
}

/** What kube-apiserver prints of a file that it cannot decode, to its end: the judge's words stop before what only Go can say. */
const decodedWords = (scene: Scene, fault: StartFault): string => {
  const { printed, layer } = fault
  const from = layer === 'policy' ? `: from file ${scene.seen.flags.get('audit-policy-file') ?? ''}` : ''
  if (printed.endsWith('yaml: ')) return `${printed}${yamlWords(scene, fault)}${from}`
  if (printed.endsWith(' in scheme')) return `${printed} "pkg/runtime/scheme.go:111"${from}`
  if (printed.endsWith(' of type struct ')) return `${printed}${HEADER}${from}`
  if (!printed.endsWith('json: cannot unmarshal ')) return printed
  const field = (fault.field ?? '').replace(/\[\d+\]/g, '')
  return `${printed}string into Go struct field Policy.${field} of type []string${from}`
}

const HEADER = '{ APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** go-yaml's words for YAML that cannot be read: the judge knows where. */
const yamlWords = ({ seen }: Scene, { file = '', line = 1, message }: StartFault): string => {
  const above = seen.text(hostPath(file))?.split('\n')[line - 2] ?? ''
  const row = YAML_WORDS.find(({ ours, above: wanted = /(?:)/ }) => ours.test(message) && wanted.test(above))
  return `line ${line + (row?.further ?? 0)}: ${row?.words ?? 'did not find expected key'}`
}

/** What go-yaml says where the parser here says something, and how many lines further on. */
const YAML_WORDS: readonly {
  readonly ours: RegExp
  /** The line above. */
  readonly above?: RegExp
  readonly words: string
  readonly further: number
}[] = [
  { ours: /\btabs\b/i, above: /:\s*$/, words: 'found character that cannot start any token', further: 0 },
  { ours: /\btabs\b/i, words: 'found a tab character that violates indentation', further: 0 },
  { ours: /followed by map values/i, words: "could not find expected ':'", further: 1 },
  { ours: /nested mappings|implicit keys/i, words: 'mapping values are not allowed in this context', further: 1 },
  { ours: /missing closing/i, words: 'found unexpected end of stream', further: 0 },
  { ours: /same column|- indicator/i, words: 'did not find expected key', further: -1 }
]
