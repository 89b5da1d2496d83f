import type { HostReader } from '../host/host.ts'
import { listBackups, readBackup } from '../host/backup.ts'
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
  const purge = isPurging ? ownFiles(host, backups) : []
  const paths = purge.map(file => file.path)
  const plan = planDisable(manifest, pod, purge, gatherPathFacts(host, paths, paths))
  preflight(host, plan, pod)
  return plan
}

// a file that a backup set says was not there before the run that made the set
const ownFiles = (host: HostReader, backups: HostPath): OwnFile[] => {
  const made = listBackups(host, backups).sets.flatMap(set =>
    set.files.filter(file => file.before === null && file.after !== null)
  )
  const written = listBackups(host, backups).sets.flatMap(set => set.files)
  return made.flatMap((file, index): OwnFile[] => {
    const isFirst = made.findIndex(other => other.path === file.path) === index
    const hashes = written.flatMap(each => (each.path === file.path && each.after ? [each.after.sha256] : []))
    return isFirst && file.role !== 'manifest' ? [{ role: file.role, path: file.path, hashes }] : []
  })
}

/** The plan that puts a backup set back; the newest set when no id is given. Throws NO_BACKUP or BAD_BACKUP. */
export const planRestoreOn = (host: HostReader, backups: HostPath, id: string | undefined): Plan => {
  const chosen = id ?? listBackups(host, backups).sets[0]?.id
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
  return isAsWritten || isEmpty(plan) ? plan : { ...plan, findings: [...plan.findings, changedSince(manifest.path)] }
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
