import { covers } from '../paths.ts'
import { listAt, stringAt } from '../text/guard.ts'
import type { Path } from '../text/locate.ts'
import type { Value } from '../text/value.ts'
import type { KnownImage } from './images/known-image.ts'
import { knownImage } from './images/known-images.ts'
import type { NeededPaths } from './needed-paths.ts'
import type { PatchOptions } from './patch-options.ts'
import type { Shortfall } from './requirement.ts'
import type { RequirementCode } from './requirements.ts'
import { argvOf, changingHooks } from './requirements/commands.ts'
import type { ContainerSubject, PodSubject, VolumeMount } from './subject.ts'
import { isReadOnlyPlace, workOnTheNode } from './host-places.ts'
import { installsCode } from './written/installs-code.ts'

/** A field of a container as it shall be. */
export interface FieldEdit {
  readonly path: Path
  readonly after: boolean | number | readonly Value[]
  readonly reason: string
}

/** What a patch does about a shortfall, or why it does nothing. */
export type Fix = { readonly edits: readonly FieldEdit[] } | { readonly refused: string }

/** The edits of a fix; none where it is refused, or there is none. */
export const editsIn = (fix: Fix | undefined): readonly FieldEdit[] => (fix && 'edits' in fix ? fix.edits : [])

/** What a fix may depend on besides the shortfall. */
export interface FixContext {
  readonly pod: PodSubject
  readonly subject: ContainerSubject
  readonly paths: NeededPaths
  readonly options: PatchOptions
  /** What happens about other requirements of the same container. */
  readonly fixOf: (code: RequirementCode) => Fix | undefined
}

/** How requirements of a container are met by an edit; those that are not named can only be met by people. */
export const FIXES: Partial<Record<RequirementCode, (context: FixContext, shortfall: Shortfall) => Fix>> = {
  'read-only-root-filesystem': ({ subject, paths, fixOf }, { path }) => {
    const [hook] = changingHooks(subject)
    const installed = installsCode(argvOf(subject.container.data))
    if (hook) return { refused: `its ${hook.name} changes files, which would fail and end the container` }
    if (installed) return { refused: `it fetches code when it starts (${installed.word}), which would fail` }
    const image = knownImage(stringAt(subject.container.data, 'image') ?? '')
    const isRoot = isLeft(fixOf('run-as-non-root'))
    const missing = missingEnv(subject, image)
    if (isRoot && image?.failsAsRoot !== undefined && missing.length > 0) return { refused: image.failsAsRoot }
    if (paths.refused.length > 0) return { refused: paths.refused.join('; ') }
    const readOnly = { path, after: true, reason: 'nothing in the image can be changed while it runs' }
    return { edits: [readOnly, ...(isRoot ? [] : envEdits(subject, missing, paths))] }
  },
  privileged: ({ pod, subject }, { path }) => {
    const work = workOnTheNode(pod, subject)
    return work === undefined
      ? { edits: [{ path, after: false, reason: 'nothing in this pod shows that it works on the node' }] }
      : { refused: `it works on the node (${work}), and may not do so without` }
  },
  'privilege-escalation': ({ subject, fixOf }, { path }) => {
    // ValidateSecurityContext in https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/apis/core/validation/validation.go
    if (staysPrivileged(subject, fixOf)) return { refused: 'the API server takes no false beside privileged: true' }
    if (addsAdmin(subject)) return { refused: 'the API server takes no false beside CAP_SYS_ADMIN' }
    return { edits: [{ path, after: false, reason: 'no setuid program gives it more rights than it started with' }] }
  },
  'run-as-non-root': ({ subject, options }) => runAsFix(subject, options),
  'drop-all-capabilities': ({ subject, fixOf }, { path }) => {
    const image = knownImage(stringAt(subject.container.data, 'image') ?? '')
    if (isLeft(fixOf('run-as-non-root')))
      return {
        refused: `it may run as root, and ${image?.rootNeeds ? `then needs ${image.rootNeeds.join(', ')}` : 'which capabilities it then needs is not known'}`
      }
    const needs = image?.needs ?? []
    const needed = { path: [...path.slice(0, -1), 'add'], after: needs, reason: 'its program does not start without' }
    return {
      edits: [
        { path, after: ['ALL'], reason: 'a user other than root has no use for them' },
        ...(needs.length > 0 ? [needed] : [])
      ]
    }
  },
  'host-path': ({ subject, fixOf }, { path }) => {
    const mount = subject.mounts.find(each => each.index === path.at(-1))
    return mount && isReadOnlyPlace(sourceOf(mount)) && !staysPrivileged(subject, fixOf)
      ? {
          edits: [
            { path: [...path, 'readOnly'], after: true, reason: `pods read ${sourceOf(mount)}, they do not write it` }
          ]
        }
      : { refused: `whether it writes there is not known` }
  }
}

/** True for a shortfall of which a patch mends nothing. */
const isLeft = (fix: Fix | undefined): boolean => fix !== undefined && !('edits' in fix)

const missingEnv = ({ container }: ContainerSubject, image: KnownImage | undefined): NonNullable<KnownImage['env']> =>
  (image?.env ?? []).filter(({ name }) => !listAt(container.data, 'env').some(each => stringAt(each, 'name') === name))

// one that says where the data lie would move them, unless the volume there is new
const envEdits = (
  { container }: ContainerSubject,
  missing: NonNullable<KnownImage['env']>,
  { needed }: NeededPaths
): FieldEdit[] => {
  const after = missing.filter(({ value }) => !value.startsWith('/') || needed.some(each => covers(each.path, value)))
  return after.length === 0
    ? []
    : [{ path: [...container.path, 'env'], after, reason: 'its program needs it where its directories are volumes' }]
}

const staysPrivileged = ({ securityContext }: ContainerSubject, fixOf: FixContext['fixOf']): boolean => {
  const fix = fixOf('privileged')
  return securityContext.privileged === true && (fix === undefined || isLeft(fix))
}

const sourceOf = ({ volume }: VolumeMount): string => stringAt(volume?.source, 'path') ?? ''

const addsAdmin = ({ securityContext }: ContainerSubject): boolean =>
  listAt(securityContext.capabilities, 'add').includes('CAP_SYS_ADMIN')

const runAsFix = ({ contextPath, runAs, container }: ContainerSubject, { runAsUser }: PatchOptions): Fix => {
  const name = stringAt(container.data, 'image') ?? ''
  const image = knownImage(name)
  const isNonRoot = { path: [...contextPath, 'runAsNonRoot'], after: true }
  const as = (uid: number, reason: string): Fix => ({
    edits: [isNonRoot, { path: [...contextPath, 'runAsUser'], after: uid }].map(edit => ({ ...edit, reason }))
  })
  const given = runAsUser.find(each => each.container === undefined || each.container === container.name)
  if (given) return as(given.uid, 'you say that it runs as this user')
  if (runAs.uid === 0) return { refused: 'somebody chose root, and why is not known' }
  if (image?.runsAs === 'number') return { edits: [{ ...isNonRoot, reason: 'the image runs as this user anyway' }] }
  if (image?.runsAs === 'name' && image.user) return as(image.user.uid, 'the image runs as this user anyway')
  if (!image) return { refused: `as whom ${name || 'the image'} runs is not known: its user may be root` }
  const other = image.user ? `; it is made to run as ${image.user.uid} too, and may need other settings then` : ''
  return { refused: `${name} starts as root${other}` }
}
