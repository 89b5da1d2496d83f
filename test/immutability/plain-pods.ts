import { type Document, LineCounter, parseAllDocuments } from 'yaml'

/** Plain data of a text whose shape is what is being judged. */
export type Any = any

export type Steps = readonly (string | number)[]

/** A document of a text that has content, as the plainest reader of YAML 1.1 gives it. */
export interface PlainDocument {
  readonly document: Document.Parsed
  readonly data: Any
}

/** The documents of a text that have content, with merge keys and aliases resolved. Throws where the text is no YAML. */
export const readDocuments = (text: string): PlainDocument[] => {
  const parsed = parseAllDocuments(text, { version: '1.1', logLevel: 'silent', lineCounter: new LineCounter() })
  if (!Array.isArray(parsed)) return []
  return parsed.flatMap(document => {
    if (document.errors[0]) throw document.errors[0]
    // through JSON, so that no two places share an object
    const data = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 10_000 }) ?? null))
    return data === null ? [] : [{ document, data }]
  })
}

/** A pod of a document: where its spec is, and what holds its annotations. */
export interface PlainPod {
  readonly path: Steps
  readonly spec: Any
  readonly workload: Any
  readonly workloadPath: Steps
  readonly templatePath: Steps
}

export const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const list = (value: unknown): Any[] => (Array.isArray(value) ? value : [])

export const at = (value: Any, path: Steps): Any =>
  path.reduce((inner: Any, step) => (inner === null || inner === undefined ? undefined : inner[step]), value)

const TEMPLATES: Readonly<Record<string, Steps>> = {
  Pod: [],
  PodTemplate: ['template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template']
}

/** The pods of an object and, in a list, of its items; an item without a kind has that of the list. */
export const podsOf = (object: Any, path: Steps = [], listKind = ''): PlainPod[] => {
  if (!isRecord(object)) return []
  const kind = typeof object.kind === 'string' ? object.kind : listKind
  if (kind.endsWith('List') && Array.isArray(object.items)) {
    return object.items.flatMap((item: Any, index: number) =>
      podsOf(item, [...path, 'items', index], kind.replace(/List$/, ''))
    )
  }
  const template = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined
  const steps = template ?? ['spec', 'template']
  const spec = at(object, [...steps, 'spec'])
  if (!isRecord(spec) || (!template && !Array.isArray(spec.containers))) return []
  const templatePath = [...path, ...steps]
  return [{ path: [...templatePath, 'spec'], spec, workload: object, workloadPath: path, templatePath }]
}

export const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const

export interface PlainContainer {
  readonly path: Steps
  readonly container: Any
}

/** Every container of a pod, with its path from the root. */
export const containersOf = ({ path, spec }: PlainPod): PlainContainer[] =>
  CONTAINER_LISTS.flatMap(name =>
    list(spec[name]).flatMap((container: Any, index) =>
      isRecord(container) ? [{ path: [...path, name, index], container }] : []
    )
  )

export const fieldOf = (path: Steps): string =>
  path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')

/** A mount path as the kernel sees it: absolute, without doubled slashes, dots or a slash at its end. */
export const cleanPath = (path: string): string => {
  const steps: string[] = []
  for (const step of path.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return `/${steps.join('/')}`
}

export const isAtOrBelow = (path: string, directory: string): boolean =>
  directory === '/' || path === directory || path.startsWith(`${directory}/`)
