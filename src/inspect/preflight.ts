import { AuditError } from '../errors.ts'
import { integerOf } from '../audit/flag-value.ts'
import { podFileOfBytes } from '../facts/pod-file.ts'
import type { HostReader } from '../host/host.ts'
import { covers, type HostPath, join, nameOf, parentOf } from '../paths.ts'
import type { Plan } from '../plan/change.ts'
import { MAX_BYTES } from '../text/source.ts'
import { rotatedSizes } from './log-facts.ts'
import { isReadOnlyMount } from './mount-flags.ts'

/**
 * Throws where writing would do harm though the plan is right: STRAY_POD, UPGRADE_RUNNING or NOT_ENOUGH_DISK. Nothing is
 * written.
 */
export const preflight = (
  host: HostReader,
  plan: Plan,
  pod: { readonly name: string; readonly namespace: string }
): void => {
  refuseAmongManifests(plan)
  refuseBelowFile(host, plan)
  refuseStrayPods(host, plan.manifest, pod)
  refuseUpgrade(host, 'the same manifest')
  refuseReadOnlyDisk(host, plan)
  refuseFullDisk(host, plan)
}

// the directory need not be kubeadm's
const refuseAmongManifests = (plan: Plan): void => {
  const directory = parentOf(plan.manifest)
  const written = plan.files.filter(file => file.role !== 'manifest' && file.after !== null).map(file => file.path)
  const path = [...written, ...(plan.proof.log === undefined ? [] : [plan.proof.log])].find(each =>
    covers(directory, each)
  )
  if (path === undefined || plan.changes.length === 0) return
  throw new AuditError('BAD_PATH', `${path} lies in ${directory}: the kubelet runs every file in there as a pod`, {
    path
  })
}

// a directory cannot be made in what is none
const refuseBelowFile = (host: HostReader, plan: Plan): void => {
  for (const { path } of plan.directories) {
    const above = parentOf(path)
    const kind = host.stat(above)?.kind ?? 'directory'
    if (kind === 'directory') continue
    throw new AuditError('WRONG_KIND', `${path} cannot be made: ${above} is a ${kind}, wanted a directory`, {
      path: above
    })
  }
}

/**
 * The kubelet reads every file of the manifests directory whose name does not begin with a dot; of two pods with one name
 * the file that sorts last wins (pkg/kubelet/config/file.go).
 */
const refuseStrayPods = (
  host: HostReader,
  manifest: HostPath,
  pod: { readonly name: string; readonly namespace: string }
): void => {
  const directory = parentOf(manifest)
  for (const name of host.list(directory) ?? []) {
    const path = join(directory, name)
    if (name.startsWith('.') || name === nameOf(manifest)) continue
    if (host.stat(path)?.kind !== 'file') continue
    const bytes = host.read(path, MAX_BYTES) ?? Buffer.alloc(0)
    if (!mayName(bytes, pod.name)) continue
    const found = podFileOfBytes(bytes, path).pod
    if (found?.name !== pod.name || found.namespace !== pod.namespace) continue
    throw new AuditError(
      'STRAY_POD',
      `${path} is a second manifest of the pod ${pod.namespace}/${pod.name}: the kubelet reads it too, and only one of them counts`,
      { path }
    )
  }
}

// a name is written out, but for escapes, and in UTF-16: most files need not be parsed
const mayName = (bytes: Buffer, name: string): boolean =>
  [name, '\\', '!!binary'].some(each => bytes.includes(each)) || bytes[0] === 0xfe || bytes[0] === 0xff

/** Throws UPGRADE_RUNNING while kubeadm upgrade is at work on this node; `what` is what it writes. */
export const refuseUpgrade = (host: HostReader, what: string): void => {
  const upgrade = host
    .processes(argv => argv.slice(0, 2).map(nameOf).includes('kubeadm') && argv.includes('upgrade'))
    .find(process => host.belongsToRoot(process))
  if (!upgrade) return
  throw new AuditError('UPGRADE_RUNNING', `kubeadm upgrade is running (pid ${upgrade.pid}) and writes ${what}`)
}

// only where something is written: a plan that does nothing costs nothing
const refuseReadOnlyDisk = (host: HostReader, plan: Plan): void => {
  const { log } = plan.proof
  if (log === undefined || plan.changes.length === 0 || !isReadOnlyMount(host, parentOf(log))) return
  throw new AuditError(
    'BAD_PATH',
    `the file system of ${parentOf(log)} is mounted read-only: no log can be written there`,
    {
      path: log
    }
  )
}

const MIB = 1024 * 1024

/** kube-apiserver keeps `maxbackup` rotated files beside the current one; 0 means all, which no disk is enough for. */
const refuseFullDisk = (host: HostReader, plan: Plan): void => {
  const { log } = plan.proof
  const size = Number(integerOf(plan.flags['audit-log-maxsize'] ?? ''))
  const backups = Number(integerOf(plan.flags['audit-log-maxbackup'] ?? ''))
  if (log === undefined || !size || !backups || plan.changes.length === 0) return
  const wanted = size * MIB * (backups + 1)
  const present = [host.stat(log)?.size ?? 0, ...rotatedSizes(host, log)].reduce((total, each) => total + each)
  const free = host.freeBytes(parentOf(log))
  if (free + present >= wanted) return
  throw new AuditError(
    'NOT_ENOUGH_DISK',
    `the log may grow to ${mib(wanted)} (${size} MiB x (${backups} + 1)), but ${mib(free)} are free at ${parentOf(log)}`,
    { path: log }
  )
}

const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`
