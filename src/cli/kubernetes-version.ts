import { isAtLeast, type KubernetesVersion, parseVersion } from '../audit/version.ts'
import { AuditError } from '../errors.ts'
import type { Args } from './options.ts'

/** The release that `--kubernetes-version` names. Throws USAGE. */
export const kubernetesVersionOf = (args: Args): KubernetesVersion | undefined => {
  const given = args.text('kubernetes-version')
  const version = given === undefined ? undefined : parseVersion(given)
  if (given !== undefined && !version)
    throw new AuditError('USAGE', `--kubernetes-version: a version such as 1.31 is wanted, found "${given}"`)
  // in YAML 1.30 without quotes is the number 1.3
  if (version && !isAtLeast(version, OLDEST))
    throw new AuditError(
      'USAGE',
      `--kubernetes-version: 1.${OLDEST} or newer is wanted, where audit.k8s.io/v1 begins, found "${given ?? ''}"`
    )
  return version
}

// CHANGELOG-1.12: audit.k8s.io/v1 is stable
const OLDEST = 12
