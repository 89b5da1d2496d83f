import { closeSync, openSync, readSync } from 'node:fs'
import { orRefused, uninterrupted } from '../host/file-error.ts'
import type { LogFile } from '../host/log-bytes.ts'
import { formOf } from '../logs/log-form.ts'
import type { CountTask } from './counter.ts'

/** Parts are of one size whatever the number of threads, so that all give the same counts. */
const PART = 32 * 1024 * 1024
const BEGINNING = 256 * 1024

/** The parts in which a log is counted: a large one in lines may be read from any line on. */
export const tasksOf = (file: LogFile): CountTask[] => {
  const { size, isCompressed } = file
  if (size === null || isCompressed || size <= PART || !isInLines(file)) return [{ file }]
  return Array.from({ length: Math.ceil(size / PART) }, (_, index) => ({
    file,
    // the log may have grown by the time that its last part is read
    part: { from: index * PART, until: (index + 1) * PART < size ? (index + 1) * PART : Infinity }
  }))
}

const isInLines = ({ path, descriptor }: LogFile): boolean => {
  const file = descriptor ?? orRefused(path, () => openSync(path, 'r'))
  try {
    const bytes = Buffer.alloc(BEGINNING)
    const size = orRefused(path, () => uninterrupted(() => readSync(file, bytes, 0, bytes.length, 0)))
    return formOf(bytes, size, false) === 'lines'
  } finally {
    if (descriptor === undefined) orRefused(path, () => closeSync(file))
  }
}
