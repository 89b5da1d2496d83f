import { booleanOf, floatOf, integerOf, valueFault } from './flag-value.ts'
import {
  type AuditFlag,
  auditFlag,
  auditFlags,
  type AuditFlagName,
  type Backend,
  defaultOf,
  isKnownIn
} from './flags.ts'
import { formatVersion, isAtLeast, type KubernetesVersion } from './version.ts'

/** What keeps kube-apiserver from starting, and the flag to blame. */
export interface FlagFault {
  readonly flag: AuditFlagName
  readonly message: string
}

export type FlagValues = ReadonlyMap<AuditFlagName, string>

/**
 * The faults for which kube-apiserver of a release would refuse to start with these flags: unknown in the release,
 * unreadable values, and its own validation of each backend that is on (apiserver pkg/server/options/audit.go).
 */
export const validateFlags = (values: FlagValues, version: KubernetesVersion): FlagFault[] => {
  const faults: FlagFault[] = []
  for (const [name, value] of values) {
    const flag = auditFlag(name)
    if (!flag) continue
    const fault = isKnownIn(flag, version) ? valueFault(flag, value) : unknownIn(flag, version)
    if (fault !== undefined) faults.push({ flag: name, message: fault })
  }
  if (faults.length > 0) return faults
  return [
    ...backendFaults('log', 'audit-log-path', values, version),
    ...backendFaults('webhook', 'audit-webhook-config-file', values, version)
  ]
}

const unknownIn = (flag: AuditFlag, version: KubernetesVersion): string =>
  flag.until !== undefined && isAtLeast(version, flag.until)
    ? `the flag is gone since Kubernetes 1.${flag.until}; this is ${formatVersion(version)}`
    : `the flag came with Kubernetes 1.${flag.since}; this is ${formatVersion(version)}`

const backendFaults = (
  backend: Backend,
  enabledBy: AuditFlagName,
  values: FlagValues,
  version: KubernetesVersion
): FlagFault[] => {
  if ((values.get(enabledBy) ?? '') === '') return []
  const get = (name: string): string => {
    const flag = auditFlag(name)
    return (flag && (values.get(flag.name) ?? defaultOf(flag, version))) ?? ''
  }
  const isBatch = get(`audit-${backend}-mode`) === 'batch'
  const isThrottled = isBatch && booleanOf(get(`audit-${backend}-batch-throttle-enable`)) === true
  const faults: FlagFault[] = []
  for (const flag of auditFlags) {
    if (flag.backend !== backend) continue
    const value = get(flag.name)
    const message = ruleFault(flag, value, isBatch, isThrottled)
    if (message !== undefined) faults.push({ flag: flag.name, message })
  }
  return [...faults, ...truncateFaults(backend, get), ...versionFaults(backend, get, version)]
}

const ruleFault = (flag: AuditFlag, value: string, isBatch: boolean, isThrottled: boolean): string | undefined => {
  const number = (flag.type === 'float' ? floatOf(value) : integerOf(value)) ?? 0
  switch (flag.rule) {
    case undefined:
      return undefined
    case 'choice':
      return flag.choices?.includes(value)
        ? undefined
        : `one of ${flag.choices?.join(', ')} is wanted, found "${value}"`
    case 'not-negative':
      return number < 0 ? `the value must not be negative, found ${value}` : undefined
    case 'positive':
      return number <= 0 ? `the value must be positive, found ${value}` : undefined
    case 'positive-in-batch':
      return isBatch && number <= 0 ? `the value must be positive in batch mode, found ${value}` : undefined
    case 'positive-if-throttled':
      return isThrottled && number <= 0
        ? `the value must be positive when batches are throttled, found ${value}`
        : undefined
    default:
      return flag.rule satisfies never
  }
}

// checked also when truncation is off: apiserver plugin/pkg/audit/truncate, TruncateOptions.Validate
const truncateFaults = (backend: Backend, get: (name: string) => string): FlagFault[] => {
  const name = backend === 'log' ? 'audit-log-truncate-max-batch-size' : 'audit-webhook-truncate-max-batch-size'
  const event = integerOf(get(`audit-${backend}-truncate-max-event-size`)) ?? 0n
  const batch = integerOf(get(name)) ?? 0n
  if (event <= 0 || batch <= 0 || batch >= event) return []
  return [
    { flag: name, message: `the largest batch (${batch} bytes) must not be below the largest event (${event} bytes)` }
  ]
}

const versionFaults = (backend: Backend, get: (name: string) => string, version: KubernetesVersion): FlagFault[] => {
  const name = backend === 'log' ? 'audit-log-version' : 'audit-webhook-version'
  // v1alpha1 and v1beta1 were served up to 1.23
  const known = isAtLeast(version, 24)
    ? ['audit.k8s.io/v1']
    : ['audit.k8s.io/v1', 'audit.k8s.io/v1beta1', 'audit.k8s.io/v1alpha1']
  const value = get(name)
  return known.includes(value)
    ? []
    : [{ flag: name, message: `one of ${known.join(', ')} is wanted, found "${value}"` }]
}
