import { isDeepStrictEqual } from 'node:util'
import type { ManifestChange } from '../../src/manifest/change.ts'
import { must } from './kind.ts'

type Any = any // plain data of a manifest, whose shape is what is being checked

interface Parts {
  readonly words: readonly string[]
  readonly mounts: readonly Any[]
  readonly volumes: readonly Any[]
  readonly annotations: Readonly<Record<string, unknown>>
  /** All but these. */
  readonly rest: Any
}

const partsOf = (data: Any, index: number): Parts => {
  const rest = structuredClone(data)
  const [server, copy] = [data.spec.containers[index], rest.spec.containers[index]]
  for (const key of ['command', 'args', 'volumeMounts']) delete copy[key]
  delete rest.spec.volumes
  delete rest.metadata.annotations
  return {
    words: [...(server.command ?? []), ...(server.args ?? [])],
    mounts: server.volumeMounts ?? [],
    volumes: data.spec.volumes ?? [],
    annotations: data.metadata.annotations ?? {},
    rest
  }
}

/** What stands in one list and not in the other, each as often as it does. */
const beyond = <T>(one: readonly T[], other: readonly T[]): T[] => {
  const left = [...other]
  return one.filter(each => {
    const at = left.findIndex(found => isDeepStrictEqual(found, each))
    if (at !== -1) left.splice(at, 1)
    return at === -1
  })
}

const either = <T>(one: readonly T[], other: readonly T[]): T[] => {
  // long lists differ in a few places
  let [start, end] = [0, 0]
  while (start < one.length && start < other.length && isDeepStrictEqual(one[start], other[start])) start += 1
  const rest = Math.min(one.length, other.length) - start
  while (end < rest && isDeepStrictEqual(one.at(-1 - end), other.at(-1 - end))) end += 1
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)]
  return [...beyond(left, right), ...beyond(right, left)]
}

const nameOf = (word: string): string | undefined => /^--([^=\s]+)/.exec(word)?.[1]?.replaceAll('_', '-')

/** Fails where two texts of a manifest differ in something that no change tells of, or tell of a change that is none. */
export const mustBeListed = (before: Any, after: Any, index: number, changes: readonly ManifestChange[]): void => {
  const [old, now] = [partsOf(before, index), partsOf(after, index)]
  must(isDeepStrictEqual(old.rest, now.rest), 'something differs that is no flag, mount, volume or annotation')
  const tells = (kinds: RegExp, name: unknown): boolean =>
    changes.some(change => kinds.test(change.kind) && (change.name === name || change.before === name))
  for (const word of either(old.words, now.words)) {
    const name = nameOf(word)
    // what follows a flag without = is its value, whatever it looks like
    const isValue = changes.some(({ kind, before }) => /flag/.test(kind) && before === word)
    must(
      isValue || (name === undefined ? changes.some(({ kind }) => /flag/.test(kind)) : tells(/flag/, name)),
      `the word ${word} is another, and no change tells of it`
    )
  }
  for (const { mountPath, name } of either(old.mounts, now.mounts))
    must(
      tells(/mount/, mountPath) ||
        tells(/mount/, name) ||
        changes.some(
          each => /mount/.test(each.kind) && [each.before, each.after].some(text => text?.startsWith(String(mountPath)))
        ),
      `the mount ${mountPath} is another, and no change tells of it`
    )
  for (const { name } of either(old.volumes, now.volumes))
    // one without a name that is text is told of by its place; Y is text to the plain reader alone
    must(tells(/volume/, name) || tells(/volume/, ''), `the volume ${name} is another, and no change tells of it`)
  for (const [key] of either(Object.entries(old.annotations), Object.entries(now.annotations)))
    must(tells(/annotation/, key), `the annotation ${key} is another, and no change tells of it`)
  must((changes.length === 0) === isDeepStrictEqual(before, after) || changes.length > 0, 'nothing is told of a change')
}
