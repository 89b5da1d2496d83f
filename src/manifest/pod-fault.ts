import { goJson } from '../text/go-json-text.ts'
import { goQuote } from '../text/go-quote.ts'
import { formatPath, type Path } from '../text/locate.ts'

/** A rule of the API that a pod breaks, before it is known where in the text that is. */
export interface PodFault {
  readonly path: Path
  readonly code: string
  readonly message: string
  /** As the API's validation words it: the field, and what is wrong with it. */
  readonly printed: string
}

/** What the fault is called here, and in words of ours. */
export interface Named {
  readonly code: string
  readonly message: string
}

/** The texts of k8s.io/apimachinery pkg/util/validation/field, errors.go; `field` where upstream names another than the path. */
export const required = (path: Path, { code, message }: Named, detail = ''): PodFault => ({
  path,
  code,
  message,
  printed: `${formatPath(path)}: Required value${detail === '' ? '' : `: ${detail}`}`
})

/** A value that breaks a rule. */
export const invalid = (
  path: Path,
  value: string | number,
  rule: string,
  { code, message }: Named,
  field = formatPath(path)
): PodFault => ({ path, code, message, printed: `${field}: Invalid value: ${shown(value)}: ${rule}` })

/** A word that is none of those that are allowed; as its type is no plain string, Go shows it as JSON. */
export const unsupported = (
  path: Path,
  value: string,
  allowed: readonly string[],
  { code, message }: Named
): PodFault => ({
  path,
  code,
  message: `${message}; ${allowed.filter(word => word !== '').join(', ')} are known`,
  printed: `${formatPath(path)}: Unsupported value: ${goJson(value)}: supported values: ${allowed.map(goQuote).join(', ')}`
})

/** A name that stands twice. */
export const duplicate = (path: Path, value: string, { code, message }: Named): PodFault => ({
  path,
  code,
  message,
  printed: `${formatPath(path)}: Duplicate value: ${goQuote(value)}`
})

/** A name of something that is not there. */
export const notFound = (path: Path, value: string, { code, message }: Named): PodFault => ({
  path,
  code,
  message,
  printed: `${formatPath(path)}: Not found: ${goQuote(value)}`
})

/** Two of which only one may be. */
export const forbidden = (path: Path, detail: string, { code, message }: Named): PodFault => ({
  path,
  code,
  message,
  printed: `${formatPath(path)}: Forbidden: ${detail}`
})

const shown = (value: string | number): string => (typeof value === 'number' ? String(value) : goQuote(value))

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

/** The rule for names of pods, which the kubelet prints. */
export const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

/** What is wrong with a name that must be a DNS label: pkg/util/validation, IsDNS1123Label. */
export const labelFaults = (path: Path, name: string, named: Named): PodFault[] => [
  ...(name.length > 63 ? [invalid(path, name, 'must be no more than 63 characters', named)] : []),
  ...(LABEL.test(name) ? [] : [invalid(path, name, LABEL_RULE, named)])
]

/** True for a name that a pod may have. */
export const isSubdomain = (name: string): boolean => SUBDOMAIN.test(name) && name.length <= 253
