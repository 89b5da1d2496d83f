import type { Unknown } from '../../text/guard.ts'
import { givenAt } from './decoded.ts'
import { joinQuote, pluralize, sortedSet } from './join-quote.ts'
import type { CheckPod } from './pod-check.ts'

const ALLOWED: readonly string[] = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image'],
  ...['persistentVolumeClaim', 'projected', 'secret']
]

// of a volume with several the first counts
const FORBIDDEN: readonly string[] = [
  ...['hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd'],
  ...['flexVolume', 'cinder', 'cephfs', 'flocker', 'fc', 'azureFile', 'vsphereVolume', 'quobyte', 'azureDisk'],
  ...['photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos']
]

/** Every kind of volume. */
export const VOLUME_KINDS: readonly string[] = [...ALLOWED, ...FORBIDDEN]

/** Forbids volumes that are none of the kinds configMap, csi, emptyDir and the like. */
export const restrictedVolumes: CheckPod = ({ volumes }) => {
  const bad = volumes.filter(({ data }) => kindAmong(ALLOWED, data) === undefined)
  if (bad.length === 0) return undefined
  const kinds = sortedSet(bad.map(({ data }) => kindAmong(FORBIDDEN, data) ?? 'unknown'))
  const who = `${pluralize('volume', 'volumes', bad.length)} ${joinQuote(bad.map(({ name }) => name))}`
  const what = pluralize('restricted volume type', 'restricted volume types', kinds.length)
  return {
    reason: 'restricted volume types',
    detail: `${who} ${pluralize('uses', 'use', bad.length)} ${what} ${joinQuote(kinds)}`
  }
}

const kindAmong = (kinds: readonly string[], volume: Unknown): string | undefined =>
  kinds.find(kind => givenAt(volume, kind) !== undefined)
