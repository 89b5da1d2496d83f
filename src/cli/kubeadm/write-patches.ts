import { isAbsolute, resolve } from 'node:path'
import { podFileOf } from '../../facts/pod-file.ts'
import { protectedPath } from '../../audit/protected-paths.ts'
import { AuditError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { allOrNone, fileStep, type Step } from '../../host/all-or-none.ts'
import type { Host, HostReader } from '../../host/host.ts'
import { nodeHost } from '../../host/node-host.ts'
import { fileNow } from '../../inspect/file-now.ts'
import type { NoAnswer } from '../../inspect/kubeadm-config.ts'
import type { ClusterConfig } from '../../kubeadm/cluster-config.ts'
import { type PatchFile, patchFiles } from '../../kubeadm/patch-file.ts'
import { covers, type HostPath, hostPath, join, parentOf } from '../../paths.ts'
import { diffLines } from '../../render/diff.ts'
import { findingLines } from '../../render/findings.ts'
import { resultOf } from '../../render/result.ts'
import { harmless } from '../../render/paint.ts'
import { patchNotes } from '../../render/kubeadm.ts'
import { MAX_BYTES } from '../../text/source.ts'
import { unifiedDiff } from '../../text/unified-diff.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { rootOf, type Session, sessionOf } from '../session.ts'
import { confirmed } from '../confirm.ts'
import { configOrReason } from './read-config.ts'
import { refuseIncomplete } from './refuse-incomplete.ts'
import { type WantedExtras, wishedExtras } from './wanted-extras.ts'

/** Writes the patch files of `kubeadm patches` and gives the exit code. */
export const writePatches = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const host = nodeHost({ root: rootOf(args) })
  const wanted = wishedExtras(args, host, session)
  const directory = directoryOf(args, host, wanted.manifest)
  refuseIncomplete(wanted)
  const files = patchFiles(wanted.extras).map(file => compared(host, directory, file))
  const changed = files.filter(({ before, after }) => before !== after)
  const findings = [
    ...wanted.findings,
    ...(await bothFindings(args, io, host, session)),
    ...otherPatches(host, directory, files)
  ]
  const { paint, width } = session
  session.say([
    ...(args.has('quiet') ? [] : changed.flatMap(({ unified }) => [...diffLines(unified, paint), ''])),
    ...findingLines(findings, paint, width)
  ])
  if (changed.some(({ before }) => before !== null)) await confirmed(args, io, 'Replace what is there?')
  // an end half-way would leave one file of the two
  io.countInterrupts()
  if (changed.length > 0) makeDirectory(host, directory)
  allOrNone(changed.map(file => stepOf(host, file)))
  session.give(() => resultOf('KubeadmPatches', { changed: changed.length > 0, files, findings }))
  session.say(
    changed.length === 0
      ? [paint.green('nothing to do: they are there')]
      : changed.map(({ path }) => paint.green(`written: ${harmless(path)}`))
  )
  tellUse(host, directory, wanted, session)
  return 0
}

const tellUse = (host: Host, directory: HostPath, { extras }: WantedExtras, session: Session): void => {
  if (host.root !== '/') session.talk(`the directory lies below ${host.root}`)
  for (const line of patchNotes(directory, extras, session.width)) session.talk(line)
}

// a directory of patches is one of the user's own
const ofTheSystem = (directory: HostPath): string | undefined =>
  /^\/($|(proc|sys|dev|bin|sbin|lib|lib64|usr|boot)(\/|$)|(etc|var|etc\/kubernetes|etc\/kubernetes\/pki)$)/.test(
    directory
  )
    ? `${directory} is a directory of the system`
    : undefined

/** On this machine as the shell has it, so relative to the working directory; below another root absolute. */
const directoryOf = (args: Args, host: Host, manifest: HostPath): HostPath => {
  const given = args.positionals[0] ?? ''
  if (host.root !== '/' && !isAbsolute(given))
    throw new AuditError('USAGE', `below --root an absolute directory is wanted, found "${given}"`)
  const directory = hostPath(resolve(given))
  refuseDirectory(host, directory)
  // a link above may lead there too
  const real = host.stat(directory) ? host.resolve(directory) : directory
  const isRun = covers(host.resolve(parentOf(manifest)), real) || covers(parentOf(manifest), directory)
  const fault = isRun
    ? `the kubelet runs every file in ${directory} as a pod`
    : (protectedPath(real, false) ?? ofTheSystem(real))
  if (fault !== undefined) throw new AuditError('BAD_PATH', fault, { path: directory })
  return directory
}

const refuseDirectory = (host: HostReader, directory: HostPath): void => {
  const stat = host.lstat(directory)
  const path = { path: directory }
  if (stat?.kind === 'symlink')
    throw new AuditError('SYMLINK', `${directory} is a symbolic link, which kubeadm does not follow`, path)
  if (stat && stat.kind !== 'directory')
    throw new AuditError('WRONG_KIND', `${directory} is a ${stat.kind}; a directory is wanted`, path)
  if (!stat && host.stat(parentOf(directory))?.kind !== 'directory')
    throw new AuditError(
      'NOT_FOUND',
      `there is no directory ${parentOf(directory)}${host.root === '/' ? '' : ` below ${host.root}`}`,
      {
        ...path,
        next: `make it first: mkdir -p ${host.root === '/' ? '' : host.root}${parentOf(directory)}`
      }
    )
}

interface Compared {
  readonly path: string
  readonly before: string | null
  readonly after: string
  readonly unified: string
}

const compared = (host: Host, directory: HostPath, { name, text }: PatchFile): Compared => {
  const path = join(directory, name)
  const before = fileNow(host, path)?.bytes
  const old = before ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(before) : null
  return { path, before: old, after: text, unified: unifiedDiff(path, old, text) }
}

const makeDirectory = (host: Host, directory: HostPath): void => {
  if (!host.stat(directory)) host.makeDirectory(directory, { mode: 0o755, uid: host.uid, gid: host.gid })
}

const stepOf = (host: Host, { path, after }: Compared): Step => {
  const now = fileNow(host, hostPath(path))
  const owner = now?.owner ?? { mode: 0o644, uid: host.uid, gid: host.gid }
  return fileStep(host, hostPath(path), { before: now?.bytes ?? null, after: new TextEncoder().encode(after), owner })
}

/** The same settings in kubeadm-config, where that can be seen. */
const bothFindings = async (args: Args, io: Io, host: Host, session: Session): Promise<Finding[]> => {
  const config = await seenConfig(args, io, host)
  if ('why' in config) {
    session.detail(`kubeadm-config was not looked at: ${config.why}`)
    return []
  }
  if (config.extras.args.length === 0) return []
  return [
    {
      code: 'kubeadm-both',
      severity: 'info',
      message:
        'kubeadm-config has audit settings too: with --patches those of the patch count, without it those of kubeadm-config',
      file: config.source.file,
      remediation: 'one place is enough: kubeadm-config (auditpatch kubeadm save), which kubeadm remembers, or patches'
    }
  ]
}

// what the cluster has is only looked at: a fault in there is no reason to write no patch
const seenConfig = async (args: Args, io: Io, host: Host): Promise<ClusterConfig | NoAnswer> => {
  try {
    return await configOrReason(args, io, host)
  } catch (error) {
    if (!(error instanceof AuditError) || args.text('kubeadm-config') !== undefined || error.code === 'IMPOSSIBLE')
      throw error
    return { why: error.message }
  }
}

/** Other patches of kube-apiserver in the directory that speak of auditing, or were left by an earlier run. */
const otherPatches = (host: Host, directory: HostPath, own: readonly Compared[]): Finding[] =>
  (host.list(directory) ?? [])
    .filter(name => /^kube-apiserver.*\.(json|yaml)$/.test(name))
    .map(name => join(directory, name))
    .filter(path => !own.some(each => each.path === path) && host.stat(path)?.kind === 'file')
    .filter(path => podFileOf(host.read(path, MAX_BYTES)?.toString('utf8') ?? '', path).kind !== 'Pod')
    .filter(path => /--audit[-_]|Made by auditpatch/.test(host.read(path, MAX_BYTES)?.toString('utf8') ?? ''))
    .map(path => ({
      code: 'kubeadm-patch-too',
      severity: 'warning',
      message: `${path} is a patch for auditing too: kubeadm applies every patch in there`,
      file: path,
      remediation: 'remove it'
    }))
