import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { errorCode, statOf } from './fake-files.ts'
import { goFileError } from './fake-go.ts'
import type { Located } from './fake-mounts.ts'

const MEBIBYTE = 1024 * 1024
const DAY = 86_400_000

/** How the log backend is set up; sizes in MiB and ages in days, 0 for no limit. */
export interface LogOptions {
  readonly path: string
  readonly maxSize: number
  readonly maxBackup: number
  readonly maxAge: number
  readonly compress: boolean
}

/** Where a path of the container lies. */
export type Locate = (path: string) => Located

/** Makes the log's directory and file as the server does at its start; the error after `ensureLogFile: `, or null. */
export const ensureLogFile = (path: string, locate: Locate): string | null => {
  const missing = missingDirectories(posix.dirname(path), locate)
  for (const directory of missing) {
    const { real, readOnly } = locate(directory)
    if (readOnly) return `mkdir ${directory}: read-only file system`
    try {
      mkdirSync(real, { mode: 0o700 })
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || statOf(real)?.isFile()) return goFileError('mkdir', directory, error)
    }
  }
  const opened = openLog(path, locate)
  if (typeof opened === 'string') return opened
  closeSync(opened)
  return null
}

const missingDirectories = (directory: string, locate: Locate): string[] => {
  if (directory === '/' || statOf(locate(directory).real)?.isDirectory()) return []
  return [...missingDirectories(posix.dirname(directory), locate), directory]
}

const openLog = (path: string, locate: Locate): number | string => {
  const { real, readOnly } = locate(path)
  if (statOf(real)?.isDirectory()) return `open ${path}: is a directory`
  if (readOnly) return `open ${path}: read-only file system`
  try {
    return openSync(real, 'a+', 0o600)
  } catch (error) {
    return goFileError('open', path, error)
  }
}

/** A writer of log lines that rotates by size as lumberjack does; it gives the error of a lost line, or null. */
export const logWriter = (options: LogOptions, locate: Locate): ((line: string) => string | null) => {
  const state: { descriptor: number | null } = { descriptor: null }
  const limit = options.maxSize * MEBIBYTE
  const open = (): string | null => {
    const opened = openLog(options.path, locate)
    if (typeof opened === 'string') return opened
    state.descriptor = opened
    return null
  }
  const rotate = (): string | null => {
    if (state.descriptor !== null) closeSync(state.descriptor)
    state.descriptor = null
    return moveAway(options, locate) ?? open()
  }
  return line => {
    const bytes = Buffer.from(`${line}\n`)
    if (limit > 0 && bytes.length > limit) return `write length ${bytes.length} exceeds maximum file size ${limit}`
    const failure = state.descriptor === null ? open() : null
    if (failure !== null || state.descriptor === null) return failure
    const full = limit > 0 && fstatSync(state.descriptor).size + bytes.length > limit
    const stuck = full ? rotate() : null
    if (stuck !== null || state.descriptor === null) return stuck
    try {
      writeSync(state.descriptor, bytes)
      return null
    } catch (error) {
      return goFileError('write', options.path, error)
    }
  }
}

const moveAway = (options: LogOptions, locate: Locate): string | null => {
  const { path } = options
  const { real, mountPoint } = locate(path)
  const extension = posix.extname(path)
  const stem = posix.basename(path, extension)
  const stamp = new Date().toISOString().replace(/:/g, '-').replace('Z', '')
  const backup = posix.join(posix.dirname(path), `${stem}-${stamp}${extension}`)
  if (mountPoint) return `can't rename log file: rename ${path} ${backup}: device or resource busy`
  try {
    renameSync(real, posix.join(posix.dirname(real), posix.basename(backup)))
    cleanUp(posix.dirname(real), `${stem}-`, extension, options)
    return null
  } catch (error) {
    return `can't rename log file: ${goFileError(`rename ${path}`, backup, error)}`
  }
}

const cleanUp = (directory: string, prefix: string, extension: string, options: LogOptions): void => {
  const backups = readdirSync(directory)
    .filter(name => name.startsWith(prefix) && /\d{3}(\.[^.]+)?(\.gz)?$/.test(name))
    .sort()
    .reverse()
  const old = (name: string): boolean =>
    options.maxAge > 0 && (statOf(posix.join(directory, name))?.mtimeMs ?? 0) < Date.now() - options.maxAge * DAY
  const kept = backups.filter((name, at) => !(options.maxBackup > 0 && at >= options.maxBackup) && !old(name))
  for (const name of backups) {
    const file = posix.join(directory, name)
    if (!kept.includes(name)) rmSync(file, { force: true })
    else if (options.compress && name.endsWith(extension) && !name.endsWith('.gz')) {
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)), { mode: 0o600 })
      rmSync(file, { force: true })
    }
  }
}
