import { isSameValue } from '../../audit/flag-value.ts'
import { auditFlag, type AuditFlagName, auditFlags, defaultOf } from '../../audit/flags.ts'
import { hostPath, type HostPath } from '../../paths.ts'
import { DEFAULT_MANIFEST, DEFAULT_MANIFESTS } from '../../facts/kubelet.ts'
import { flagText } from '../../manifest/flag-edits.ts'
import { draftOf } from '../../manifest/draft.ts'
import { onlyServes } from '../../manifest/only-serves.ts'
import { auditPaths } from '../../plan/audit-paths.ts'
import { currentFlags } from '../../plan/flag-faults.ts'
import type { Pod } from '../../pod/pod.ts'
import { type Mount, resolveMount } from '../../pod/volumes.ts'
import { isRecord, type Unknown, valueAt } from '../../text/guard.ts'
import { manifestOf, podOf } from '../node.ts'
import type { Keep, Shortfall } from '../drill.ts'
import { type AskedPath, faultShortfall, fileGoal } from './audit-goals.ts'
import { firstDifference } from './first-difference.ts'
import type { FileTree } from '../../host/file-tree.ts'

/**
 * What holds for every drill on a node: kube-apiserver's other settings, the other files and pods stay as they are. Beside
 * files, flags by their names and mounts by their paths may change.
 */
export const nodeKeeps = (
  start: FileTree,
  mayChange: readonly HostPath[],
  mayBeMended: readonly string[] = []
): Keep[] => [
  otherSettings(start, mayBeMended),
  otherFiles(start, [DEFAULT_MANIFEST, ...mayChange]),
  noStrayPods(start)
]

/** That kube-apiserver starts still. */
export const stillStarts: Keep = {
  id: 'still-starts',
  asks: 'kube-apiserver starts still',
  costs: 60,
  judge: faultShortfall
}

/** That the audit flags come to what they came to at the start, but for some. */
export const auditSettingsStay = (start: FileTree, mayChange: readonly AuditFlagName[]): Keep => ({
  id: 'audit-settings',
  asks: 'the other settings of auditing stay as they were',
  costs: 20,
  judge: ({ pod, flags, version, node }) => {
    const before = podBefore(start)
    if (!pod || !before) return null
    const was = currentFlags(before)
    const lost = auditFlags.find(flag => {
      const [then, now] = [was, flags].map(each => each.get(flag.name) ?? defaultOf(flag, version))
      return !mayChange.includes(flag.name) && !isSameValue(flag, then ?? '', now ?? '')
    })
    if (!lost) return null
    const [then, now] = [was, flags].map(each => each.get(lost.name) ?? 'not set')
    return { code: 'audit-setting', found: `--${lost.name} was ${then} and is ${now}`, file: node.manifest.path }
  }
})

const otherSettings = (start: FileTree, mayBeMended: readonly string[]): Keep => ({
  id: 'other-settings',
  asks: 'everything else in the manifest of kube-apiserver stays as it was',
  costs: 30,
  judge: ({ pod, node }) => {
    const before = podBefore(start)
    // what cannot be read is told by the goals
    if (!pod || !before) return null
    const lost = lostSetting(before, pod, mayBeMended)
    return lost === undefined ? null : { code: 'other-setting', found: lost, file: node.manifest.path }
  }
})

const podBefore = (start: FileTree): Pod | null => {
  try {
    return podOf(manifestOf(start))
  } catch {
    // a drill may begin with a manifest that cannot be read
    return null
  }
}

const lostSetting = (before: Pod, after: Pod, leftOut: readonly string[]): string | undefined => {
  const [was, is] = [otherFlags(before), otherFlags(after)]
  for (const [name, values] of was) {
    if (leftOut.includes(name)) continue
    const now = is.get(name)
    if (now === undefined) return `--${name} is gone`
    if (now !== values) return `--${name} was ${values} and is ${now}`
  }
  for (const name of is.keys()) {
    if (!was.has(name) && !HARMLESS.has(name) && !leftOut.includes(name)) return `--${name} has been added`
  }
  for (const { path, written, readOnly } of otherMounts(before)) {
    if (leftOut.includes(path)) continue
    const [from, to] = [before, after].map(({ mounts, volumes }) => resolveMount(mounts, volumes, path))
    if (to?.mount.path !== path) return `the mount ${written} is gone`
    if (from?.host !== to.host)
      return `the mount ${written} shows ${to.host ?? 'nothing of the node'} instead of ${from?.host ?? 'it'}`
    if (from?.volume?.type !== to.volume?.type)
      return `the volume of the mount ${written} is of type ${JSON.stringify(to.volume?.type)} now`
    if (to.mount.readOnly !== readOnly) return `the mount ${written} is ${readOnly ? 'writable' : 'read-only'} now`
  }
  return firstDifference(rest(before), rest(after), '')
}

// how much is told to whom looks for a fault
const HARMLESS = new Set(['v', 'vmodule'])

const otherFlags = ({ command }: Pod): ReadonlyMap<string, string> => {
  const flags = new Map<string, string>()
  for (const flag of command.flags) {
    if (auditFlag(flag.name) || flag.name.startsWith('audit-')) continue
    const before = flags.get(flag.name)
    flags.set(flag.name, `${before === undefined ? '' : `${before} `}${flagText(flag)}`)
  }
  return flags
}

// what serves auditing and nothing else may change, whatever it is called
const AUDIT_MOUNTS = /audit/
const otherMounts = (pod: Pod): Mount[] => {
  const draft = draftOf(pod)
  const audit = auditPaths(pod).map(({ container }) => container)
  return pod.mounts.filter((mount, index) => {
    if (AUDIT_MOUNTS.test(`${mount.name} ${mount.written}`)) return false
    const own = draft.mounts[index]
    return own === undefined || !onlyServes(pod, draft, own, audit)
  })
}

// the pod without what is compared by its meaning, without annotations, which restart it and no more, and without a status,
// which the kubelet does not read
const rest = ({ data, containerPath }: Pod): unknown => {
  const without = (value: unknown, keys: readonly string[]): Unknown =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) : {}
  const spec = without(data.spec, ['volumes', 'containers'])
  const containers = (valueAt(data, ['spec', 'containers']) as unknown[]).map((each, index) =>
    index === containerPath.at(-1) ? without(each, ['command', 'args', 'volumeMounts']) : each
  )
  return {
    ...without(data, ['status']),
    metadata: without(data.metadata, ['annotations']),
    spec: { ...spec, containers }
  }
}

const otherFiles = (start: FileTree, mayChange: readonly HostPath[]): Keep => ({
  id: 'other-files',
  asks: 'the other files of the node stay as they were',
  costs: 30,
  judge: ({ text }) => {
    for (const [path, entry] of start) {
      if (entry.kind !== 'file' || mayChange.some(each => each === path)) continue
      const now = text(hostPath(path))
      if (now !== entry.text)
        return { code: 'other-file', found: `${path} ${now === null ? 'is gone' : 'has been changed'}`, file: path }
    }
    return null
  }
})

const noStrayPods = (start: FileTree): Keep => ({
  id: 'stray-files',
  asks: `no further file lies in ${DEFAULT_MANIFESTS}: the kubelet reads every one as a pod`,
  costs: 30,
  judge: ({ node }): Shortfall | null => {
    // it does not look into directories, and passes over names with a dot in front
    const stray = (node.entries ?? []).find(
      ({ name, path, kind }) => kind !== 'directory' && !name.startsWith('.') && !start.has(path)
    )
    return stray
      ? { code: 'stray-file', found: `${stray.path} is there: keep copies elsewhere`, file: stray.path }
      : null
  }
})

/** That a file that kube-apiserver finds at its place at the start is found there still. */
export const fileStays = (asked: AskedPath): Keep => {
  const { id, asks, judge } = fileGoal(asked, 0)
  return { id: `${id}-stays`, asks: `${asks}, as at the start`, costs: 40, judge }
}
