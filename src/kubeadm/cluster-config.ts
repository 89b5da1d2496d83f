import { normaliseFlag } from '../audit/flags.ts'
import { AuditError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isRecord, stringAt, type Unknown, valueAt } from '../text/guard.ts'
import { formatPath, nodeAt, type Path, positionOf } from '../text/locate.ts'
import type { Source } from '../text/source.ts'
import { servedByConfig } from './audit-volumes.ts'
import { type ConfigDocument, findClusterConfiguration } from './config-document.ts'
import { type ConfigVersion, configVersionOf, isListOfArgs } from './config-version.ts'
import type { ApiServerExtras, ExtraVolume } from './extras.ts'

/** One entry of apiServer.extraArgs. */
export interface ConfigArg {
  /** The name with `_` read as `-`. */
  readonly name: string
  readonly written: string
  readonly value: string
  /** False for a number or a boolean, which kubeadm refuses. */
  readonly isString: boolean
  /** The path of the entry: its key, or its item. */
  readonly path: Path
}

/** One entry of apiServer.extraVolumes, at its index. */
export interface ConfigVolume extends ExtraVolume {
  readonly index: number
}

/** The ClusterConfiguration of kubeadm, with the places of what matters to auditing. */
export interface ClusterConfig {
  readonly source: Source
  readonly document: ConfigDocument
  readonly version: ConfigVersion
  /** The audit settings in it. */
  readonly extras: ApiServerExtras
  readonly args: readonly ConfigArg[]
  readonly volumes: readonly ConfigVolume[]
  /** What kubeadm would refuse or read in another way than meant. */
  readonly findings: readonly Finding[]
}

export const EXTRA_ARGS: Path = ['apiServer', 'extraArgs']
export const EXTRA_VOLUMES: Path = ['apiServer', 'extraVolumes']

/**
 * Reads a ClusterConfiguration, alone or among other documents. Throws BAD_CLUSTER_CONFIG for another kind, an unknown
 * version or a shape that kubeadm refuses, and the errors of a text that cannot be parsed.
 */
export const readClusterConfig = (text: string, file: string): ClusterConfig => {
  const document = findClusterConfiguration(text, file)
  const { source, data } = document
  const version = versionOf(source, data)
  const apiServer = data.apiServer ?? {}
  if (!isRecord(apiServer)) throw fault(source, ['apiServer'], 'apiServer is no mapping')
  const args = isListOfArgs(version) ? listedArgs(source, apiServer, version) : mappedArgs(source, apiServer, version)
  const volumes = volumesOf(source, apiServer)
  const audit = args.filter(({ name }) => name.startsWith('audit-'))
  const counting = audit.filter(({ name }, index) => audit.findLastIndex(other => other.name === name) === index)
  return {
    source,
    document,
    version,
    extras: {
      args: counting.map(({ name, value }) => ({ name, value })),
      volumes: servedByConfig(args, volumes, stringAt(data, 'certificatesDir')).map(({ index: _, ...volume }) => volume)
    },
    args,
    volumes,
    findings: [...valueFindings(source, args), ...duplicateFindings(source, audit)]
  }
}

const fault = (source: Source, path: Path, message: string, next?: string): AuditError =>
  new AuditError('BAD_CLUSTER_CONFIG', message, { path: source.file, position: positionOf(source, path), next })

const versionOf = (source: Source, data: Unknown): ConfigVersion => {
  const written = stringAt(data, 'apiVersion') ?? ''
  const version = /^kubeadm\.k8s\.io\/(.+)$/.exec(written)?.[1] ?? ''
  const known = configVersionOf(version)
  if (known) return known
  const isOld = /^v1(alpha\d+|beta1)$/.test(version)
  throw fault(
    source,
    ['apiVersion'],
    `apiVersion kubeadm.k8s.io/v1beta3 or v1beta4 is wanted, found ${JSON.stringify(written)}`,
    isOld ? 'kubeadm config migrate --old-config OLD --new-config NEW writes it anew' : undefined
  )
}

const mappedArgs = (source: Source, apiServer: Unknown, version: ConfigVersion): ConfigArg[] => {
  const map = apiServer.extraArgs ?? {}
  if (!isRecord(map)) throw fault(source, EXTRA_ARGS, `extraArgs must be a mapping in ${version}`)
  return Object.entries(map).map(([written, value]) =>
    argOf(source, written, value, [...EXTRA_ARGS, written], [...EXTRA_ARGS, written])
  )
}

const listedArgs = (source: Source, apiServer: Unknown, version: ConfigVersion): ConfigArg[] => {
  const list = apiServer.extraArgs ?? []
  if (!Array.isArray(list)) throw fault(source, EXTRA_ARGS, `extraArgs must be a list of name and value in ${version}`)
  return list.map((item: unknown, index) => {
    const path = [...EXTRA_ARGS, index]
    const name = stringAt(item, 'name') ?? ''
    if (!isRecord(item) || name === '') throw fault(source, path, `${formatPath(path)} has no name`)
    return argOf(source, name, item.value, path, [...path, 'value'])
  })
}

const argOf = (source: Source, written: string, value: unknown, path: Path, valuePath: Path): ConfigArg => {
  if (typeof value === 'object' && value !== null)
    throw fault(source, valuePath, `${formatPath(valuePath)} must be a string`)
  const text = typeof value === 'string' ? value : (value ?? null) === null ? '' : sourceText(source, valuePath, value)
  const isString = typeof value === 'string' || value === null || value === undefined
  return { name: normaliseFlag(written), written, value: text, isString, path }
}

// a number as it is written: 0600 must not become 384
const sourceText = (source: Source, path: Path, value: unknown): string => {
  const node = nodeAt(source.document, path)
  return node && 'source' in node && typeof node.source === 'string' ? node.source : String(value)
}

const volumesOf = (source: Source, apiServer: Unknown): ConfigVolume[] => {
  const list = apiServer.extraVolumes ?? []
  if (!Array.isArray(list)) throw fault(source, EXTRA_VOLUMES, 'extraVolumes is no list')
  return list.map((item: unknown, index) => {
    const path = [...EXTRA_VOLUMES, index]
    if (!isRecord(item)) throw fault(source, path, `${formatPath(path)} is no mapping`)
    for (const key of ['name', 'hostPath', 'mountPath', 'pathType']) {
      const value = valueAt(item, [key]) ?? ''
      if (typeof value !== 'string') throw fault(source, [...path, key], `${formatPath([...path, key])} is no string`)
    }
    return {
      index,
      name: stringAt(item, 'name') ?? '',
      hostPath: stringAt(item, 'hostPath') ?? '',
      mountPath: stringAt(item, 'mountPath') ?? '',
      readOnly: item.readOnly === true,
      pathType: stringAt(item, 'pathType') ?? ''
    }
  })
}

const valueFindings = (source: Source, args: readonly ConfigArg[]): Finding[] =>
  args
    .filter(({ isString }) => !isString)
    .map(({ written, value, path }) => ({
      code: 'kubeadm-config-value',
      severity: 'warning',
      message: `${written} is ${value} without quotes: kubeadm takes strings only and refuses this configuration`,
      file: source.file,
      ...positionOf(source, path),
      field: formatPath(path),
      remediation: `write "${value}"`
    }))

const duplicateFindings = (source: Source, args: readonly ConfigArg[]): Finding[] =>
  args
    .filter(({ name, value }, index) => args.findIndex(each => each.name === name && each.value !== value) > index)
    .map(({ name, path }) => ({
      code: 'kubeadm-config-twice',
      severity: 'warning',
      message: `${name} stands here more than once with different values: which one counts depends on kubeadm's release`,
      file: source.file,
      ...positionOf(source, path),
      field: formatPath(path),
      remediation: 'auditpatch kubeadm save leaves one'
    }))

/** The same, or the error for which the text cannot be read. */
export const clusterConfigOrFault = (text: string, file: string): ClusterConfig | AuditError => {
  try {
    return readClusterConfig(text, file)
  } catch (error) {
    if (error instanceof AuditError && error.code !== 'IMPOSSIBLE') return error
    throw error
  }
}
