import { FILE_KINDS } from './file-kinds.ts'
import type { Kind } from './kind.ts'
import { checkManifest } from './manifest-check.ts'
import { manifestInput } from './manifest-input.ts'
import { nodeKinds } from './node-kinds.ts'
import { checkPolicy } from './policy-check.ts'
import { policyInput } from './policy-input.ts'
import { STATE_KINDS } from './state-kinds.ts'

/** Every kind of input that is tried. */
export const KINDS: readonly Kind[] = [
  { name: 'manifests', generate: manifestInput, hostile: 25, check: checkManifest },
  { name: 'policies', generate: policyInput, hostile: 35, check: checkPolicy },
  ...nodeKinds(policyInput),
  ...STATE_KINDS,
  ...FILE_KINDS
]
