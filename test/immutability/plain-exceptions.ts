import { type Any, at, containersOf, isRecord, type PlainPod, type Steps } from './plain-pods.ts'

/** What a requirement finds at a path from the root of a document. */
export interface Found {
  readonly path: Steps
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly container?: string
}

/** The requirements that an exception may name. */
export const REQUIREMENTS = [
  'read-only-root-filesystem',
  'privileged',
  'privilege-escalation',
  'run-as-non-root',
  'added-capabilities',
  'drop-all-capabilities',
  'host-path',
  'host-socket',
  'host-pid',
  'host-ipc',
  'host-network',
  'share-process-namespace',
  'writable-executable-path',
  'writable-sub-path',
  'image-latest',
  'image-digest',
  'image-pull-policy',
  'shell-command',
  'package-manager',
  'changing-hook',
  'misplaced-field'
]

interface Exception {
  readonly requirement: string
  /** The name of the only container that it holds for. */
  readonly container: string | undefined
}

/** The exceptions that hold for a pod, and what is wrong with those that do not. */
export const exceptionsOf = (pod: PlainPod): { exceptions: Exception[]; faults: Found[] } => {
  const exceptions: Exception[] = []
  const faults: Found[] = []
  for (const { path, annotations } of annotationsOf(pod)) {
    for (const [key, value] of Object.entries(annotations)) {
      if (typeof value !== 'string') continue
      if (key !== 'auditpatch/mutable' && !key.endsWith('.auditpatch/mutable')) continue
      const container = key === 'auditpatch/mutable' ? undefined : key.slice(0, -'.auditpatch/mutable'.length)
      if (container !== undefined && !containersOf(pod).some(each => each.container.name === container)) {
        faults.push({ path: [...path, key], code: 'unknown-exception', severity: 'warning' })
        continue
      }
      for (const entry of value.split(/[\n;]/).filter(each => each.trim() !== '')) {
        const colon = entry.indexOf(':')
        const names = (colon === -1 ? entry : entry.slice(0, colon)).split(',').map(each => each.trim())
        const hasReason = colon !== -1 && entry.slice(colon + 1).trim() !== ''
        const fault = (code: string): Found => ({ path: [...path, key], code, severity: 'warning' })
        if (!hasReason) faults.push(fault('exception-without-reason'))
        for (const requirement of names.filter(name => name !== '')) {
          if (!REQUIREMENTS.includes(requirement)) faults.push(fault('unknown-exception'))
          else if (hasReason) exceptions.push({ requirement, container })
        }
      }
    }
  }
  return { exceptions, faults }
}

const annotationsOf = ({ workload, workloadPath, templatePath }: PlainPod): { path: Steps; annotations: Any }[] =>
  [workloadPath, ...(templatePath.length > workloadPath.length ? [templatePath] : [])]
    .map(place => ({
      path: [...place, 'metadata', 'annotations'],
      annotations: at(workload, [...place.slice(workloadPath.length), 'metadata', 'annotations'])
    }))
    .filter(({ annotations }) => isRecord(annotations))
