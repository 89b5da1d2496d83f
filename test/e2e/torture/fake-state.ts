import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** What is at paths below a directory: mode and sha256 of each file, the target of each link, the mode of each directory. */
export type State = Readonly<Record<string, string>>

// what a killed run may leave beside a file of the user's: names with a dot, which a next run or nobody reads
const TEMPORARY = /(^|\/)\.[^/]+\.auditpatch-[0-9a-f]{12}$|(^|\/)\.auditpatch-old(\/|$)/

/** Where the drills keep what has been done, in a home of the campaign's. */
export const PROGRESS = '/state/auditpatch/drills.json'

/** Reads files, and all files below directories; what is not there is left out. */
export const stateOf = (directory: string, watched: readonly string[]): State =>
  Object.fromEntries(watched.flatMap(path => entriesBelow(directory, path)).filter(([path]) => !TEMPORARY.test(path)))

const entriesBelow = (directory: string, path: string): [string, string][] => {
  const stat = lstatSync(join(directory, path), { throwIfNoEntry: false })
  if (!stat) return []
  if (stat.isSymbolicLink()) return [[path, `-> ${readlinkSync(join(directory, path))}`]]
  if (stat.isFile()) return [[path, describe(directory, path, stat.mode)]]
  // to read a pipe is to wait for who writes into it
  if (!stat.isDirectory()) return [[path, `special ${stat.mode.toString(8)}`]]
  const names = readdirSync(join(directory, path)).sort()
  return [[path, `directory ${(stat.mode & 0o7777).toString(8)}`], ...below(directory, path, names)]
}

const below = (directory: string, path: string, names: readonly string[]): [string, string][] =>
  names.flatMap(name => entriesBelow(directory, join(path, name)))

const describe = (directory: string, path: string, mode: number): string => {
  const bytes = readFileSync(join(directory, path))
  const hash = createHash('sha256').update(path === PROGRESS ? withoutTimes(bytes, directory) : bytes)
  return `${(mode & 0o7777).toString(8)} ${hash.digest('hex')}`
}

// it says when, and where
const withoutTimes = (bytes: Buffer, directory: string): string =>
  bytes
    .toString('latin1')
    .replaceAll(directory, '')
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"<time>"')

/** True where a directory holds just what another one does, but for the log of runs and what names the directory itself. */
export const isCopyOf = (directory: string, model: string): boolean => {
  const all = (each: string): State => Object.fromEntries(entriesBelow(each, '/').filter(([path]) => !OWN.has(path)))
  return isSame(all(directory), all(model))
}

const OWN: ReadonlySet<string> = new Set([
  '/var/log/auditpatch.log',
  '/var/lib/kubelet/config.yaml',
  '/state/auditpatch/drills.json'
])

/** The temporary files of ours below directories. */
export const temporariesIn = (directory: string, paths: readonly string[]): readonly string[] =>
  paths.flatMap(path => entriesBelow(directory, path).map(([name]) => name)).filter(path => TEMPORARY.test(path))

/** True when two states hold the same. */
export const isSame = (one: State, other: State): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([path, text]) => other[path] === text)

/** The files that a state holds neither as they were before nor as they will be after. */
export const tornIn = (now: State, before: State, after: State): readonly string[] =>
  [...new Set([now, before, after].flatMap(state => Object.keys(state)))].filter(
    path => now[path] !== before[path] && now[path] !== after[path] && now[path]?.startsWith('directory') !== true
  )

/** Where two states differ, for people. */
export const differenceOf = (one: State, other: State): string =>
  [...new Set([one, other].flatMap(state => Object.keys(state)))]
    .filter(path => one[path] !== other[path])
    .map(path => `${path}: ${(one[path] ?? 'nothing').slice(0, 14)} and ${(other[path] ?? 'nothing').slice(0, 14)}`)
    .join(', ')
