import { exceptionsOf, type Found } from './plain-exceptions.ts'
import {
  type Any,
  at,
  cleanPath,
  containersOf,
  fieldOf,
  isAtOrBelow,
  isRecord,
  list,
  type PlainPod,
  podsOf,
  readDocuments,
  type Steps
} from './plain-pods.ts'

export interface PlainFinding {
  readonly field: string
  readonly code: string
  readonly severity: string
  /** The index of the document among those of the text that have content. */
  readonly document: number
}

/** What this evaluator does not judge: where it may be found is told by `placesOfTheUnjudged`. */
export const UNJUDGED = ['package-manager', 'changing-hook']

/** What the requirements find in a text, in no special order, judged in the plainest way; Windows pods are left out. */
export const plainCheck = (text: string): PlainFinding[] =>
  linuxPods(text).flatMap(({ pod, document }) => {
    const { exceptions, faults } = exceptionsOf(pod)
    const excepted = (found: Found): Found =>
      exceptions.some(
        ({ requirement, container }) =>
          requirement === found.code && (container === undefined || container === found.container)
      )
        ? { ...found, code: 'allowed', severity: 'info' }
        : found
    return [...judgePod(pod).map(excepted), ...faults].map(({ path, code, severity }) => ({
      field: fieldOf(path),
      code,
      severity,
      document
    }))
  })

/** The fields at which a finding of a requirement may stand that this evaluator does not judge. */
export const placesOfTheUnjudged = (text: string): { field: string; document: number }[] =>
  linuxPods(text).flatMap(({ pod, document }) =>
    containersOf(pod).flatMap(({ path, container }) =>
      [['command'], ['args'], ...HOOKS]
        .filter(steps => Array.isArray(at(container, steps)))
        .map(steps => ({ field: fieldOf([...path, ...steps]), document }))
    )
  )

/** Findings without what this evaluator does not judge, exceptions from it included: what is left may be compared. */
export const withoutUnjudged = <T extends { field?: string; code: string; document: number }>(
  text: string,
  findings: readonly T[]
): T[] => {
  const places = new Set(placesOfTheUnjudged(text).map(({ field, document }) => `${document} ${field}`))
  return findings.filter(
    ({ field, code, document }) =>
      !UNJUDGED.includes(code) && !(code === 'allowed' && places.has(`${document} ${field ?? ''}`))
  )
}

const HOOKS = [
  ...['startupProbe', 'livenessProbe', 'readinessProbe'].map(probe => [probe, 'exec', 'command']),
  ...['postStart', 'preStop'].map(hook => ['lifecycle', hook, 'exec', 'command'])
]

const linuxPods = (text: string): { pod: PlainPod; document: number }[] =>
  readDocuments(text).flatMap(({ data }, document) =>
    podsOf(data)
      .filter(({ spec }) => at(spec, ['os', 'name']) !== 'windows')
      .map(pod => ({ pod, document }))
  )

const judgePod = (pod: PlainPod): Found[] => [
  ...containersOf(pod).flatMap(({ path, container }) =>
    judgeContainer(pod, path, container).map(found => ({ ...found, container: container.name }))
  ),
  ...podFlags(pod),
  ...misplaced(['readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'capabilities', 'procMount'])(
    [...pod.path, 'securityContext'],
    pod.spec.securityContext
  ),
  ...misplaced([
    'readOnlyRootFilesystem',
    'privileged',
    'allowPrivilegeEscalation',
    'capabilities',
    'runAsNonRoot',
    'runAsUser'
  ])(pod.path, pod.spec)
]

const podFlags = ({ spec, path }: PlainPod): Found[] => {
  const found: Found[] = []
  if (spec.hostPID === true) found.push({ path: [...path, 'hostPID'], code: 'host-pid', severity: 'error' })
  if (spec.hostIPC === true) found.push({ path: [...path, 'hostIPC'], code: 'host-ipc', severity: 'warning' })
  if (spec.hostNetwork === true)
    found.push({ path: [...path, 'hostNetwork'], code: 'host-network', severity: 'warning' })
  if (spec.shareProcessNamespace === true)
    found.push({ path: [...path, 'shareProcessNamespace'], code: 'share-process-namespace', severity: 'warning' })
  return found
}

const misplaced =
  (names: readonly string[]) =>
  (path: Steps, value: Any): Found[] =>
    names
      .filter(name => isRecord(value) && value[name] !== undefined && value[name] !== null)
      .map(name => ({ path: [...path, name], code: 'misplaced-field', severity: 'warning' }))

const judgeContainer = (pod: PlainPod, path: Steps, container: Any): Found[] => [
  ...securityContextFaults(path, container),
  ...rootFaults(pod, path, container),
  ...list(container.volumeMounts).flatMap((mount, index) =>
    isRecord(mount) ? mountFaults(pod, container, mount, [...path, 'volumeMounts', index]) : []
  ),
  ...imageFaults(path, container),
  ...shellFaults(path, container),
  ...misplaced([
    'readOnlyRootFilesystem',
    'privileged',
    'allowPrivilegeEscalation',
    'capabilities',
    'runAsNonRoot',
    'runAsUser',
    'runAsGroup',
    'procMount',
    'seccompProfile'
  ])(path, container)
]

const GRAVE = ['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_RAWIO', 'SYS_PTRACE', 'DAC_READ_SEARCH', 'BPF']

const securityContextFaults = (container: Steps, { securityContext }: Any): Found[] => {
  const path = [...container, 'securityContext']
  const own = securityContext ?? {}
  const found: Found[] = []
  if (own.readOnlyRootFilesystem !== true)
    found.push({ path: [...path, 'readOnlyRootFilesystem'], code: 'read-only-root-filesystem', severity: 'error' })
  if (own.privileged === true) found.push({ path: [...path, 'privileged'], code: 'privileged', severity: 'error' })
  if (own.allowPrivilegeEscalation !== false)
    found.push({ path: [...path, 'allowPrivilegeEscalation'], code: 'privilege-escalation', severity: 'error' })
  const added = list(own.capabilities?.add)
    .filter(name => typeof name === 'string')
    .map(name => name.toUpperCase().replace(/^CAP_/, ''))
    .filter(name => name !== 'NET_BIND_SERVICE')
  if (added.length > 0)
    found.push({
      path: [...path, 'capabilities', 'add'],
      code: 'added-capabilities',
      severity: added.some(name => GRAVE.includes(name)) ? 'error' : 'warning'
    })
  if (!list(own.capabilities?.drop).includes('ALL'))
    found.push({ path: [...path, 'capabilities', 'drop'], code: 'drop-all-capabilities', severity: 'warning' })
  return found
}

const rootFaults = ({ spec, path }: PlainPod, containerPath: Steps, container: Any): Found[] => {
  const own = container.securityContext ?? {}
  const shared = spec.securityContext ?? {}
  const uid = own.runAsUser ?? shared.runAsUser ?? undefined
  const nonRoot = own.runAsNonRoot ?? shared.runAsNonRoot ?? undefined
  const fault = (place: Steps, key: string): Found[] => [
    { path: [...place, 'securityContext', key], code: 'run-as-non-root', severity: 'error' }
  ]
  if (uid === 0) return fault(own.runAsUser === 0 ? containerPath : path, 'runAsUser')
  return uid === undefined && nonRoot !== true ? fault(containerPath, 'runAsNonRoot') : []
}

const READ_ONLY_VOLUMES = ['hostPath', 'configMap', 'secret', 'downwardAPI', 'projected', 'image']

const EXECUTABLE_PATHS = (
  '/bin /sbin /lib /lib32 /lib64 /libx32 /usr/bin /usr/sbin /usr/lib /usr/lib32 /usr/lib64 /usr/libexec ' +
  '/usr/local/bin /usr/local/sbin /usr/local/lib /usr/local/lib64 /usr/local/libexec'
).split(' ')

const mountFaults = (pod: PlainPod, container: Any, mount: Any, path: Steps): Found[] => {
  const volume = list(pod.spec.volumes).find(each => isRecord(each) && each.name === mount.name)
  const isClaim = list(pod.workload.spec?.volumeClaimTemplates).some(each => each?.metadata?.name === mount.name)
  const isReadOnly =
    mount.readOnly === true || Object.values(volume ?? {}).some((source: Any) => source?.readOnly === true)
  const has = (source: string): boolean => volume !== undefined && (volume[source] ?? undefined) !== undefined
  const fault = (code: string, severity: Found['severity']): Found[] => [{ path, code, severity }]
  if (has('hostPath')) {
    if (!isReadOnly) return fault('host-path', 'error')
    const { path: hostPath, type } = volume.hostPath
    const isSocket = type === 'Socket' || (typeof hostPath === 'string' && hostPath.endsWith('.sock'))
    return isSocket ? fault('host-socket', 'error') : []
  }
  const isThere = volume !== undefined || isClaim
  if (isReadOnly || !isThere || READ_ONLY_VOLUMES.some(has)) return []
  return [
    ...(coversPrograms(mount.mountPath, container.command) ? fault('writable-executable-path', 'error') : []),
    ...(mount.subPath || mount.subPathExpr ? fault('writable-sub-path', 'warning') : [])
  ]
}

const coversPrograms = (mountPath: unknown, command: unknown): boolean => {
  if (typeof mountPath !== 'string' || mountPath === '') return false
  const path = cleanPath(mountPath)
  const program: unknown = list(command)[0]
  return (
    ['/', '/usr', '/usr/local'].includes(path) ||
    EXECUTABLE_PATHS.some(directory => isAtOrBelow(path, directory)) ||
    (typeof program === 'string' && program.startsWith('/') && isAtOrBelow(cleanPath(program), path))
  )
}

const imageFaults = (path: Steps, { image, imagePullPolicy }: Any): Found[] => {
  if (typeof image !== 'string' || image === '' || image.includes('@')) return []
  const name = image.split('/').at(-1) ?? ''
  const tag = name.includes(':') ? name.slice(name.indexOf(':') + 1) : ''
  const field = [...path, 'image']
  const found: Found[] = [
    tag === '' || tag === 'latest'
      ? { path: field, code: 'image-latest', severity: 'warning' }
      : { path: field, code: 'image-digest', severity: 'info' }
  ]
  if (imagePullPolicy === 'Always')
    found.push({ path: [...path, 'imagePullPolicy'], code: 'image-pull-policy', severity: 'info' })
  return found
}

const SHELLS = ['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh', 'mksh', 'fish', 'csh', 'tcsh']
const baseName = (word: unknown): string => (typeof word === 'string' ? (word.split('/').at(-1) ?? '') : '')

const shellFaults = (path: Steps, { command, args }: Any): Found[] => {
  const field = list(command).length > 0 ? 'command' : 'args'
  let words = field === 'command' ? [...list(command), ...list(args)] : list(args)
  if (baseName(words[0]) === 'env') {
    let next = 1
    while (/^-|^[A-Za-z_]\w*=/.test(String(words[next] ?? ''))) {
      next += /^(-u|-C|--unset|--chdir)$/.test(String(words[next])) ? 2 : 1
    }
    words = words.slice(next)
  }
  const [first, second] = words.map(baseName)
  const isShell = SHELLS.includes(first ?? '') || (first === 'busybox' && SHELLS.includes(second ?? ''))
  return isShell ? [{ path: [...path, field, 0], code: 'shell-command', severity: 'warning' }] : []
}
