import type { Finding } from '../finding.ts'
import type { PathFacts } from '../facts/path-fact.ts'
import { unpatchManifest } from '../manifest/unpatch.ts'
import type { HostPath } from '../paths.ts'
import type { Pod } from '../pod/pod.ts'
import { sha256 } from '../sha256.ts'
import type { Change, Plan, PlannedFile } from './change.ts'
import { type ManifestInput, manifestChanges, manifestFile } from './enable.ts'
import { factOf } from './file-plan.ts'

/** A file that an earlier run of this tool made. */
export interface OwnFile {
  readonly role: 'policy' | 'webhook'
  readonly path: HostPath
  /** The sha256 of what the runs of this tool wrote there. */
  readonly hashes: readonly string[]
}

const edited = (path: HostPath): Finding => ({
  code: 'edited-file',
  severity: 'info',
  message: `${path} was edited since auditpatch wrote it, and stays`,
  file: path
})

/** The manifest's text without audit settings. */
export const renderWithout = (pod: Pod): string => unpatchManifest(pod).text

/**
 * The plan that takes every audit setting out of a manifest, and with them what only served auditing. `purge` names the
 * files to remove too: logs are never among them.
 */
export const planDisable = (manifest: ManifestInput, pod: Pod, purge: readonly OwnFile[], facts: PathFacts): Plan => {
  const patch = unpatchManifest(pod)
  const removed = purge.flatMap(({ role, path, hashes }): PlannedFile[] => {
    const fact = factOf(facts, path)
    // what was edited since is no longer ours alone
    if (fact.kind !== 'file' || fact.isLink || !hashes.includes(sha256(fact.bytes ?? new Uint8Array()))) return []
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
    findings: purge.flatMap(({ path }) =>
      factOf(facts, path).kind === 'file' && !removed.some(file => file.path === path) ? [edited(path)] : []
    ),
    proof: { log: undefined, policy: undefined, isLogBatched: false }
  }
}
