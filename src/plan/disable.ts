import type { PathFacts } from '../facts/path-fact.ts'
import { unpatchManifest } from '../manifest/unpatch.ts'
import type { HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import type { Change, Plan, PlannedFile } from './change.ts'
import { type ManifestInput, manifestChanges, manifestFile } from './enable.ts'
import { factOf } from './file-plan.ts'

/** A file that an earlier run of this tool made. */
export interface OwnFile {
  readonly role: 'policy' | 'webhook'
  readonly path: HostPath
}

/** The manifest's text without audit settings. */
export const renderWithout = (pod: Pod): string => unpatchManifest(pod).text

/**
 * The plan that takes every audit setting out of a manifest, and with them what only served auditing. `purge` names the
 * files to remove too: logs are never among them.
 */
export const planDisable = (manifest: ManifestInput, pod: Pod, purge: readonly OwnFile[], facts: PathFacts): Plan => {
  const patch = unpatchManifest(pod)
  const removed = purge.flatMap(({ role, path }): PlannedFile[] => {
    const fact = factOf(facts, path)
    if (fact.kind !== 'file' || fact.isLink) return []
    const before = { bytes: fact.bytes ?? new Uint8Array(), owner: { mode: fact.mode, uid: fact.uid, gid: fact.gid } }
    return [{ role, path, before, after: null, isSensitive: role === 'webhook' }]
  })
  const fileChanges = removed.map(({ role, path }): Change => ({
    kind: 'remove-file',
    file: path,
    path: '',
    name: role,
    before: null,
    after: null,
    reason: 'auditpatch made it'
  }))
  return {
    command: 'remove',
    manifest: manifest.path,
    changes: [...manifestChanges(manifest.path, patch.changes), ...fileChanges],
    files: [...removed, ...manifestFile(manifest, patch.text)],
    directories: [],
    owners: [],
    flags: {},
    mounts: [],
    findings: [],
    proof: { log: undefined, policy: undefined, isLogBatched: false }
  }
}
