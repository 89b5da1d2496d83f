import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AuditError, errnoOf } from '../errors.ts'

/**
 * The files that a name of a log stands for: of a directory the logs in it, of a pattern with `*` or `?` the files that match. Throws NOT_FOUND where there is none.
 */
export const logNamesOf = (given: string): string[] => {
  if (existsSync(given)) return statSync(given).isDirectory() ? logsIn(given) : [given]
  if (!/[*?]/.test(given)) return [given]
  const steps = given.split('/')
  const found = steps.reduce<string[]>(
    (places, step, index) => places.flatMap(place => stepInto(place, step, index === 0)),
    ['']
  )
  const files = found.filter(name => statSync(name, { throwIfNoEntry: false })?.isDirectory() === false)
  if (files.length > 0) return files
  throw new AuditError('NOT_FOUND', `no file matches ${given}`, { path: given })
}

const LOG = /^[^.].*\.(log|json|jsonl)(\.\d{1,4})?(\.gz)?$/

const logsIn = (directory: string): string[] => {
  const names = namesIn(directory)
    .filter(name => LOG.test(name))
    .map(name => join(directory, name))
    .filter(name => statSync(name, { throwIfNoEntry: false })?.isFile() === true)
    .sort()
  if (names.length > 0) return names
  throw new AuditError(
    'NOT_FOUND',
    `${directory} holds no file whose name ends in .log, .json or .jsonl, or .gz of one`,
    {
      path: directory
    }
  )
}

// the root, or the directory that the process runs in
const stepInto = (place: string, step: string, isFirst: boolean): string[] => {
  const path = isFirst ? step : `${place}/${step}`
  if (!/[*?]/.test(step)) return isFirst || existsSync(path === '' ? '/' : path) ? [path] : []
  const directory = isFirst ? '.' : place === '' ? '/' : place
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  const pattern = patternOf(step)
  return namesIn(directory)
    .filter(name => pattern.test(name) && (step.startsWith('.') || !name.startsWith('.')))
    .sort()
    .map(name => (isFirst ? name : `${place}/${name}`))
}

const namesIn = (directory: string): string[] => {
  try {
    return readdirSync(directory)
  } catch (cause) {
    const errno = errnoOf(cause)
    if (errno === undefined) throw cause
    throw new AuditError('CANNOT_READ', `${directory} cannot be read (${errno})`, { path: directory, cause })
  }
}

const patternOf = (glob: string): { readonly test: (name: string) => boolean } => ({
  test: name => matches(glob, name)
})

// after a star that matched too little one goes back to the last star alone: no pattern takes long
const matches = (glob: string, name: string): boolean => {
  let [at, place, star, behind] = [0, 0, -1, 0]
  while (place < name.length) {
    if (glob[at] === '*') {
      star = at
      behind = place
      at += 1
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[place])) {
      at += 1
      place += 1
    } else if (star !== -1) {
      at = star + 1
      behind += 1
      place = behind
    } else return false
  }
  return /^\**$/.test(glob.slice(at))
}
