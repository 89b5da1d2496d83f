import { booleanOf, floatOf, integerOf } from '../audit/flag-value.ts'
import { auditFlag, type AuditFlagName, defaultOf } from '../audit/flags.ts'
import type { KubernetesVersion } from '../audit/version.ts'
import { isAtLeast } from '../audit/version.ts'
import { currentFlags } from '../plan/flag-faults.ts'
import type { Pod } from '../pod/pod.ts'
import { goQuote } from '../text/go-quote.ts'

/** What kube-apiserver says of audit flags whose values break a rule: pkg/server/options/audit.go, Validate, in its order. */
export const validationTexts = (pod: Pod, version: KubernetesVersion): string[] => {
  const values = currentFlags(pod)
  const get: Get = name => {
    const flag = auditFlag(name)
    return (flag && (values.get(flag.name) ?? defaultOf(flag, version))) ?? ''
  }
  return [...logTexts(get, version), ...backendTexts('webhook', 'audit-webhook-config-file', get, version)]
}

type Get = (name: string) => string

const MODES = ['batch', 'blocking', 'blocking-strict']

const backendTexts = (
  backend: 'log' | 'webhook',
  enabledBy: AuditFlagName,
  get: Get,
  version: KubernetesVersion
): string[] => {
  if (get(enabledBy) === '') return []
  return [
    ...batchTexts(backend, get),
    ...truncateTexts(backend, get),
    ...versionTexts(get(`audit-${backend}-version`), version)
  ]
}

// the first only
const batchTexts = (backend: string, get: Get): string[] => {
  const of = (name: string): string => get(`audit-${backend}-${name}`)
  const mode = of('mode')
  if (!MODES.includes(mode))
    return [`invalid audit ${backend} mode ${mode}, allowed modes are ${goQuote(MODES.join(','))}`]
  if (mode !== 'batch') return []
  const isThrottled = booleanOf(of('batch-throttle-enable')) === true
  const rules = [
    { name: 'batch-buffer-size', what: 'buffer size', isOn: true },
    { name: 'batch-max-size', what: 'max batch size', isOn: true },
    { name: 'batch-throttle-qps', what: 'throttle QPS', isOn: isThrottled },
    { name: 'batch-throttle-burst', what: 'throttle burst', isOn: isThrottled }
  ]
  const broken = rules.find(({ name, isOn }) => isOn && Number(integerOf(of(name)) ?? floatOf(of(name)) ?? 0) <= 0)
  if (!broken) return []
  const value = integerOf(of(broken.name)) ?? floatOf(of(broken.name)) ?? 0
  return [`invalid audit batch ${backend} ${broken.what} ${value}, must be a positive number`]
}

const truncateTexts = (backend: string, get: Get): string[] => {
  const event = integerOf(get(`audit-${backend}-truncate-max-event-size`)) ?? 0n
  const batch = integerOf(get(`audit-${backend}-truncate-max-batch-size`)) ?? 0n
  if (event <= 0n) return [`invalid audit truncate ${backend} max event size ${event}, must be a positive number`]
  if (batch >= event) return []
  return [`invalid audit truncate ${backend} max batch size ${batch}, must be greater than max event size (${event})`]
}

const versionTexts = (value: string, version: KubernetesVersion): string[] => {
  if (value.split('/').length > 2) return [`unexpected GroupVersion string: ${value}`]
  // v1alpha1 and v1beta1 were served up to 1.23
  const known = isAtLeast(version, 24) ? ['v1'] : ['v1alpha1', 'v1beta1', 'v1']
  const names = known.map(each => `audit.k8s.io/${each}`)
  return names.includes(value) ? [] : [`invalid group version, allowed versions are [${names.map(goQuote).join(' ')}]`]
}

const logTexts = (get: Get, version: KubernetesVersion): string[] => {
  if (get('audit-log-path') === '') return []
  const format = get('audit-log-format')
  return [
    ...backendTexts('log', 'audit-log-path', get, version),
    ...(format === 'json' || format === 'legacy'
      ? []
      : [`invalid audit log format ${format}, allowed formats are "legacy,json"`]),
    ...['audit-log-maxage', 'audit-log-maxbackup', 'audit-log-maxsize'].flatMap(name => {
      const value = integerOf(get(name)) ?? 0n
      return value < 0n ? [`--${name} ${value} can't be a negative number`] : []
    })
  ]
}
