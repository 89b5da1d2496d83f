import { isAtLeast } from '../audit/version.ts'
import type { NodeFacts } from '../facts/node.ts'
import { lastFlag } from '../pod/command.ts'
import type { Pod } from '../pod/pod.ts'
import { listAt, numberAt, recordAt, stringAt, type Unknown } from '../text/guard.ts'
import { atPath, type Place } from './fault.ts'

/** A probe that asks where kube-apiserver does not answer. */
export interface ProbeFault {
  readonly why: string
  readonly fix: string
  readonly place: Place
}

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const

/** The first probe for which the kubelet would end a server that is well; undefined where none is. */
export const probeFault = ({ manifest: { pod } }: NodeFacts): ProbeFault | undefined => {
  // before 1.20 there was a port without TLS too
  if (pod?.version && !isAtLeast(pod.version, 20)) return undefined
  for (const name of pod ? (['startupProbe', 'livenessProbe'] as const) : []) {
    const fault = pod && faultOf(pod, name, recordAt(recordAt(pod.container, name), 'httpGet'))
    if (fault) return fault
  }
  return undefined
}

const faultOf = (pod: Pod, name: string, get: Unknown): ProbeFault | undefined => {
  if (Object.keys(get).length === 0) return undefined
  const at = (key: string): Place => atPath(pod, [...pod.containerPath, name, 'httpGet', key])
  const fault = (key: string, found: string, wanted: string): ProbeFault => ({
    why: `the ${name} asks at the ${key} ${found}, where kube-apiserver never answers as healthy: the kubelet ends it again and again`,
    fix: `write ${key}: ${wanted} in the ${name} in ${pod.source.file}`,
    place: at(key)
  })
  const path = stringAt(get, 'path') ?? '/'
  if (!/^\/(?:livez|readyz|healthz)(?:[/?]|$)/.test(path)) return fault('path', path, '/livez')
  const scheme = stringAt(get, 'scheme') ?? 'HTTP'
  if (scheme !== 'HTTPS') return fault('scheme', scheme, 'HTTPS')
  const flag = lastFlag(pod.command, 'secure-port')
  const secure = Number(flag?.value ?? 6443)
  const port = portOf(pod, get)
  // a port that is none is told as a fault of the flag
  if (port === undefined || port === secure || !(secure > 0 && secure < 65_536)) return undefined
  const found = fault('port', String(port), String(secure))
  const isAlone = PROBES.some(each => portOf(pod, recordAt(recordAt(pod.container, each), 'httpGet')) === secure)
  // where all probes agree, and clients too, it is the flag that was changed
  return flag && !isAlone ? { ...found, fix: `set --secure-port back to ${port} in ${pod.source.file}` } : found
}

const portOf = (pod: Pod, get: Unknown): number | undefined => {
  const name = stringAt(get, 'port')
  if (name === undefined) return numberAt(get, 'port')
  return numberAt(
    listAt(pod.container, 'ports').find(port => stringAt(port, 'name') === name),
    'containerPort'
  )
}
