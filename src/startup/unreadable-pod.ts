import { type Holds, POD, podField } from '../pod/fields.ts'
import { isRecord, stringAt, type Unknown, valueAt } from '../text/guard.ts'
import { formatPath, type Path } from '../text/locate.ts'
import { goJson } from '../text/go-json-text.ts'
import { goQuote } from '../text/go-quote.ts'

/** What the kubelet prints for a file that it cannot read as a pod. */
export const unreadable = (file: string, why: string): string =>
  `${file}: couldn't parse as pod(${why}), please check config file`

/** Why the kubelet's decoder takes some data for no v1 Pod. */
export const whyNoPod = (data: unknown): string => {
  if (data !== null && !isRecord(data))
    return `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(data)} into Go value of type struct`
  const [apiVersion, kind] = [stringAt(data, 'apiVersion') ?? '', stringAt(data, 'kind') ?? '']
  if (kind === '') return `Object 'Kind' is missing in '${goJson(data)}'`
  if (apiVersion === '') return `Object 'apiVersion' is missing in '${goJson(data)}'`
  if (apiVersion === 'v1' && kind !== 'Pod' && OTHER_KINDS.test(kind)) return `invalid pod: &core.${kind}{`
  return `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme`
}

// of the core group, which the kubelet's decoder knows too
const OTHER_KINDS =
  /^(Binding|ConfigMap|Endpoints|Event|LimitRange|Namespace|Node|PersistentVolume|PersistentVolumeClaim|PodList|PodTemplate|ReplicationController|ResourceQuota|Secret|Service|ServiceAccount)$/

/** What Go's JSON decoder calls the type of a value. */
export const goKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array'
  if (isRecord(value)) return 'object'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** Why the decoder cannot take the value at a path of a pod, as far as its words are known here. */
export const whyWrongType = (data: Unknown, path: Path): string => {
  const { owner, holds, name } = fieldAt(path)
  if (holds === 'quantity')
    return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
  const value = valueAt(data, path)
  const place = formatPath(path.filter(step => typeof step === 'string').slice(0, name + 1))
  return `json: cannot unmarshal ${goKind(value)} into Go struct field ${owner}.${place} of type ${goType(holds, String(path[name]))}`
}

interface FieldAt {
  /** The type that has the field, and what the value should have held. */
  readonly owner: string
  readonly holds: Holds
  /** Which of the path's keys is the field's. */
  readonly name: number
}

const fieldAt = (path: Path): FieldAt => {
  let [owner, holds, keys]: [string, Holds, number] = [POD, POD, -1]
  let name = 0
  for (const step of path) {
    if (typeof step === 'number') {
      holds = holds.slice(1)
      continue
    }
    keys += 1
    if (holds.startsWith('{')) holds = holds.slice(1)
    else {
      owner = holds
      holds = podField(holds, step)?.holds ?? ''
      name = keys
    }
  }
  return { owner, holds, name }
}

// strings with a type of their own
const NAMED_STRINGS: Readonly<Record<string, string>> = {
  imagePullPolicy: 'v1.PullPolicy',
  restartPolicy: 'v1.RestartPolicy',
  dnsPolicy: 'v1.DNSPolicy',
  scheme: 'v1.URIScheme',
  protocol: 'v1.Protocol',
  mountPropagation: 'v1.MountPropagationMode',
  terminationMessagePolicy: 'v1.TerminationMessagePolicy'
}

const goType = (holds: Holds, name: string): string => {
  if (holds.startsWith('[')) return `[]${goType(holds.slice(1), name)}`
  if (holds.startsWith('{'))
    return holds === '{quantity' ? 'v1.ResourceList' : `map[string]${goType(holds.slice(1), name)}`
  if (holds === '') return NAMED_STRINGS[name] ?? 'string'
  if (/^(bool|int32|int64)$/.test(holds)) return holds
  return `v1.${holds}`
}
