import { type KubernetesVersion, parseVersion } from '../audit/version.ts'
import { AuditError } from '../errors.ts'
import type { Args } from './options.ts'

/** The release that `--kubernetes-version` names. Throws USAGE. */
export const kubernetesVersionOf = (args: Args): KubernetesVersion | undefined => {
  const given = args.text('kubernetes-version')
  const version = given === undefined ? undefined : parseVersion(given)
  if (given !== undefined && !version)
    throw new AuditError('USAGE', `--kubernetes-version: a version such as 1.31 is wanted, found "${given}"`)
  return version
}
