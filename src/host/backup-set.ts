import { AuditError } from '../errors.ts'
import { join, type HostPath } from '../paths.ts'
import { hashShape, ownershipShapes, pathShape, roleShape, timeShape, type FileRole } from './file-shapes.ts'
import type { FileStat, HostReader, Ownership } from './host.ts'
import { count, fields, listOf, matching, oneOf, orNull, parseJson, printJson, text } from './json-shape.ts'
import { foreignFault } from './state-directory.ts'

/** The commands that change files, and so make a backup. */
export const BACKUP_COMMANDS = ['apply', 'remove', 'restore'] as const
export type BackupCommand = (typeof BACKUP_COMMANDS)[number]

/** One file of a set: what it was before the run, and what the run made of it. */
export interface BackupFile {
  readonly role: FileRole
  readonly path: HostPath
  /** Null when the file was not there. */
  readonly before: (Ownership & { readonly sha256: string; readonly size: number }) | null
  /** What the run was about to write; null when it removes the file. */
  readonly after: { readonly sha256: string } | null
  /** The name of the copy within the set; null when the file was not there. */
  readonly stored: string | null
}

/** What one run saved before it wrote. */
export interface BackupSet {
  readonly id: string
  readonly directory: HostPath
  /** By the clock of the node. Ids are in the order in which the sets were made, also when that clock was set back. */
  readonly created: string
  readonly command: BackupCommand
  readonly version: string
  readonly files: readonly BackupFile[]
}

/** The shape of a set's name, `20261122T011500Z-3f9a`. */
export const BACKUP_ID = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/

/** The id of a backup in JSON. */
export const backupIdShape = matching(BACKUP_ID, 'the id of a backup such as 20261122T011500Z-3f9a')

const METADATA = 'metadata.json'
const LARGEST = 1024 * 1024

const storedShape = matching(/^\d{1,3}-(?:manifest|policy|webhook)\.yaml$/, 'a name such as 0-manifest.yaml')

const setShape = fields({
  id: backupIdShape,
  created: timeShape,
  command: oneOf(BACKUP_COMMANDS),
  version: text,
  files: listOf(
    fields({
      role: roleShape,
      path: pathShape,
      before: orNull(fields({ ...ownershipShapes, sha256: hashShape, size: count })),
      after: orNull(fields({ sha256: hashShape })),
      stored: orNull(storedShape)
    })
  )
})

/** The fault BAD_BACKUP of a set or of one of its files. */
export const badBackup = (path: HostPath, fault: string): AuditError =>
  new AuditError('BAD_BACKUP', `${path} ${fault}`, { path })

/** The bytes of a set's metadata.json. */
export const printBackupSet = ({ directory: _, ...set }: BackupSet): Buffer => printJson(set)

/** The path of a set's metadata.json. */
export const metadataOf = (home: HostPath): HostPath => join(home, METADATA)

/** Reads and checks what a set says of itself, without its files. Throws BAD_BACKUP naming what is wrong. */
export const readBackupSet = (host: HostReader, directory: HostPath, id: string): BackupSet => {
  const home = join(directory, id)
  const found = host.lstat(home)
  if (found?.kind !== 'directory') throw badBackup(home, 'is not a directory')
  refuseForeign(host, home, found)
  const metadata = metadataOf(home)
  const bytes = plainFile(host, metadata, LARGEST)
  const described = parseJson(bytes, setShape)
  if (!described.ok) throw badBackup(metadata, `does not describe a backup: ${described.reason}`)
  const set = { ...described.value, directory }
  const fault = faultOf(set, id)
  if (fault !== null) throw badBackup(metadata, fault)
  return set
}

/** The bytes of a file in a set. Throws BAD_BACKUP when it is not there, no plain file (a link leads out), or too large. */
export const plainFile = (host: HostReader, path: HostPath, size: number): Buffer => {
  const found = host.lstat(path)
  if (found?.kind !== 'file')
    throw badBackup(path, found === null ? 'is not there' : `is a ${found.kind}, wanted a file`)
  refuseForeign(host, path, found)
  const bytes = host.readFrom(path, 0, size + 1)
  if (bytes.length > size) throw badBackup(path, `is larger than ${size} bytes`)
  return bytes
}

// it names the files to be written, and what they get
const refuseForeign = (host: HostReader, path: HostPath, found: FileStat): void => {
  const fault = foreignFault(host, found)
  if (fault !== null) throw badBackup(path, `${fault}: it may not be what was backed up`)
}

const faultOf = (set: BackupSet, id: string): string | null => {
  if (set.id !== id) return `is of the backup ${set.id}, found in ${id}`
  if (new Set(set.files.map(file => file.path)).size !== set.files.length) return 'names a file twice'
  const stored = set.files.flatMap(file => file.stored ?? [])
  if (new Set(stored).size !== stored.length) return 'names a copy twice'
  const torn = set.files.find(file => (file.before === null) !== (file.stored === null))
  return torn === undefined
    ? null
    : `has ${torn.before === null ? 'a copy without its hash' : 'no copy'} of ${torn.path}`
}
