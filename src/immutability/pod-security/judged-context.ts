import { recordAt, stringAt, type Unknown } from '../../text/guard.ts'
import { booleanAt, givenAt, integerAt } from './decoded.ts'

/** What the securityContext of a pod and that of a container have in common, as far as a check asks for it. */
export interface JudgedContext {
  /** `''` for a profile without a type, undefined without a profile. */
  readonly appArmorType: string | undefined
  /** `''` for a profile without a type, undefined without a profile. */
  readonly seccompType: string | undefined
  readonly seLinux: SELinux | undefined
  readonly runAsNonRoot: boolean | undefined
  readonly runAsUser: number | undefined
  /** True where windowsOptions.hostProcess is. */
  readonly isHostProcess: boolean
}

/** The seLinuxOptions that a check asks for; `''` for one that is not set. */
export interface SELinux {
  readonly type: string
  readonly user: string
  readonly role: string
}

/** Reads what the checks want of a securityContext; an empty one stands for none. */
export const judgedContext = (context: Unknown): JudgedContext => ({
  appArmorType: typeOf(givenAt(context, 'appArmorProfile')),
  seccompType: typeOf(givenAt(context, 'seccompProfile')),
  seLinux: seLinuxOf(givenAt(context, 'seLinuxOptions')),
  runAsNonRoot: booleanAt(context, 'runAsNonRoot'),
  runAsUser: integerAt(context, 'runAsUser'),
  isHostProcess: booleanAt(recordAt(context, 'windowsOptions'), 'hostProcess') === true
})

const typeOf = (profile: Unknown | undefined): string | undefined =>
  profile === undefined ? undefined : (stringAt(profile, 'type') ?? '')

const seLinuxOf = (options: Unknown | undefined): SELinux | undefined =>
  options && {
    type: stringAt(options, 'type') ?? '',
    user: stringAt(options, 'user') ?? '',
    role: stringAt(options, 'role') ?? ''
  }
