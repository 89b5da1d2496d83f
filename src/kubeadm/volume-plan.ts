import { containerPath } from '../paths.ts'
import { isOnlyForAudit } from './audit-volumes.ts'
import type { ClusterConfig, ConfigVolume } from './cluster-config.ts'
import type { ApiServerExtras, ExtraVolume } from './extras.ts'
import { freeName } from './free-name.ts'
import { isOwnName } from './own-parts.ts'

/** What becomes of the extra volumes of a configuration. */
export interface VolumePlan {
  readonly changed: readonly { readonly from: ConfigVolume; readonly to: ExtraVolume }[]
  readonly added: readonly ExtraVolume[]
  readonly removed: readonly ConfigVolume[]
}

/**
 * How the extra volumes come to hold the wanted ones: an entry at the same mountPath is used, then one of audit's own with
 * the same name, else one is added. What only served audit files goes, and so does a second entry at a wanted mountPath.
 */
export const planVolumes = (config: ClusterConfig, extras: ApiServerExtras): VolumePlan => {
  const wanted = extras.volumes
  const atPath = wanted.map(volume => config.volumes.find(each => isSamePlace(each, volume)))
  const rest = config.volumes.filter(volume => !atPath.includes(volume))
  const twice = rest.filter(volume => wanted.some(each => isSamePlace(each, volume)))
  const now = rest.filter(volume => isOnlyForAudit(volume, config.args, config.volumes))
  const others = config.args.filter(({ name }) => !name.startsWith('audit-'))
  const left = rest.filter(volume => !twice.includes(volume) && !now.includes(volume))
  const own = [...twice, ...now, ...servingUnasked(left, [...others, ...extras.args], wanted)]
  const matches = wanted.map(({ name }, index) => atPath[index] ?? own.find(each => each.name === name))
  const removed = own.filter(volume => !matches.includes(volume))
  const staying = config.volumes.filter(volume => !removed.includes(volume) && !matches.includes(volume))
  const named = withNames(wanted, matches, staying)
  return {
    changed: named.flatMap((to, index) => {
      const from = matches[index]
      return from && !isSame(from, to) ? [{ from, to }] : []
    }),
    added: named.filter((_, index) => matches[index] === undefined),
    removed
  }
}

const isSamePlace = (a: ExtraVolume, b: ExtraVolume): boolean =>
  a.mountPath !== '' && b.mountPath !== '' && containerPath(a.mountPath) === containerPath(b.mountPath)

/** What would serve the wanted audit files in the place of the wanted volumes; without one of them the next may. */
const servingUnasked = (
  volumes: readonly ConfigVolume[],
  args: ApiServerExtras['args'],
  wanted: readonly ExtraVolume[]
): ConfigVolume[] => {
  const found = volumes.find(volume => isOnlyForAudit(volume, args, [...wanted, ...volumes]))
  if (!found) return []
  return [
    found,
    ...servingUnasked(
      volumes.filter(volume => volume !== found),
      args,
      wanted
    )
  ]
}

/** True for two entries that mean the same, whatever their names. */
export const servesSame = (a: ExtraVolume, b: ExtraVolume): boolean =>
  containerPath(a.hostPath) === containerPath(b.hostPath) &&
  containerPath(a.mountPath) === containerPath(b.mountPath) &&
  a.readOnly === b.readOnly &&
  a.pathType === b.pathType

const isSame = (a: ExtraVolume, b: ExtraVolume): boolean => a.name === b.name && servesSame(a, b)

/** The wanted volumes under names that nothing else has: kubeadm keeps one volume for each name. */
const withNames = (
  wanted: readonly ExtraVolume[],
  matches: readonly (ConfigVolume | undefined)[],
  staying: readonly ConfigVolume[]
): ExtraVolume[] => {
  const given: string[] = []
  const wishes = wanted.map(({ name }) => name)
  const isTaken = (name: string): boolean =>
    isOwnName(name) || given.includes(name) || staying.some(volume => volume.name === name)
  return wanted.map((volume, index) => {
    const present = matches[index]?.name ?? ''
    const isPresentFree = present !== '' && !isTaken(present) && !wishes.includes(present)
    const name = !isTaken(volume.name)
      ? volume.name
      : isPresentFree
        ? present
        : freeName(volume.name, each => isTaken(each) || wishes.includes(each))
    given.push(name)
    return { ...volume, name }
  })
}
