/** A list or mapping of the manifest that removal may leave empty. */
export type Collection = 'volumes' | 'volumeMounts' | 'annotations'

/** What removal must know of the manifest as it was before auditing was switched on. */
export interface KeepNote {
  /** Mount paths and volume names that were there and serve auditing too. */
  readonly mounts: ReadonlySet<string>
  readonly volumes: ReadonlySet<string>
  /** Mount paths that were added for auditing and through which other flags go since. */
  readonly ours: ReadonlySet<string>
  /** Collections that were there without content: null for `[]` and `{}`, else the text that stood for null. */
  readonly empty: ReadonlyMap<Collection, string | null>
}

/** The note as an annotation's value; empty when there is nothing to note. */
export const formatKeepNote = (note: KeepNote): string =>
  [
    ...[...note.mounts].map(path => `mount:${escape(path)}`),
    ...[...note.volumes].map(name => `volume:${escape(name)}`),
    ...[...note.ours].map(path => `ours:${escape(path)}`),
    ...[...note.empty].map(([key, text]) => (text === null ? key : `${key}=${escape(text)}`))
  ].join(',')

/** Reads an annotation's value; what it does not understand it leaves out. */
export const parseKeepNote = (value: string): KeepNote => {
  const parts = value.split(',')
  const after = (prefix: string): Set<string> =>
    new Set(parts.flatMap(part => (part.startsWith(prefix) ? [unescape(part.slice(prefix.length))] : [])))
  const empty = new Map<Collection, string | null>()
  for (const key of ['volumes', 'volumeMounts', 'annotations'] as const) {
    if (parts.includes(key)) empty.set(key, null)
    const text = [...after(`${key}=`)][0]
    // the annotation may have been edited: nothing but a word for null may come back from it
    if (text !== undefined && /^(|~|null|Null|NULL)$/.test(text)) empty.set(key, text)
  }
  return { mounts: after('mount:'), volumes: after('volume:'), ours: after('ours:'), empty }
}

const escape = (text: string): string => text.replace(/[%,]/g, each => (each === ',' ? '%2C' : '%25'))

const unescape = (text: string): string => text.replaceAll('%2C', ',').replaceAll('%25', '%')
