import { join } from 'node:path'
import { protectedPath } from '../../audit/protected-paths.ts'
import { AuditError } from '../../errors.ts'
import {
  DEFAULT_WEBHOOK_URL,
  SETUP_FILES,
  type SetupFile,
  setupFiles,
  setupFindings,
  setupSteps
} from '../../falco/setup.ts'
import { allOrNone } from '../../host/all-or-none.ts'
import { makeDirectory, namesInDirectory } from '../../host/file-tree.ts'
import { isLocalLink, localKind, readLocalFile } from '../../host/local-files.ts'
import { localFileStep, realLocalPath } from '../../host/write-local-file.ts'
import { findingLines } from '../../render/findings.ts'
import { harmless } from '../../render/paint.ts'
import { resultOf } from '../../render/result.ts'
import { certificatesOf } from '../../serve/server-certificate.ts'
import { decodeText, MAX_BYTES } from '../../text/source.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { templateOf } from '../policy/policy-text.ts'
import { rootOf, sessionOf } from '../session.ts'

/** Prints or writes the files by which kube-apiserver sends its events to a Falco, and tells what to do with them. */
export const setUpFalco = (args: Args, io: Io): number => {
  const session = sessionOf(args, io)
  if (rootOf(args) !== '/')
    throw new AuditError('USAGE', '--root: the files are written on this machine, and copied from here', {
      next: 'give --dir with a directory below it'
    })
  const url = args.text('webhook-url') ?? DEFAULT_WEBHOOK_URL
  const ca = caOf(args)
  const made = setupFiles({ url, ca, policy: templateOf('falco').text })
  const findings = setupFindings(made, url)
  const directory = directoryOf(args)
  const files = made.map(file => ({ ...file, path: directory === undefined ? file.name : join(directory, file.name) }))
  const written = directory === undefined ? [] : write(files, directory, args.has('force'), io)
  const next = setupSteps(url, ca !== undefined, directory)
  session.give(() =>
    resultOf('FalcoSetup', {
      changed: written.length > 0,
      files: files.map(({ path, content }) => ({ path, content })),
      findings,
      next
    })
  )
  session.say(directory === undefined ? [asOneText(files)] : writtenLines(files, written))
  for (const line of findingLines(findings, session.paint, session.width)) session.talk(line)
  if (!session.isJson) for (const step of next) session.talk(harmless(`next: ${step}`))
  return 0
}

const caOf = (args: Args): string | undefined => {
  const file = args.text('ca')
  return file === undefined ? undefined : certificatesOf(decodeText(readLocalFile(file, MAX_BYTES), file), file)
}

const OTHERS = [
  { place: /\/config\.d\/$/, why: `Falco reads every file in there, and ${SETUP_FILES.falco} alone is for it` },
  { place: /\/manifests\/$/, why: 'the kubelet runs every file in there as a pod' },
  { place: /^\/(proc|sys|dev|boot)\//, why: 'it belongs to the system' }
] as const

/** Throws USAGE or BAD_PATH for a directory in which others would read the files for their own. */
const directoryOf = (args: Args): string | undefined => {
  const directory = args.text('dir')
  if (directory === undefined) return undefined
  if (directory === '') throw new AuditError('USAGE', '--dir: a directory is wanted, found nothing')
  const real = realLocalPath(directory)
  const fault = OTHERS.find(({ place }) => place.test(`${real}/`))?.why ?? protectedPath(real, false)
  if (fault !== undefined)
    throw new AuditError('BAD_PATH', `${directory}: ${fault}`, {
      path: directory,
      next: 'give another directory with --dir'
    })
  return directory
}

type Placed = SetupFile & { readonly path: string }

// all are looked at before the first is written
const write = (files: readonly Placed[], directory: string, isForced: boolean, io: Io): readonly Placed[] => {
  namesInDirectory(directory)
  const changed = files.filter(({ path, content }) => !holds(path, content))
  const other = isForced ? undefined : changed.find(({ path }) => localKind(path) !== null)
  if (other)
    throw new AuditError('NEEDS_CONFIRMATION', `${other.path} is there and holds something else; nothing was written`, {
      path: other.path,
      next: 'look at it (auditpatch falco setup without --dir prints what it would be), then give --force'
    })
  // an end half-way would leave some of the files written and others not
  io.countInterrupts()
  if (changed.length > 0) makeDirectory(directory)
  allOrNone(
    changed.map(({ path, content }) => {
      const before = localKind(path) === null ? null : readLocalFile(path, MAX_BYTES)
      return localFileStep(path, before, Buffer.from(content, 'utf8'))
    })
  )
  return changed
}

/** Throws SYMLINK or WRONG_KIND for what is no file. */
const holds = (path: string, content: string): boolean => {
  if (isLocalLink(path))
    throw new AuditError('SYMLINK', `${path} is a symbolic link, which may lead elsewhere`, { path })
  const kind = localKind(path)
  if (kind === null) return false
  if (kind !== 'file') throw new AuditError('WRONG_KIND', `${path} is a ${kind}; a file is wanted`, { path })
  return readLocalFile(path, MAX_BYTES).equals(Buffer.from(content, 'utf8'))
}

const asOneText = (files: readonly SetupFile[]): string =>
  files
    .map(({ name, about, content }) => `# ${name}: ${about}\n${content}`)
    .join('---\n')
    .trimEnd()

const writtenLines = (files: readonly Placed[], written: readonly Placed[]): string[] =>
  files.map(file => harmless(`${written.includes(file) ? 'written' : 'as it was'}: ${file.path}, ${file.about}`))
