import { AuditError } from '../../errors.ts'
import { localChunks } from '../../host/local-files.ts'
import type { PatchOptions } from '../../immutability/patch-options.ts'
import { readStrace } from '../../immutability/written/strace-writes.ts'
import { linesOfChunks } from './lines-of-chunks.ts'
import type { Io } from '../io.ts'
import type { OfContainer } from './patch-options-of.ts'

/** What programs wrote by a trace of strace. Throws NOT_FOUND, CANNOT_READ, and BAD_TRACE where it is none. */
export const tracedWrites = ({ container, value: file }: OfContainer, io: Io): PatchOptions['written'][number][] => {
  const { written, skipped, isTrace } = readStrace(linesOfChunks(localChunks(file)))
  if (!isTrace)
    throw new AuditError(
      'BAD_TRACE',
      `${file} holds no system call: a trace as strace -f -y -o FILE writes it is wanted`,
      {
        path: file
      }
    )
  if (skipped > 0)
    io.err(
      `${file}: of ${skipped} writes the place is not known, as their paths are relative or cut; strace -y -s 4096 shows them whole\n`
    )
  return written.map(write => ({ container, pod: undefined, isByHand: false, write }))
}
