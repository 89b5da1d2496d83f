import { ENABLE_HELD_OUT } from './held-out/enable.ts'
import type { HeldOut } from './held-out/held-out.ts'
import { MENDED_POLICY_HELD_OUT } from './held-out/mended-policy.ts'
import { OTHER_HELD_OUT } from './held-out/other.ts'
import { POLICY_HELD_OUT } from './held-out/policy.ts'
import { REPAIR_HELD_OUT } from './held-out/repair.ts'

/** Answers by somebody who had not seen those in `answers`. */
export const HELD_OUT: readonly HeldOut[] = [
  ...ENABLE_HELD_OUT,
  ...REPAIR_HELD_OUT,
  ...POLICY_HELD_OUT,
  ...MENDED_POLICY_HELD_OUT,
  ...OTHER_HELD_OUT
]
