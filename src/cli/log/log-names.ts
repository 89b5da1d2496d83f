import { join } from 'node:path'
import { AuditError } from '../../errors.ts'
import { localKind, localNames } from '../../host/local-files.ts'
import { globMatcher, isGlob } from '../../text/glob.ts'

/**
 * The files that a name of a log stands for: of a directory the logs in it, of a pattern with `*` or `?` the files that
 * match. Throws NOT_FOUND where there is none, and CANNOT_READ.
 */
export const logNamesOf = (given: string): string[] => {
  const kind = localKind(given)
  if (kind === 'directory') return logsIn(given)
  if (kind !== null || !isGlob(given)) return [given]
  const steps = given.split('/')
  const found = steps.reduce<string[]>(
    (places, step, index) => places.flatMap(place => stepInto(place, step, index === 0)),
    ['']
  )
  const files = found.filter(name => !['directory', null].includes(localKind(name)))
  if (files.length > 0) return files
  throw new AuditError('NOT_FOUND', `no file matches ${given}`, { path: given })
}

const LOG = /^[^.].*\.(log|json|jsonl)(\.\d{1,4})?(\.gz)?$/

const logsIn = (directory: string): string[] => {
  const names = localNames(directory)
    .filter(name => LOG.test(name))
    .map(name => join(directory, name))
    .filter(name => localKind(name) === 'file')
  if (names.length > 0) return names
  throw new AuditError(
    'NOT_FOUND',
    `${directory} holds no file whose name ends in .log, .json or .jsonl, or .gz of one`,
    { path: directory }
  )
}

// the root, or the directory that the process runs in
const stepInto = (place: string, step: string, isFirst: boolean): string[] => {
  const path = isFirst ? step : `${place}/${step}`
  if (!isGlob(step)) return isFirst || localKind(path === '' ? '/' : path) !== null ? [path] : []
  const directory = isFirst ? '.' : place === '' ? '/' : place
  if (localKind(directory) !== 'directory') return []
  const matches = globMatcher(step)
  return localNames(directory)
    .filter(name => matches(name) && (step.startsWith('.') || !name.startsWith('.')))
    .map(name => (isFirst ? name : `${place}/${name}`))
}
