import { atFlag, faultShortfall, unreadable } from '../goals/audit-goals.ts'
import type { Goal, Shortfall } from '../drill.ts'
import { swap } from '../edit.ts'
import type { Seen } from '../seen.ts'
import { resolveMount } from '../../pod/volumes.ts'
import { containerPath } from '../../paths.ts'

/** Something in a manifest for which kube-apiserver does not come up. */
export interface Outage {
  readonly breaks: (manifest: string) => string
  /** Who tells the reason in which log. */
  readonly told: 'kubelet' | 'kube-apiserver'
  /** Flags by their names and mounts by their paths that are to be mended. */
  readonly mends: readonly string[]
  /** What is wrong still. */
  readonly judge: (seen: Seen) => Shortfall | null
}

/** The manifest can be read no more. */
export const brokenYaml = (breaks: Outage['breaks']): Outage => ({
  breaks,
  told: 'kubelet',
  mends: [],
  judge: seen => (seen.pod ? null : unreadable(seen))
})

/** A flag under a name that there is not. */
export const misnamedFlag = (right: string, wrong: string): Outage => ({
  breaks: manifest => swap(manifest, `--${right}=`, `--${wrong}=`),
  told: 'kube-apiserver',
  mends: [right, wrong],
  judge: seen => {
    if (!seen.pod) return unreadable(seen)
    const flags = seen.pod.command.flags
    if (flags.some(({ name }) => name === wrong))
      return atFlag(seen, wrong, 'unknown-flag', `--${wrong} is there still`)
    return flags.some(({ name }) => name === right)
      ? null
      : atFlag(seen, right, 'flag-lost', 'a flag that was there before somebody misspelt it is gone')
  }
})

/** A flag with a value with which kube-apiserver ends. */
export const wrongValue = (
  flag: string,
  right: string,
  wrong: string,
  accepts: (value: string) => boolean
): Outage => ({
  breaks: manifest => swap(manifest, `--${flag}=${right}`, `--${flag}=${wrong}`),
  told: 'kube-apiserver',
  mends: [flag],
  judge: seen => {
    if (!seen.pod) return unreadable(seen)
    const value = seen.pod.command.flags.findLast(({ name }) => name === flag)?.value
    if (value === right || (typeof value === 'string' && accepts(value))) return null
    if (value === wrong) return atFlag(seen, flag, 'value-wrong-still', `--${flag} is ${wrong} still`)
    return value === undefined || value === null
      ? atFlag(seen, flag, 'flag-lost', `--${flag} has no value any more`)
      : atFlag(seen, flag, 'value-wrong', `--${flag} is ${value}`)
  }
})

/** A volume of a type that what lies on the node is not of. */
export const wrongType = (path: string, type: string): Outage => ({
  breaks: manifest =>
    swap(manifest, `path: ${path}\n      type: DirectoryOrCreate`, `path: ${path}\n      type: ${type}`),
  told: 'kubelet',
  mends: [path],
  judge: seen => {
    if (!seen.pod) return unreadable(seen)
    const found = resolveMount(seen.pod.mounts, seen.pod.volumes, containerPath(path))
    if (found?.mount.path !== path || found.host !== path)
      return {
        code: 'mount-lost',
        found: `${path} of the node is not mounted at ${path}`,
        file: seen.node.manifest.path
      }
    return seen.fault?.layer === 'mount' ? faultShortfall(seen) : null
  }
})

/** A goal of a diagnosis: while kube-apiserver does not come up, it is for its logs to tell why. */
export const hiddenByOutage = (goal: Goal): Goal => ({
  ...goal,
  judge: seen => {
    const shortfall = goal.judge(seen)
    return shortfall && seen.fault
      ? {
          code: shortfall.code,
          found: 'kube-apiserver does not come up: auditpatch drill logs shows what the node says'
        }
      : shortfall
  }
})
