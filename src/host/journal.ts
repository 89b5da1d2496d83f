import { AuditError } from '../errors.ts'
import { join, type HostPath } from '../paths.ts'
import { BACKUP_COMMANDS, backupIdShape, type BackupCommand } from './backup-set.ts'
import {
  hashShape,
  holderShape,
  ownershipShapes,
  pathShape,
  processShapes,
  roleShape,
  timeShape,
  type FileRole
} from './file-shapes.ts'
import type { Host, HostReader, Ownership, Process } from './host.ts'
import { fields, listOf, oneOf, orNull, parseJson, printJson, text } from './json-shape.ts'
import type { LockHolder } from './lock.ts'
import { ensureStateDirectory, foreignFault, STATE_DIRECTORY } from './state-directory.ts'

/** How far a run has come: writing its files, waiting for the new API server, or putting everything back. */
export const JOURNAL_PHASES = ['writing', 'waiting', 'undoing'] as const
export type JournalPhase = (typeof JOURNAL_PHASES)[number]

/** The bytes (as a hash) and the owner that a file has at one end of a run. */
export interface JournalState extends Ownership {
  readonly sha256: string
}

/** One file of a run, before and after. */
export interface JournalFile {
  readonly role: FileRole
  readonly path: HostPath
  /** Null when the file is not there before the run. */
  readonly before: JournalState | null
  /** Null when the run removes the file. */
  readonly after: JournalState | null
}

/** What a run is about to do: enough to finish or undo it when the run itself is no more. */
export interface Journal {
  readonly id: string
  readonly command: BackupCommand
  readonly phase: JournalPhase
  readonly started: string
  readonly version: string
  readonly backup: { readonly id: string; readonly directory: HostPath }
  readonly manifest: HostPath
  readonly files: readonly JournalFile[]
  /** The directories that the run makes, outermost first. */
  readonly directories: readonly HostPath[]
  /** The API servers that ran before: the new one is not among them. */
  readonly processes: readonly Pick<Process, 'pid' | 'start'>[]
  readonly lock: Pick<LockHolder, 'pid' | 'start' | 'bootId'>
}

/** The file that exists from before the first write of a run until it is finished or undone. */
export const JOURNAL_FILE = join(STATE_DIRECTORY, 'journal.json')

const LARGEST = 1024 * 1024

const stateShape = orNull(fields({ ...ownershipShapes, sha256: hashShape }))

const journalShape = fields({
  id: text,
  command: oneOf(BACKUP_COMMANDS),
  phase: oneOf(JOURNAL_PHASES),
  started: timeShape,
  version: text,
  backup: fields({ id: backupIdShape, directory: pathShape }),
  manifest: pathShape,
  files: listOf(fields({ role: roleShape, path: pathShape, before: stateShape, after: stateShape })),
  directories: listOf(pathShape),
  processes: listOf(fields(processShapes)),
  lock: holderShape
})

/** The journal of an interrupted (or the running) apply, or null. Throws BAD_JOURNAL when the file is not one of ours. */
export const readJournal = (host: HostReader): Journal | null => {
  const found = host.lstat(JOURNAL_FILE)
  if (found === null) return null
  // a link could lead to any file, whose words would then be told
  const fault = found.kind === 'file' ? foreignFault(host, found) : `is a ${found.kind}, wanted a file`
  if (fault !== null) throw new AuditError('BAD_JOURNAL', `${JOURNAL_FILE} ${fault}`, { path: JOURNAL_FILE })
  const bytes = host.read(JOURNAL_FILE, LARGEST)
  if (bytes === null) return null
  const journal = parseJson(bytes, journalShape)
  if (journal.ok) return journal.value
  throw new AuditError('BAD_JOURNAL', `${JOURNAL_FILE} is not a journal of auditpatch: ${journal.reason}`, {
    path: JOURNAL_FILE
  })
}

/** Writes the journal, or its next phase, durably. */
export const writeJournal = (host: Host, journal: Journal): void => {
  ensureStateDirectory(host)
  host.writeAtomic(JOURNAL_FILE, printJson(journal), { mode: 0o600, uid: host.uid, gid: host.gid })
}

/** Removes the journal: what it told is finished or undone. */
export const closeJournal = (host: Host): void => host.removeFile(JOURNAL_FILE)
