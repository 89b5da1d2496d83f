import type { HostReader } from '../host/host.ts'
import { type BackupList, listBackups, newestBackup, readBackup } from '../host/backup.ts'
import { refuseUnsafeDirectory } from '../host/state-directory.ts'
import { sha256 } from '../sha256.ts'
import type { Finding } from '../finding.ts'
import type { HostPath } from '../paths.ts'
import { type OwnFile, planDisable } from '../plan/disable.ts'
import { type Change, isEmpty, type Plan, type Proof } from '../plan/change.ts'
import { planRestore } from '../plan/restore.ts'
import { locatePod } from '../pod/pod.ts'
import { parseSource } from '../text/source.ts'
import { AuditError } from '../errors.ts'
import { fileNow } from './file-now.ts'
import { readManifest } from './find-manifest.ts'
import { openManifest } from './open-manifest.ts'
import { gatherPathFacts } from './path-facts.ts'
import { preflight } from './preflight.ts'

/** The plan that switches auditing off; with `isPurging` the files that earlier runs made go too. */
export const planDisableOn = (
  host: HostReader,
  manifestPath: HostPath,
  isPurging: boolean,
  backups: HostPath
): Plan => {
  const manifest = readManifest(host, manifestPath)
  const pod = locatePod(parseSource(manifest.text, manifestPath, 'kubernetes'))
  const list = isPurging ? readableBackups(host, backups) : { sets: [], damaged: [] }
  const purge = ownFiles(list)
  const paths = purge.map(file => file.path)
  const plan = planDisable(manifest, pod, purge, gatherPathFacts(host, paths, paths))
  preflight(host, plan, pod)
  const unknown = list.damaged.map(({ error }) => unknownFiles(error))
  return { ...plan, findings: [...openManifest(host, manifestPath), ...plan.findings, ...unknown] }
}

// a set that the disk does not give now may name files of ours
const readableBackups = (host: HostReader, backups: HostPath): BackupList => {
  const list = listBackups(host, backups)
  const unreadable = list.damaged.find(({ error }) => error.code === 'CANNOT_READ')
  if (unreadable) throw unreadable.error
  return list
}

const unknownFiles = ({ message }: AuditError): Finding => ({
  code: 'damaged-backup',
  severity: 'warning',
  message: `${message}: what that run made is not known, and stays`
})

// a file that a backup set says was not there before the run that made the set
const ownFiles = ({ sets }: BackupList): OwnFile[] => {
  const made = sets.flatMap(set => set.files.filter(file => file.before === null && file.after !== null))
  const written = sets.flatMap(set => set.files)
  return made.flatMap((file, index): OwnFile[] => {
    const isFirst = made.findIndex(other => other.path === file.path) === index
    const hashes = written.flatMap(each => (each.path === file.path && each.after ? [each.after.sha256] : []))
    return isFirst && file.role !== 'manifest' ? [{ role: file.role, path: file.path, hashes }] : []
  })
}

/**
 * The plan that puts a backup set back; the newest set when no id is given, never an older one in its place. Throws NO_BACKUP
 * or BAD_BACKUP.
 */
export const planRestoreOn = (host: HostReader, backups: HostPath, id: string | undefined): Plan => {
  if (host.lstat(backups) !== null) refuseUnsafeDirectory(host, backups)
  const chosen = id ?? newestBackup(host, backups)
  if (chosen === undefined) throw new AuditError('NO_BACKUP', `there is no backup in ${backups}`, { path: backups })
  const { files } = readBackup(host, backups, chosen)
  const manifest = files.find(file => file.role === 'manifest')
  if (!manifest) throw new AuditError('BAD_BACKUP', `the backup ${chosen} has no manifest`, { path: backups })
  const restorable = files.map(({ role, path, before, bytes }) => ({
    role,
    path,
    now: fileNow(host, path),
    saved: before && bytes ? { bytes, owner: { mode: before.mode, uid: before.uid, gid: before.gid } } : null
  }))
  const plan = withDirectories(host, planRestore(manifest.path, chosen, restorable, NO_PROOF))
  const now = restorable.find(file => file.role === 'manifest')?.now
  const isAsWritten = now === null || now === undefined || sha256(now.bytes) === manifest.after?.sha256
  const findings = [...openManifest(host, manifest.path), ...plan.findings]
  return { ...plan, findings: isAsWritten || isEmpty(plan) ? findings : [...findings, changedSince(manifest.path)] }
}

const changedSince = (path: HostPath): Finding => ({
  code: 'changed-since-backup',
  severity: 'warning',
  message: `${path} was changed after the run that made this backup: the later changes (an upgrade, flags) go too`,
  file: path,
  remediation: 'to take out the audit settings alone, use auditpatch remove'
})

// a file can only come back into a directory that is there
const withDirectories = (host: HostReader, plan: Plan): Plan => {
  const written = plan.files.filter(file => file.after !== null).map(file => file.path)
  const missing = [...gatherPathFacts(host, written, []).values()].flatMap(fact => fact.missing)
  const directories = [...new Set(missing)].sort().map(path => ({ path, owner: { mode: 0o755, uid: 0, gid: 0 } }))
  const changes = directories.map(({ path }): Change => ({
    kind: 'make-directory',
    file: path,
    path: '',
    name: path,
    before: null,
    after: '0755 0:0',
    reason: 'it is not there any more'
  }))
  return { ...plan, directories, changes: [...changes, ...plan.changes] }
}

const NO_PROOF: Proof = { log: undefined, policy: undefined, isLogBatched: false }
