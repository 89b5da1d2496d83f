import { Buffer } from 'node:buffer'
import type { HostPath } from '../paths.ts'
import type { Change, FileState, Plan, PlannedFile, Proof } from './change.ts'

/** A file as a backup set has it and as it is now; null is its absence. */
export interface RestorableFile {
  readonly role: PlannedFile['role']
  readonly path: HostPath
  readonly now: FileState | null
  readonly saved: FileState | null
}

/** The plan that gives files the content and the owner that they had in a backup set. */
export const planRestore = (manifest: HostPath, id: string, files: readonly RestorableFile[], proof: Proof): Plan => {
  const differing = files.filter(file => !isSame(file.now, file.saved))
  const planned = differing.map(({ role, path, now, saved }): PlannedFile => ({
    role,
    path,
    before: now,
    after: saved,
    isSensitive: role === 'webhook'
  }))
  return {
    command: 'restore',
    manifest,
    changes: differing.map(({ role, path, saved }): Change => ({
      kind: saved ? 'write-file' : 'remove-file',
      file: path,
      path: '',
      name: role,
      before: null,
      after: null,
      reason: saved ? `as it was in the backup ${id}` : `it was not there at the time of the backup ${id}`
    })),
    files: [...planned.filter(file => file.role !== 'manifest'), ...planned.filter(file => file.role === 'manifest')],
    directories: [],
    owners: [],
    flags: {},
    mounts: [],
    findings: [],
    proof
  }
}

const isSame = (a: FileState | null, b: FileState | null): boolean => {
  if (a === null || b === null) return a === b
  return (
    Buffer.compare(a.bytes, b.bytes) === 0 &&
    a.owner.mode === b.owner.mode &&
    a.owner.uid === b.owner.uid &&
    a.owner.gid === b.owner.gid
  )
}
