import type { Pod } from '../pod/pod.ts'
import { nameOf } from '../paths.ts'
import { listAt, numberAt, recordAt, stringAt } from '../text/guard.ts'

/** True when a command line is one of kube-apiserver, also behind an interpreter or as a part of hyperkube. */
export const isApiServer = (argv: readonly string[]): boolean => {
  const names = argv.slice(0, 3).map(nameOf)
  return names.includes('kube-apiserver') || (names[0] === 'hyperkube' && names[1] === 'apiserver')
}

/**
 * True when a process runs with the flags of a manifest: each word of the manifest's command line is there, and no audit
 * flag besides. Words that the kubelet expands (`$(NAME)`) are not compared.
 */
export const runsManifest = (argv: readonly string[], pod: Pod): boolean => {
  const there = new Set(argv)
  const wanted = pod.command.words.map(word => word.text).filter(text => text.startsWith('-') && !text.includes('$('))
  const audit = (words: readonly string[]): string[] => words.filter(word => /^--audit[-_]/.test(word)).sort()
  return wanted.every(word => there.has(word)) && sameList(audit(argv), audit(pod.command.words.map(word => word.text)))
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index])

/** Where a probe asks for health. */
export interface Endpoint {
  readonly origin: string
  readonly path: string
}

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const

/**
 * The address on which kube-apiserver answers on its own node, from the manifest's probes, else from its flags. Never that
 * of a load balancer: another control plane's server could answer there.
 */
export const endpointOf = (pod: Pod): Endpoint => {
  const get =
    PROBES.map(name => recordAt(recordAt(pod.container, name), 'httpGet')).find(each => Object.keys(each).length > 0) ??
    {}
  const flag = (name: string): string | undefined =>
    pod.command.flags.filter(each => each.name === name).at(-1)?.value ?? undefined
  const bound = flag('bind-address')
  const isAny = bound === undefined || bound === '0.0.0.0' || bound === '::'
  const host = stringAt(get, 'host') ?? (isAny ? '127.0.0.1' : bound)
  const isPlain =
    stringAt(get, 'scheme') === 'HTTP' || (Object.keys(get).length > 0 && stringAt(get, 'scheme') === undefined)
  const port = portOf(pod, get) ?? Number(flag('secure-port') ?? 6443)
  const path = stringAt(get, 'path') ?? '/readyz'
  return {
    origin: `${isPlain ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    path: path.startsWith('/') ? path : `/${path}`
  }
}

const portOf = (pod: Pod, get: unknown): number | undefined => {
  const name = stringAt(get, 'port')
  if (name === undefined) return numberAt(get, 'port')
  if (/^\d+$/.test(name)) return Number(name)
  const named = listAt(pod.container, 'ports').find(port => stringAt(port, 'name') === name)
  return named === undefined ? undefined : numberAt(named, 'containerPort')
}

/** True when the server may refuse anonymous requests: then 401 is an answer of a living server. */
export const mayRefuseAnonymous = (pod: Pod): boolean =>
  pod.command.flags.some(
    flag =>
      (flag.name === 'anonymous-auth' && /^(0|f|false)$/i.test(flag.value ?? '')) ||
      flag.name === 'authentication-config'
  )
