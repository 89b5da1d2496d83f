import { Buffer } from 'node:buffer'
import { AuditError } from '../errors.ts'
import { absentFact, mayAccess, type Owner, type PathFact, type PathFacts } from '../facts/path-fact.ts'
import { modeText } from '../mode-text.ts'
import { type HostPath, parentOf } from '../paths.ts'
import type { Change, FileState, PlannedFile, PlannedOwner } from './change.ts'

/** The user that kube-apiserver runs as: files must be readable, the log directory writable for it. */
export interface Server {
  readonly user: number
  readonly group: number
}

/** What a plan does to files and directories other than the manifest. */
export interface FilePlan {
  readonly files: readonly PlannedFile[]
  readonly directories: readonly { readonly path: HostPath; readonly owner: Owner }[]
  readonly owners: readonly PlannedOwner[]
  readonly changes: readonly Change[]
}

const NOTHING: FilePlan = { files: [], directories: [], owners: [], changes: [] }

/** Several file plans as one; a directory is made once. */
export const joinPlans = (plans: readonly FilePlan[]): FilePlan => {
  const directories = new Map(plans.flatMap(plan => plan.directories).map(directory => [directory.path, directory]))
  const isFirst = (change: Change, index: number, all: readonly Change[]): boolean =>
    change.kind !== 'make-directory' ||
    all.findIndex(other => other.kind === 'make-directory' && other.file === change.file) === index
  return {
    files: plans.flatMap(plan => plan.files),
    directories: [...directories.values()],
    owners: plans.flatMap(plan => plan.owners),
    changes: plans.flatMap(plan => plan.changes).filter(isFirst)
  }
}

/** What is known of a path; one that was not looked at counts as absent. */
export const factOf = (facts: PathFacts, path: HostPath): PathFact => facts.get(path) ?? absentFact(path)

const ownerOf = (fact: PathFact): Owner => ({ mode: fact.mode, uid: fact.uid, gid: fact.gid })

const ownerText = (owner: Owner): string => `${modeText(owner.mode)} ${owner.uid}:${owner.gid}`

// keys, certificates, the accounts of the machine, and what is no text; a policy that is broken in any way is not among them
const OTHERS = /^-----BEGIN |^root:|\0/m

// a path that was mistyped
const refuseOther = (role: 'policy' | 'webhook', { path, bytes = new Uint8Array() }: PathFact): void => {
  if (!OTHERS.test(new TextDecoder().decode(bytes))) return
  throw new AuditError('WRONG_KIND', `${path} holds something else, which the ${role} file would overwrite`, { path })
}

/**
 * The plan for a file that kube-apiserver reads: `text` is what it must hold; undefined when what is there stays. Throws
 * SYMLINK, WRONG_KIND or NOT_FOUND.
 */
export const planFile = (
  role: 'policy' | 'webhook',
  path: HostPath,
  text: string | undefined,
  facts: PathFacts,
  server: Server
): FilePlan => {
  const fact = factOf(facts, path)
  if (fact.isLink) throw new AuditError('SYMLINK', `the ${role} file ${path} is a symbolic link`, { path })
  if (fact.kind !== 'file' && fact.kind !== 'absent') {
    throw new AuditError(
      'WRONG_KIND',
      `a file is wanted at ${path}, found ${fact.kind === 'directory' ? 'a directory' : 'something else'}`,
      { path }
    )
  }
  if (fact.kind === 'absent' && text === undefined)
    throw new AuditError('NOT_FOUND', `the ${role} file ${path} is not there`, { path })
  if (text !== undefined) refuseOther(role, fact)
  const before: FileState | null =
    fact.kind === 'file' ? { bytes: fact.bytes ?? new Uint8Array(), owner: ownerOf(fact) } : null
  const readable: Owner = { mode: 0o600, uid: server.user, gid: server.group }
  const owner = before && mayAccess(before.owner, server.user, server.group, 4) ? before.owner : readable
  // a kubeconfig may hold a token: never readable by others
  const strict = role === 'webhook' && text !== undefined ? { ...owner, mode: owner.mode & 0o700 } : owner
  const bytes = text === undefined ? (before?.bytes ?? new Uint8Array()) : new TextEncoder().encode(text)
  const after: FileState = { bytes, owner: strict }
  const isWritten = before === null || Buffer.compare(before.bytes, bytes) !== 0
  if (!isWritten && ownerText(before.owner) === ownerText(after.owner)) return NOTHING
  const made = makeMissing(fact, { mode: 0o700, uid: server.user, gid: server.group })
  const change: Change = {
    kind: isWritten ? 'write-file' : 'set-owner',
    file: path,
    path: '',
    name: role,
    before: isWritten ? null : ownerText(before.owner),
    after: isWritten ? null : ownerText(after.owner),
    reason: isWritten
      ? `kube-apiserver reads the ${role === 'policy' ? 'policy' : "webhook's kubeconfig"} here`
      : 'kube-apiserver must be able to read it'
  }
  return joinPlans([
    made,
    { ...NOTHING, files: [{ role, path, before, after, isSensitive: role === 'webhook' }], changes: [change] }
  ])
}

/** The plan for the directory of a log: made, or given to a server that runs as another user than root. */
export const planLog = (log: HostPath, facts: PathFacts, server: Server): FilePlan => {
  const directory = factOf(facts, parentOf(log))
  const file = factOf(facts, log)
  // kube-apiserver opens a pipe and waits, and gives a device another name when it rotates
  if (file.kind === 'directory' || file.kind === 'other') {
    const found = file.kind === 'directory' ? 'a directory' : 'a device, a pipe or a socket'
    throw new AuditError('WRONG_KIND', `a log file is wanted at ${log}, found ${found}`, { path: log })
  }
  if (directory.kind !== 'absent' && directory.kind !== 'directory') {
    throw new AuditError('WRONG_KIND', `a directory is wanted at ${directory.path}, found something else`, {
      path: directory.path
    })
  }
  const owner = { mode: 0o700, uid: server.user, gid: server.group }
  if (directory.kind === 'absent') {
    const made = makeMissing({ ...directory, missing: [...directory.missing, directory.path] }, owner)
    return made
  }
  const plans = [giveTo(directory, server, 3, owner)]
  if (file.kind === 'file') plans.push(giveTo(file, server, 2, { ...owner, mode: 0o600 }))
  return joinPlans(plans)
}

const giveTo = (fact: PathFact, server: Server, bits: number, owner: Owner): FilePlan => {
  if (mayAccess(fact, server.user, server.group, bits)) return NOTHING
  const before = ownerOf(fact)
  const after = { ...owner, mode: fact.mode | (owner.mode & 0o700) }
  return {
    ...NOTHING,
    owners: [{ path: fact.path, before, after }],
    changes: [
      {
        kind: 'set-owner',
        file: fact.path,
        path: '',
        name: fact.path,
        before: ownerText(before),
        after: ownerText(after),
        reason: `kube-apiserver runs as user ${server.user} and must be able to write here`
      }
    ]
  }
}

const makeMissing = (fact: PathFact, last: Owner): FilePlan => {
  const directories = fact.missing.map((path, index) => ({
    path,
    owner: index === fact.missing.length - 1 ? last : { mode: 0o755, uid: 0, gid: 0 }
  }))
  return {
    ...NOTHING,
    directories,
    changes: directories.map(({ path, owner }) => ({
      kind: 'make-directory',
      file: path,
      path: '',
      name: path,
      before: null,
      after: ownerText(owner),
      reason: 'it is not there yet'
    }))
  }
}
