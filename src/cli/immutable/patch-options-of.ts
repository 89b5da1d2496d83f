import { isAbsolute } from 'node:path'
import { AuditError } from '../../errors.ts'
import type { PatchOptions } from '../../immutability/patch-options.ts'
import { REQUIREMENTS } from '../../immutability/requirements.ts'
import { isExecutablePath } from '../../immutability/requirements/mounts.ts'
import { containerPath } from '../../paths.ts'
import { nearestWord } from '../../text/nearest.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { auditedWrites } from './audited-writes.ts'
import { tracedWrites } from './traced-writes.ts'

/** What the options of `immutable patch` say of what containers write. Throws USAGE, and what reading traces and logs throws. */
export const patchOptionsOf = async (args: Args, io: Io): Promise<PatchOptions> => {
  const audited = await Promise.all(args.list('from-audit').map(each => auditedWrites(ofContainer(each), io)))
  return {
    runAsUser: args.list('run-as-user').map(runAsUserOf),
    only: args
      .list('only')
      .flatMap(each => each.split(','))
      .map(codeOf),
    writable: args.list('writable').map(writableOf),
    written: [...args.list('from-strace').flatMap(each => tracedWrites(ofContainer(each), io)), ...audited.flat()]
  }
}

/** Throws USAGE where an option names a container that none of the pods has. */
export const refuseOtherContainers = (args: Args, names: ReadonlySet<string>): void => {
  for (const option of ['writable', 'from-strace', 'from-audit', 'run-as-user'] as const)
    for (const given of args.list(option)) {
      const { container } = ofContainer(given)
      if (container === undefined || names.has(container)) continue
      const there = [...names].join(', ') || 'none'
      throw new AuditError('USAGE', `--${option}: no container is called "${container}"; there are ${there}`)
    }
}

const runAsUserOf = (given: string): PatchOptions['runAsUser'][number] => {
  const { container, value } = ofContainer(given)
  const uid = /^\d{1,10}$/.test(value) ? Number(value) : 0
  // https://github.com/kubernetes/apimachinery/blob/v0.36.0/pkg/util/validation/validation.go IsValidUserID
  if (uid > 0 && uid < 2 ** 31) return { container, uid }
  throw new AuditError('USAGE', `--run-as-user: the number of a user other than root (0) is wanted, found "${given}"`)
}

const CODES: readonly string[] = REQUIREMENTS.map(({ code }) => code)

const codeOf = (given: string): string => {
  if (CODES.includes(given)) return given
  const meant = nearestWord(given, CODES)
  throw new AuditError(
    'USAGE',
    `--only: a code of immutable check is wanted, found "${given}"${meant === undefined ? '' : `; ${meant} is meant?`}`
  )
}

/** What an option says, of one container or of all: CONTAINER=VALUE or VALUE. */
export interface OfContainer {
  readonly container: string | undefined
  readonly value: string
}

// a container's name is a DNS label
const ofContainer = (given: string): OfContainer => {
  const [, container, value] = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)=(.*)$/s.exec(given) ?? []
  return container === undefined || value === undefined ? { container: undefined, value: given } : { container, value }
}

const writableOf = (given: string): PatchOptions['writable'][number] => {
  const { container, value } = ofContainer(given)
  const fail = (why: string): never => {
    throw new AuditError('USAGE', `--writable: ${why}, found "${given}"`)
  }
  if (!isAbsolute(value)) fail('an absolute path in the container is wanted, with or without CONTAINER= in front')
  const path = containerPath(value)
  // ValidateVolumeMounts in https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/core/validation/validation.go
  if (path.includes(':')) fail('a path without a colon is wanted, which no mountPath may hold')
  if (isExecutablePath(path)) fail('a directory without programs is wanted')
  return { container, path }
}
