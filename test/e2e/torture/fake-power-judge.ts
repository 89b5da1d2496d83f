import { MANIFEST, RUN_LOG } from '../fake-run.ts'
import { POLICY_PATH } from '../fake-setup.ts'
import { type Tree, treeOf, wordsOf } from './fake-disk.ts'
import type { History } from './fake-power-cut.ts'

const MANIFESTS = '/etc/kubernetes/manifests'
const STATE = '/var/lib/auditpatch'
const BACKUPS = `${STATE}/backups`
const JOURNAL = `${STATE}/journal.json`
const WEBHOOK_PATH = '/etc/kubernetes/audit/webhook.yaml'

/** What is known of a run, to judge by what a power cut left of it. */
export interface Known {
  readonly before: Tree
  readonly after: Tree
  /** In words all that was at a path at some moment of the run: an undisturbed reader saw nothing else. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>
}

/** What is known of a recorded run. */
export const knownOf = ({ first, seen }: History): Known => {
  const words = new Map<string, Set<string>>()
  const trees = [first, ...seen].map(treeOf)
  for (const tree of trees)
    for (const [path, inode] of tree) words.set(path, (words.get(path) ?? new Set()).add(wordsOf(inode)))
  const [before, after] = [trees[0], trees.at(-1)]
  if (!before || !after) throw new Error('nothing was recorded')
  return { before, after, seen: words }
}

// nobody reads names with a dot; those that matter later are renamed or linked to one without
const isHidden = (path: string): boolean => path.includes('/.')

const namesIn = (tree: Tree, directory: string): readonly string[] =>
  [...(tree.get(directory)?.entries.keys() ?? [])].filter(name => !name.startsWith('.')).sort()

const bytesAt = (tree: Tree, path: string): string | undefined => tree.get(path)?.bytes.toString()

/** What is wrong with what a power cut left, before anybody has repaired it. */
export const faultsOfCut = (tree: Tree, known: Known): string[] => [
  ...tornIn(tree, known),
  ...faultsOfManifest(tree, known),
  ...faultsOfBackups(tree, known),
  ...faultsOfEnds(tree, known)
]

const isSeen = (tree: Tree, path: string, seen: Known['seen']): boolean => {
  const inode = tree.get(path)
  return inode !== undefined && seen.get(path)?.has(wordsOf(inode)) === true
}

const tornIn = (tree: Tree, { seen }: Known): string[] =>
  [...tree.keys()]
    .filter(path => !isHidden(path) && path !== RUN_LOG && !isSeen(tree, path, seen))
    .map(path => `${path} holds what it never held`)

const faultsOfManifest = (tree: Tree, { before, after, seen }: Known): string[] => {
  const [manifest, old, wanted] = [tree, before, after].map(each => bytesAt(each, MANIFEST))
  if (manifest === undefined) return old === undefined ? [] : ['there is no manifest']
  const named = [POLICY_PATH, WEBHOOK_PATH].filter(path => manifest.includes(path))
  return [
    ...(isSeen(tree, MANIFEST, seen) ? [] : ['the manifest is neither the old nor the new one']),
    ...named.filter(path => !tree.has(path)).map(path => `${path} is named, and not there`),
    ...named
      .filter(path => manifest === wanted && manifest !== old && bytesAt(tree, path) !== bytesAt(after, path))
      .map(path => `${path} is not the new one beside the new manifest`),
    ...(namesIn(tree, MANIFESTS).join() === namesIn(before, MANIFESTS).join() ? [] : ['the kubelet finds other pods'])
  ]
}

/** The names of the copies in a set's list; undefined where it is torn. */
const storedIn = (text: string): readonly string[] | undefined => {
  // as: the keys are those of `printBackupSet`
  const set = parsed(text) as { files: { stored: string | null }[] } | undefined
  return set?.files.flatMap(file => file.stored ?? [])
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const faultsOfBackups = (tree: Tree, { before, after }: Known): string[] => {
  const sets = namesIn(tree, BACKUPS)
  const broken = sets.filter(id => {
    const text = bytesAt(tree, `${BACKUPS}/${id}/metadata.json`)
    const stored = text === undefined ? undefined : storedIn(text)
    return stored?.every(name => tree.has(`${BACKUPS}/${id}/${name}`)) !== true
  })
  const journal = bytesAt(tree, JOURNAL)
  // as: the keys are those of `writeJournal`
  const named =
    journal === undefined ? undefined : (parsed(journal) as { backup: { id: string } } | undefined)?.backup.id
  const isNew = bytesAt(tree, MANIFEST) !== bytesAt(before, MANIFEST)
  const made = namesIn(after, BACKUPS).filter(id => !namesIn(before, BACKUPS).includes(id))
  return [
    ...broken.map(id => `the backup ${id} is not whole`),
    ...(named === undefined || sets.includes(named)
      ? []
      : [`the journal names the backup ${named}, which is not there`]),
    ...(isNew
      ? made.filter(id => !sets.includes(id)).map(id => `there is no backup ${id} beside the new manifest`)
      : [])
  ]
}

const filesOf = (tree: Tree): string =>
  [...tree]
    .filter(([path, { kind }]) => path.startsWith('/etc/') && kind === 'file' && !isHidden(path))
    .map(([path, inode]) => `${path} ${wordsOf(inode)}`)
    .sort()
    .join()

const faultsOfEnds = (tree: Tree, { before, after }: Known): string[] =>
  tree.has(JOURNAL) || [before, after].some(end => filesOf(end) === filesOf(tree))
    ? []
    : ['the files are at neither end, and no journal tells of it']

/** A name that only the same files with the same owners and modes have. */
export const keyOf = (tree: Tree): string =>
  [...tree]
    .map(([path, inode]) => `${path} ${wordsOf(inode)}`)
    .sort()
    .join('\n')

/** A name that all states have which differ only in how something unseen is torn: one of them is tried for all. */
export const kindOfState = (tree: Tree, { seen }: Known): string =>
  [...tree]
    .map(([path, inode]) => {
      const words = wordsOf(inode)
      const isTorn = seen.get(path)?.has(words) !== true
      return `${path} ${isTorn ? `torn ${inode.mode}` : words}`
    })
    .sort()
    .join('\n')
