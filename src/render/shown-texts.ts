import type { NodeFacts } from '../facts/node.ts'
import { textAt } from '../facts/path-fact.ts'
import { auditPaths } from '../plan/audit-paths.ts'

/** The texts of a node whose lines may be shown, by file. */
export type ShownTexts = ReadonlyMap<string, string>

/** The manifest and the policy; the webhook's kubeconfig may hold secrets, and is not among them. */
export const shownTexts = ({ manifest, paths }: NodeFacts): ShownTexts => {
  const policy = manifest.pod && auditPaths(manifest.pod).find(({ role }) => role === 'policy')?.resolved?.host
  const text = textAt(paths, policy ?? undefined)
  return new Map<string, string>([
    ...(manifest.text === null ? [] : [[manifest.path, manifest.text] as const]),
    ...(policy && text !== undefined ? [[policy, text] as const] : [])
  ])
}
