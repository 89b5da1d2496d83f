import { posix } from 'node:path'
import { type PlaceRule, placeOf } from './writable-places.ts'
import type { WrittenPath } from './written-path.ts'

/** A directory that must become an empty writable volume, and why. */
export interface WritableMount {
  readonly path: string
  readonly because: string
}

/** A written path whose directory cannot become an empty volume, and why. */
export interface RefusedPath {
  readonly path: string
  readonly directory: string
  readonly because: string
}

/** What {@link writableDirectories} gives. */
export interface WritableDirectories {
  readonly mounts: readonly WritableMount[]
  readonly refused: readonly RefusedPath[]
}

/**
 * The directories that must become empty writable volumes so that these paths can be written, in the order of their names. One
 * below another is left out only when the program makes it itself: an empty volume has no directories.
 */
export const writableDirectories = (written: readonly WrittenPath[]): WritableDirectories => {
  const needed = new Map<string, Needed>()
  const refused = new Map<string, RefusedPath>()
  for (const each of written) {
    if (CACHED.test(each.path)) continue
    const path = oneSpelling(each.path)
    const directory = directoryOf(each, path)
    const { place, rule, why } = placeOf(directory)
    if (!path.startsWith('/') || rule === 'nothing' || placeOf(path).rule === 'nothing') continue
    if (isRefused(rule, each)) {
      if (!refused.has(each.path)) refused.set(each.path, { path: each.path, directory, because: why })
    } else need(needed, rule === 'whole' ? place : directory, each)
  }
  addParents(needed)
  const spell = spelling(written, needed)
  const mounts = outermost(needed).map(([path, { first, more }]) => ({
    path: spell(path),
    because: `${first.path}: ${first.because}${more > 0 ? `, and ${more} more` : ''}`
  }))
  return { mounts, refused: [...refused.values()] }
}

// Python goes on without: https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
const CACHED = /\/__pycache__(\/|$)/

interface Needed {
  readonly first: WrittenPath
  more: number
  isOwn: boolean
}

const need = (needed: Map<string, Needed>, directory: string, each: WrittenPath): void => {
  const known = needed.get(directory)
  if (!known) needed.set(directory, { first: each, more: 0, isOwn: each.isOwnDirectory })
  else {
    known.more += 1
    known.isOwn ||= each.isOwnDirectory
  }
}

const isRefused = (rule: PlaceRule, { isOwnDirectory }: WrittenPath): boolean =>
  rule === 'never' || (rule === 'unless-own' && !isOwnDirectory)

// a path that is a place for volumes is that directory, whatever was done to it
const directoryOf = ({ kind }: WrittenPath, path: string): string => {
  const { place, rule } = placeOf(path)
  return kind === 'directory' || (place === path && rule === 'volume') ? path : posix.dirname(path)
}

/** A path with /var/run and /var/lock as /run and /run/lock: nearly every image has links there. */
export const oneSpelling = (path: string): string =>
  path.replace(/^\/var\/run(?=\/|$)/, '/run').replace(/^\/var\/lock(?=\/|$)/, '/run/lock')

const spelling = (written: readonly WrittenPath[], needed: ReadonlyMap<string, Needed>): ((path: string) => string) => {
  const firstOf = (pattern: RegExp): string | undefined =>
    written.map(({ path }) => pattern.exec(path)?.[0]).find(found => found !== undefined)
  const run = firstOf(/^(?:\/var)?\/run(?=\/|$)/) ?? '/run'
  const lock = needed.has('/run')
    ? `${run}/lock`
    : (firstOf(/^(?:\/var\/lock|(?:\/var)?\/run\/lock)(?=\/|$)/) ?? '/run/lock')
  return path => path.replace(/^\/run\/lock(?=\/|$)/, lock).replace(/^\/run(?=\/|$)/, run)
}

// where programs have a directory of their own, which holds what they make there
const SHARED = /^(?:\/run|\/var\/(?:cache|lib|log))\/[^/]+(?=\/)/

const addParents = (needed: Map<string, Needed>): void => {
  const made = new Map<string, Needed[]>()
  for (const [path, each] of needed) {
    const parent = each.isOwn ? SHARED.exec(path)?.[0] : undefined
    if (parent === undefined || posix.dirname(path) !== parent) continue
    const siblings = made.get(parent)
    if (siblings) siblings.push(each)
    else made.set(parent, [each])
  }
  for (const [parent, [first, ...others]] of made) {
    if (first && others.length > 0 && !needed.has(parent))
      needed.set(parent, { first: first.first, more: others.length + first.more, isOwn: false })
  }
}

const outermost = (needed: ReadonlyMap<string, Needed>): [string, Needed][] => {
  const inside = new Set<string>()
  const order = (path: string): string => `${path}/`
  return [...needed]
    .sort(([a], [b]) => (order(a) < order(b) ? -1 : 1))
    .filter(([path, { isOwn }]) => {
      const isMadeInside = isOwn && inside.has(posix.dirname(path))
      inside.add(path)
      return !isMadeInside
    })
}
