import { isRecord, numberAt, type Unknown } from '../text/guard.ts'
import { formatPath, type Path } from '../text/locate.ts'
import { forbidden, invalid, type PodFault, required, unsupported } from './pod-fault.ts'

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const
const COUNTS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold']

/** What the API's validation says against the probes of a container. */
export const probeFaults = (container: unknown, path: Path): PodFault[] =>
  PROBES.flatMap(key => {
    const probe = isRecord(container) ? container[key] : undefined
    return isRecord(probe) ? faultsOf(probe, [...path, key], key !== 'readinessProbe') : []
  })

const faultsOf = (probe: Unknown, path: Path, isOnce: boolean): PodFault[] => {
  const field = formatPath(path)
  const [first, ...others] = HANDLERS.filter(handler => isRecord(probe[handler]))
  const none = { code: 'bad-probe', message: `${field} says not what to ask` }
  const more = { code: 'bad-probe', message: `${field} says more than one thing to ask` }
  const once = { code: 'bad-probe', message: `${field}.successThreshold must be 1` }
  const successes = numberAt(probe, 'successThreshold') ?? 1
  return [
    ...(first === undefined ? [] : handlerFaults(probe[first], first, [...path, first])),
    ...others.map(other => forbidden([...path, other], 'may not specify more than 1 handler type', more)),
    ...(first === undefined ? [required(path, none, 'must specify a handler type')] : []),
    ...COUNTS.flatMap(key => {
      const count = numberAt(probe, key) ?? 0
      const message = `${field}.${key} is below 0`
      const rule = 'must be greater than or equal to 0'
      return count < 0 ? [invalid([...path, key], count, rule, { code: 'bad-probe', message })] : []
    }),
    // 0 is taken for 1
    ...(isOnce && successes !== 1 && successes !== 0
      ? [invalid([...path, 'successThreshold'], successes, 'must be 1', once)]
      : [])
  ]
}

const SCHEMES = ['HTTP', 'HTTPS']

const handlerFaults = (handler: unknown, kind: (typeof HANDLERS)[number], path: Path): PodFault[] => {
  if (!isRecord(handler)) return []
  const empty = { code: 'bad-probe', message: `${formatPath(path)} names no command` }
  const command = handler.command ?? []
  if (kind === 'exec')
    return Array.isArray(command) && command.length === 0 ? [required([...path, 'command'], empty)] : []
  const scheme = handler.scheme ?? ''
  const message = `${formatPath(path)}.scheme is ${JSON.stringify(scheme)}`
  const isScheme = kind !== 'httpGet' || typeof scheme !== 'string' || scheme === '' || SCHEMES.includes(scheme)
  return [
    ...portFaults(handler.port ?? 0, [...path, 'port']),
    ...(isScheme ? [] : [unsupported([...path, 'scheme'], scheme, SCHEMES, { code: 'bad-probe', message })])
  ]
}

// pkg/apis/core/validation, ValidatePortNumOrName, and IsValidPortName of apimachinery
const portFaults = (port: unknown, path: Path): PodFault[] => {
  const named = { code: 'bad-probe', message: `${formatPath(path)} is ${JSON.stringify(port)}` }
  if (typeof port === 'number')
    return port >= 1 && port <= 65535 ? [] : [invalid(path, port, 'must be between 1 and 65535, inclusive', named)]
  if (typeof port !== 'string') return []
  const rules = [
    ...(port.length > 15 ? ['must be no more than 15 characters'] : []),
    ...(/^[-a-z0-9]*$/.test(port) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(port) ? [] : ['must contain at least one letter (a-z)'])
  ]
  return rules.map(rule => invalid(path, port, rule, named))
}
