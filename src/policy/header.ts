import { formatVersion, isAtLeast, type KubernetesVersion } from '../audit/version.ts'
import type { Finding } from '../finding.ts'
import { isRecord } from '../text/guard.ts'
import type { GoSource } from '../text/go-source.ts'
import { faultAt } from './fault.ts'

/** The only apiVersion that every supported API server reads. */
export const API_VERSION = 'audit.k8s.io/v1'

const OLD_VERSIONS = ['audit.k8s.io/v1beta1', 'audit.k8s.io/v1alpha1']

/** The minor release since which the old versions are not read any more. */
const OLD_VERSIONS_UNTIL = 24

/** Findings about the apiVersion and the kind of a policy. */
export const checkHeader = (
  source: GoSource,
  value: unknown,
  version: KubernetesVersion,
  isJson: boolean
): Finding[] => {
  const apiVersion = headerField(value, 'apiVersion', isJson)
  const kind = headerField(value, 'kind', isJson)
  return [...checkApiVersion(source, apiVersion, version), ...checkKind(source, kind)]
}

// encoding/json in apimachinery's SimpleMetaFactory.Interpret takes these two keys in any mix of cases: the last one wins, and none may be
// anything but a string
const headerField = (value: unknown, name: string, isJson: boolean): unknown => {
  if (!isRecord(value)) return undefined
  const keys = Object.keys(value).filter(key => key.toLowerCase() === name.toLowerCase() && value[key] !== null)
  const [other] = keys.filter(key => typeof value[key] !== 'string')
  // what was YAML comes to it with its keys sorted
  const last = other ?? (isJson ? keys : keys.sort()).at(-1)
  return last === undefined ? undefined : value[last]
}

const checkApiVersion = (source: GoSource, found: unknown, version: KubernetesVersion): Finding[] => {
  if (found === API_VERSION) return []
  if (isNoString(found))
    return [about(source, 'error', 'policy-wrong-type', noString('apiVersion', found), 'apiVersion', API_VERSION)]
  const isOld = OLD_VERSIONS.some(each => each === found)
  if (isOld && !isAtLeast(version, OLD_VERSIONS_UNTIL)) {
    const message = `apiVersion ${String(found)} is deprecated and not read since 1.${OLD_VERSIONS_UNTIL}`
    return [about(source, 'warning', 'policy-api-version', message, 'apiVersion', API_VERSION)]
  }
  const message = isOld
    ? `apiVersion ${String(found)} is not read since 1.${OLD_VERSIONS_UNTIL}, nor by ${formatVersion(version)}`
    : `${missing('apiVersion', found)}, wanted ${API_VERSION}`
  return [about(source, 'error', 'policy-api-version', message, 'apiVersion', API_VERSION)]
}

// the decoder fills an absent kind from the type it decodes into: apimachinery serializer/json/json.go, gvkWithDefaults
const checkKind = (source: GoSource, found: unknown): Finding[] => {
  if (found === 'Policy') return []
  if (isNoString(found)) return [about(source, 'error', 'policy-wrong-type', noString('kind', found), 'kind', 'Policy')]
  const isAbsent = found === undefined || found === ''
  const message = `${missing('kind', found)}, wanted Policy`
  return [about(source, isAbsent ? 'warning' : 'error', 'policy-kind', message, 'kind', 'Policy')]
}

const isNoString = (found: unknown): boolean => found !== undefined && typeof found !== 'string'

const noString = (key: string, found: unknown): string => `${key} must be a string, found ${JSON.stringify(found)}`

const missing = (key: string, found: unknown): string =>
  found === undefined || found === '' ? `${key} is missing` : `${key} is ${JSON.stringify(found)}`

const about = (
  source: GoSource,
  severity: 'error' | 'warning',
  code: string,
  message: string,
  key: string,
  wanted: string
): Finding => faultAt(source, [key], { severity, code, message, remediation: `write ${key}: ${wanted}` })
