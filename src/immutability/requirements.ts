import type { Requirement } from './requirement.ts'
import { CAPABILITY_REQUIREMENTS } from './requirements/capabilities.ts'
import { COMMAND_REQUIREMENTS } from './requirements/commands.ts'
import { FIELD_REQUIREMENTS } from './requirements/fields.ts'
import { HOST_REQUIREMENTS } from './requirements/host.ts'
import { IMAGE_REQUIREMENTS } from './requirements/images.ts'
import { PATH_REQUIREMENTS } from './requirements/paths.ts'
import { MOUNT_REQUIREMENTS } from './requirements/mounts.ts'
import { SECURITY_CONTEXT_REQUIREMENTS } from './requirements/security-context.ts'

/** Everything that keeps a container from being changed while it runs. */
export const REQUIREMENTS = [
  ...SECURITY_CONTEXT_REQUIREMENTS,
  ...CAPABILITY_REQUIREMENTS,
  ...HOST_REQUIREMENTS,
  ...MOUNT_REQUIREMENTS,
  ...PATH_REQUIREMENTS,
  ...IMAGE_REQUIREMENTS,
  ...COMMAND_REQUIREMENTS,
  ...FIELD_REQUIREMENTS
] as const satisfies readonly Requirement[]

export type RequirementCode = (typeof REQUIREMENTS)[number]['code']
