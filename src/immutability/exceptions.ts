import { recordAt, type Unknown } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'
import { nearestWord } from '../text/nearest.ts'
import type { Shortfall } from './requirement.ts'
import type { PodSubject } from './subject.ts'

/** The annotation by which someone allows what a requirement forbids; for one container its name and a dot stand in front. */
export const MUTABLE = 'auditpatch/mutable'

/** What somebody allows, and why; without a container to all of the pod. */
export interface Exception {
  readonly container: string | undefined
  readonly code: string
  readonly reason: string
}

/** The exceptions of a workload, and what is wrong with how they are written. */
export interface Exceptions {
  readonly allowed: readonly Exception[]
  readonly faults: readonly (Shortfall & { readonly code: 'exception-without-reason' | 'unknown-exception' })[]
}

/** Reads the annotations of a workload and of its pods: `requirement[, requirement]: reason`, several by line or semicolon. */
export const exceptionsOf = ({ workload, containers }: PodSubject, codes: readonly string[]): Exceptions => {
  const { metadata, podMetadata, path, specPath } = workload
  const names = containers.map(({ container }) => container.name)
  const podPath = specPath.slice(0, -1)
  const own = exceptionsIn(podMetadata, podPath, names, codes)
  const outer = podPath.length === path.length ? [] : exceptionsIn(metadata, path, names, codes)
  return {
    allowed: [...outer, ...own].flatMap(each => ('code' in each && 'reason' in each ? [each] : [])),
    faults: [...outer, ...own].flatMap(each => ('message' in each ? [each] : []))
  }
}

const exceptionsIn = (
  metadata: Unknown,
  path: Path,
  names: readonly string[],
  codes: readonly string[]
): (Exception | Exceptions['faults'][number])[] =>
  Object.entries(recordAt(metadata, 'annotations')).flatMap(([key, value]) => {
    if (typeof value !== 'string' || (key !== MUTABLE && !key.endsWith(`.${MUTABLE}`))) return []
    const container = key === MUTABLE ? undefined : key.slice(0, -MUTABLE.length - 1)
    const at = [...path, 'metadata', 'annotations', key]
    if (container !== undefined && !names.includes(container)) return [noContainer(container, at, names)]
    return value.split(/[;\n]/).flatMap(entry => (entry.trim() === '' ? [] : readEntry(entry, container, at, codes)))
  })

const readEntry = (
  entry: string,
  container: string | undefined,
  path: Path,
  codes: readonly string[]
): (Exception | Exceptions['faults'][number])[] => {
  const colon = entry.indexOf(':')
  const [list, reason] = colon === -1 ? [entry, ''] : [entry.slice(0, colon), entry.slice(colon + 1).trim()]
  const names = list.split(',').map(each => each.trim())
  if (!/[\p{L}\p{N}]/u.test(reason))
    return [
      {
        code: 'exception-without-reason',
        severity: 'warning',
        path,
        message: `an exception without a reason does not count: ${names.join(', ').slice(0, 80)}`,
        remediation: 'write the reason behind a colon: "host-path: it rotates the logs of the node"'
      }
    ]
  return names.map(name => (codes.includes(name) ? { container, code: name, reason } : unknown(name, path, codes)))
}

const noContainer = (name: string, path: Path, names: readonly string[]): Exceptions['faults'][number] => ({
  code: 'unknown-exception',
  severity: 'warning',
  path,
  message: `the pod has no container "${name.slice(0, 63)}"; it has ${names.join(', ') || 'none'}`,
  remediation: 'write the name of a container in front of the dot'
})

const unknown = (name: string, path: Path, codes: readonly string[]): Exceptions['faults'][number] => {
  const meant = nearestWord(name, codes)
  return {
    code: 'unknown-exception',
    severity: 'warning',
    path,
    message: `no requirement is called "${name.slice(0, 60)}"${meant === undefined ? '' : `; ${meant} is meant?`}`,
    remediation: 'write the code of a finding, as it stands in square brackets'
  }
}
