import { join } from 'node:path'
import { AuditError } from '../../errors.ts'
import { isLocalLink, localKind, localNames, readLocalFile, readWhole } from '../../host/local-files.ts'
import { decodeText, MAX_BYTES } from '../../text/source.ts'
import type { Io } from '../io.ts'

/** A file of manifests by name; `isFound` where only its directory was named. */
export interface ManifestFile {
  readonly name: string
  readonly isFound: boolean
}

/** The files that the arguments of a command name, those below a directory too. Throws USAGE, NOT_FOUND or CANNOT_READ. */
export const manifestFilesOf = (given: readonly string[]): ManifestFile[] => {
  if (given.length === 0)
    throw new AuditError('USAGE', 'a file of manifests is wanted, a directory, or - for standard input')
  if (given.filter(each => each === '-').length > 1)
    throw new AuditError('USAGE', 'standard input (-) can be read only once')
  return given.flatMap(name =>
    name !== '-' && localKind(name) === 'directory' ? filesBelow(name) : [{ name, isFound: false }]
  )
}

const filesBelow = (directory: string): ManifestFile[] => {
  const names = namesBelow(directory)
  if (names.length > 0) return names.map(name => ({ name, isFound: true }))
  throw new AuditError('NOT_FOUND', `${directory} holds no file whose name ends in .yaml, .yml or .json`, {
    path: directory
  })
}

const namesBelow = (directory: string): string[] =>
  localNames(directory)
    .filter(name => !name.startsWith('.') && name !== 'node_modules')
    .map(name => join(directory, name))
    .flatMap(path => {
      const kind = localKind(path)
      // a link leads to a directory that is read already, or round
      if (kind === 'directory') return isLocalLink(path) ? [] : namesBelow(path)
      return kind === 'file' && /\.(ya?ml|json)$/.test(path) ? [path] : []
    })

/** What standard input is called where a file is. */
export const STANDARD_INPUT = 'standard input'

/** The bytes of a file of manifests. Throws NOT_FOUND, CANNOT_READ or TOO_LARGE, and USAGE where a terminal is to be read. */
export const readManifestFile = (name: string, io: Io): Buffer => {
  if (name !== '-') return readLocalFile(name, MAX_BYTES)
  if (io.isInTerminal) throw new AuditError('USAGE', 'a file is wanted, or standard input by a pipe')
  return readWhole(io.input(), STANDARD_INPUT, MAX_BYTES)
}

/** The text of a file of manifests, and what it is called. Throws as reading it does, and NOT_UTF8. */
export const readManifests = (name: string, io: Io): { readonly file: string; readonly text: string } => {
  const file = name === '-' ? STANDARD_INPUT : name
  return { file, text: decodeText(readManifestFile(name, io), file) }
}
