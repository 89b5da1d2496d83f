import { AuditError } from '../../errors.ts'
import { type PatchedFile, patchManifests } from '../../immutability/patch.ts'
import { allOrNone } from '../../host/all-or-none.ts'
import { isSameLocalFile } from '../../host/local-files.ts'
import { localFileStep, realLocalPath } from '../../host/write-local-file.ts'
import { immutablePatchJson, immutablePatchLines } from '../../render/immutable-patch.ts'
import { decodeText } from '../../text/source.ts'
import { exitCode } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { manifestFilesOf, readManifestFile, STANDARD_INPUT } from './manifest-files.ts'
import { patchOptionsOf, refuseOtherContainers } from './patch-options-of.ts'

interface Patched extends PatchedFile {
  readonly bytes: Buffer
  readonly isInput: boolean
}

/** Shows or writes the edits of `immutable patch` and gives the exit code. All files are planned before the first is written. */
export const patchFiles = async (args: Args, io: Io): Promise<number> => {
  const session = sessionOf(args, io)
  const isWriting = args.has('write')
  const named = manifestFilesOf(args.positionals)
  const files = named.filter(
    ({ name }, index) => !named.slice(0, index).some(other => isSameLocalFile(other.name, name))
  )
  if (isWriting && files.length > 1 && files.some(({ name }) => name === '-'))
    throw new AuditError(
      'USAGE',
      'with --write standard input (-) comes out patched, and takes no other file beside it'
    )
  const options = await patchOptionsOf(args, io)
  const patched = files.map(({ name }): Patched => {
    const bytes = readManifestFile(name, io)
    const file = name === '-' ? STANDARD_INPUT : name
    const made = patchManifests(decodeText(bytes, file), file, options, isWriting ? 'after' : 'before')
    return { ...made, bytes, isInput: name === '-' }
  })
  refuseOtherContainers(args, new Set(patched.flatMap(({ containers }) => containers)))
  if (isWriting) {
    // an end half-way would leave some of the files written and others not
    io.countInterrupts()
    write(patched)
  }
  session.give(() => immutablePatchJson(patched))
  const lines = immutablePatchLines(patched, { isWritten: isWriting, isQuiet: args.has('quiet') }, session)
  const [filtered] = patched.filter(({ isInput }) => isInput && isWriting && !session.isJson)
  if (filtered) io.out(filtered.after)
  // what goes through the pipe is the manifest
  if (filtered) for (const line of lines) session.talk(line)
  else session.say(lines)
  const isChanged = patched.some(({ changes }) => changes.length > 0)
  return exitCode(isChanged && args.has('exit-code') ? 'findings' : 'done')
}

const write = (patched: readonly Patched[]): void => {
  const changed = patched.filter(({ changes, isInput }) => changes.length > 0 && !isInput)
  for (const { file } of changed) refuseStaticPod(file)
  allOrNone(changed.map(({ file, bytes, after }) => localFileStep(file, bytes, Buffer.from(after, 'utf8'))))
}

// the kubelet restarts such a pod at once, and here nobody waits for it or puts it back
const refuseStaticPod = (file: string): void => {
  if (!/\/etc\/kubernetes\/manifests\/[^/]+$/.test(realLocalPath(file))) return
  throw new AuditError(
    'UNSAFE_DIRECTORY',
    `${file} is a static pod, which the kubelet would restart at once and unwatched`,
    {
      path: file,
      next: `patch a copy outside of the directory, look at it, keep the old file elsewhere, and move the copy in place`
    }
  )
}
