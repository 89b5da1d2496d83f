import { posix } from 'node:path'
import { type Atom, changed, type Disk, type Inode, inodeAt } from './fake-disk.ts'
import type { RecordedCall } from './fake-recording.ts'

/**
 * What a file system promises of changes that were not synced when the power went.
 *
 * `reordered`, the strictest: only what fsync(2) promises (POSIX.1-2017 fsync; man 2 fsync: "Calling fsync() does not
 * necessarily ensure that the entry in the directory containing the file has also reached disk. For that an explicit fsync()
 * on a file descriptor for the directory is also needed"). Every other change is kept or lost by itself, in any order, the
 * entry that a rename makes also before the bytes of the file; of a rename within one directory both entries change as one,
 * as all file systems with a journal or copy on write do it (ext4, xfs, btrfs), between directories each by itself.
 *
 * `ordered`: changes of names, owners, modes and sizes last in the order in which they were made, as with one journal (Linux
 * Documentation/filesystems/ext4/journal.rst, xfs-delayed-logging-design.rst), and any fsync makes all that were before it
 * last; data still is only what was synced itself: neither ext4's auto_da_alloc nor data=ordered is relied on.
 */
export const MODELS = ['ordered', 'reordered'] as const
export type Model = (typeof MODELS)[number]

/** One system call as the disk sees it: changes, or a promise that those of an inode last. */
export interface Step {
  readonly call: string
  readonly atoms: readonly Atom[]
  /** The inode that is synced; `all` for a whole file system. */
  readonly synced: number | 'all' | undefined
}

/** A recording on the disk it began with: `made` are the inodes that came to be, as they were in that moment. */
export interface History {
  readonly first: Disk
  readonly steps: readonly Step[]
  /** The disk after each step, as running programs saw it. */
  readonly seen: readonly Disk[]
}

interface OpenFile {
  readonly inode: number
  offset: number
  readonly isAppend: boolean
}
type Open = Map<number, OpenFile>

/** Follows a recording. Throws at a call of which it is not known what it does. */
export const historyOf = (first: Disk, calls: readonly RecordedCall[]): History => {
  // inodes that come to be later are there from the start, and nobody names them
  let all = first
  let live = first
  const steps: Step[] = []
  const seen: Disk[] = []
  const open: Open = new Map()
  const make = (kind: Inode['kind'], mode: number): number => {
    const number = all.size
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
    const inode = { kind, bytes: Buffer.alloc(0), entries: new Map(), mode: mode & ~process.umask(), uid, gid }
    all = new Map(all).set(number, inode)
    live = new Map(live).set(number, inode)
    return number
  }
  for (const call of calls) {
    const { atoms, synced } = stepOf(call, live, open, make)
    if (atoms.length === 0 && synced === undefined) continue
    live = atoms.reduce(changed, live)
    steps.push({ call: `${call.name} ${call.paths.join(' ')}`, atoms, synced })
    seen.push(live)
  }
  return { first: all, steps, seen }
}

type Effect = Pick<Step, 'atoms' | 'synced'>
const NO_EFFECT: Effect = { atoms: [], synced: undefined }
const changes = (...atoms: readonly Atom[]): Effect => ({ atoms, synced: undefined })

const entry = (live: Disk, path: string, number: number | null): Atom => ({
  kind: 'entries',
  on: at(live, posix.dirname(path)),
  set: new Map([[posix.basename(path), number]])
})

const at = (live: Disk, path: string): number => {
  const found = inodeAt(live, path)
  if (found === undefined) throw new Error(`${path} is not there`)
  return found
}

const octal = (word: string | undefined): number => Number.parseInt(word ?? '', 8)

const stepOf = (
  call: RecordedCall,
  live: Disk,
  open: Open,
  make: (kind: Inode['kind'], mode: number) => number
): Effect => {
  const { name, words, bytes, result } = call
  const [path = '', target = ''] = call.paths
  const file = call.descriptor === undefined ? undefined : open.get(call.descriptor)
  const known = (): OpenFile => {
    if (file) return file
    throw new Error(`${name} on a file of which nobody knows when it was opened: ${path}`)
  }
  const on = (): number => known().inode
  switch (name) {
    case 'openat':
    case 'open':
      return opened(call, live, open, make)
    case 'close':
      open.delete(call.descriptor ?? -1)
      return NO_EFFECT
    case 'write':
      return written(known(), live, bytes.subarray(0, result))
    case 'pwrite64':
      return changes({ kind: 'data', on: on(), offset: Number(words[3]), bytes: bytes.subarray(0, result) })
    case 'ftruncate':
      return changes({ kind: 'size', on: on(), size: Number(words[1]) })
    case 'fsync':
    case 'fdatasync':
      return { atoms: [], synced: on() }
    case 'sync':
    case 'syncfs':
      return { atoms: [], synced: 'all' }
    case 'mkdir':
      return changes(entry(live, path, make('directory', octal(words.at(-1)))))
    case 'rmdir':
    case 'unlink':
      return changes(entry(live, path, null))
    case 'link':
      return changes(entry(live, target, at(live, path)))
    case 'rename':
      return renamed(live, path, target)
    case 'fchmod':
      return changes({ kind: 'owner', on: on(), owner: { mode: octal(words[1]) } })
    case 'chmod':
      return changes({ kind: 'owner', on: at(live, path), owner: { mode: octal(words.at(-1)) } })
    case 'fchown':
      return changes({ kind: 'owner', on: on(), owner: { uid: Number(words[1]), gid: Number(words[2]) } })
    default:
      throw new Error(`${name} is not known: ${call.paths.join(' ')}`)
  }
}

const written = (file: OpenFile, live: Disk, bytes: Buffer): Effect => {
  const offset = file.isAppend ? (live.get(file.inode)?.bytes.length ?? 0) : file.offset
  file.offset = offset + bytes.length
  return changes({ kind: 'data', on: file.inode, offset, bytes })
}

const opened = (
  { words, paths: [path = ''], result }: RecordedCall,
  live: Disk,
  open: Open,
  make: (kind: Inode['kind'], mode: number) => number
): Effect => {
  const flags = words.find(word => word.startsWith('O_'))?.split('|') ?? []
  const there = inodeAt(live, path)
  const inode = there ?? make('file', octal(words.at(-1)))
  open.set(result, { inode, offset: 0, isAppend: flags.includes('O_APPEND') })
  if (there === undefined) return changes(entry(live, path, inode))
  return flags.includes('O_TRUNC') ? changes({ kind: 'size', on: inode, size: 0 }) : NO_EFFECT
}

const renamed = (live: Disk, path: string, target: string): Effect => {
  const [gone, come] = [entry(live, path, null), entry(live, target, at(live, path))]
  if (gone.kind !== 'entries' || come.kind !== 'entries' || gone.on !== come.on) return changes(come, gone)
  return changes({ kind: 'entries', on: come.on, set: new Map([...gone.set, ...come.set]) })
}

/** What may be left of one change: lost, whole, and of data all that a torn write can leave. */
const outcomesOf = (atom: Atom): readonly (Atom | null)[] => {
  if (atom.kind !== 'data') return [null, atom]
  const { length } = atom.bytes
  const sectors = Array.from({ length: Math.ceil(length / 512) }, (_, index) => index * 512)
  const sizes = [...new Set([...sectors, 1, Math.floor(length / 2), length - 1])].filter(
    size => size > 0 && size < length
  )
  const put = (bytes: Buffer): Atom => ({ ...atom, bytes })
  const torn = sizes.flatMap(size => {
    const begin = atom.bytes.subarray(0, size)
    return [
      put(begin),
      put(Buffer.concat([begin], length)),
      put(Buffer.concat([begin, Buffer.alloc(length - size, '\xa7x', 'latin1')]))
    ]
  })
  return [null, atom, ...torn, put(Buffer.alloc(length)), put(Buffer.alloc(length, '\xa7x', 'latin1'))]
}

/** Where a moment has more ways than this, some are drawn by a seed. */
export const MOST = 20_000
const DRAWN = 300
const SEED = 10

/** All disks that a power cut after some steps can leave, and whether these are all. */
export const disksAfter = (
  { first, steps }: History,
  count: number,
  model: Model
): { readonly disks: Iterable<Disk>; readonly isWhole: boolean } => {
  const { lasting, pending } = pendingAfter(steps.slice(0, count), model)
  const base = lasting.reduce(changed, first)
  const isOrdered = (atom: Atom): boolean => model === 'ordered' && atom.kind !== 'data'
  const metadata = pending.filter(isOrdered)
  const choices = pending.map(atom => (isOrdered(atom) ? [atom] : outcomesOf(atom)))
  // in order: how many changes of metadata have lasted; then what is left of each other change
  const lengths = [metadata.length + 1, ...choices.map(each => each.length)]
  const diskOf = ([lasted = 0, ...chosen]: readonly number[]): Disk => {
    const lost = new Set(metadata.slice(lasted))
    const kept = choices.map((each, index) => each[chosen[index] ?? 0])
    return kept.reduce<Disk>((disk, atom) => (atom && !lost.has(atom) ? changed(disk, atom) : disk), base)
  }
  const isWhole = lengths.reduce((product, length) => product * length, 1) <= MOST
  const picks = isWhole ? allPicks(lengths) : drawnPicks(lengths)
  const disks = function* (): Generator<Disk> {
    for (const pick of picks) yield diskOf(pick)
  }
  return { disks: disks(), isWhole }
}

function* allPicks(lengths: readonly number[]): Generator<readonly number[]> {
  const [length, ...rest] = lengths
  if (length === undefined) return yield []
  for (const pick of allPicks(rest)) for (let number = 0; number < length; number++) yield [number, ...pick]
}

function* drawnPicks(lengths: readonly number[]): Generator<readonly number[]> {
  let state = SEED
  const draw = (length: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * length)
  }
  for (let count = 0; count < DRAWN; count++) yield lengths.map(draw)
}

const pendingAfter = (
  steps: readonly Step[],
  model: Model
): { readonly lasting: readonly Atom[]; readonly pending: readonly Atom[] } => {
  let pending: Atom[] = []
  const lasting: Atom[] = []
  for (const { atoms, synced } of steps) {
    pending.push(...atoms)
    if (synced === undefined) continue
    const isLasting = (atom: Atom): boolean =>
      synced === 'all' || atom.on === synced || (model === 'ordered' && atom.kind !== 'data')
    lasting.push(...pending.filter(isLasting))
    pending = pending.filter(atom => !isLasting(atom))
  }
  return { lasting, pending }
}

/** The same run by a program that forgets one of its syncs. */
export const forgetting = (history: History, forgotten: number): History => ({
  ...history,
  steps: history.steps.map((step, index) => (index === forgotten ? { ...step, synced: undefined } : step))
})
