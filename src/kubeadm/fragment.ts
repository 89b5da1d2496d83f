import type { Style } from '../text/style.ts'
import type { Value } from '../text/value.ts'
import { writePair } from '../text/write-value.ts'
import { type ConfigVersion, isListOfArgs } from './config-version.ts'
import type { ApiServerExtras, ExtraVolume } from './extras.ts'

/** How YAML is written where there is no text around it: as kubeadm writes. */
export const OWN_STYLE: Style = {
  eol: '\n',
  listIndent: 0,
  mapIndent: 2,
  dashGap: 1,
  quote: 'plain',
  colon: ': ',
  json: false
}

/** The part of a ClusterConfiguration that has these audit settings, as a document of its own. */
export const fragmentOf = (extras: ApiServerExtras, version: ConfigVersion): string => {
  const document: readonly [string, Value][] = [
    ['apiVersion', `kubeadm.k8s.io/${version}`],
    ['kind', 'ClusterConfiguration'],
    ['apiServer', apiServerOf(extras, version)]
  ]
  return `${document.map(([key, value]) => writePair(key, value, 0, OWN_STYLE)).join('\n')}\n`
}

/** The keys of apiServer that hold audit settings; a key that would be empty is left out. */
export const apiServerOf = ({ args, volumes }: ApiServerExtras, version: ConfigVersion): { [key: string]: Value } => ({
  ...(args.length === 0 ? {} : { extraArgs: argsValue(args, version) }),
  ...(volumes.length === 0 ? {} : { extraVolumes: volumes.map(volumeValue) })
})

/** Arguments as extraArgs has them: a mapping or a list, by the version. */
export const argsValue = (args: ApiServerExtras['args'], version: ConfigVersion): Value =>
  isListOfArgs(version)
    ? args.map(({ name, value }) => ({ name, value }))
    : Object.fromEntries(args.map(({ name, value }) => [name, value]))

/** A volume as extraVolumes has it; what kubeadm takes for granted is left out. */
export const volumeValue = ({ name, hostPath, mountPath, readOnly, pathType }: ExtraVolume): Value => ({
  name,
  hostPath,
  mountPath,
  ...(pathType === '' ? {} : { pathType }),
  ...(readOnly ? { readOnly } : {})
})
