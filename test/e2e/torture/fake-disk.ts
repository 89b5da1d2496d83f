import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'

/** A file or a directory by its number: what it holds, and to whom it belongs. */
export interface Inode {
  readonly kind: 'file' | 'directory'
  readonly bytes: Buffer
  readonly entries: ReadonlyMap<string, number>
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** All inodes of a root; number 0 is the root itself. */
export type Disk = ReadonlyMap<number, Inode>

/** One change of one inode: the least that a power cut can keep or lose by itself. */
export type Atom =
  | { readonly kind: 'entries'; readonly on: number; readonly set: ReadonlyMap<string, number | null> }
  | { readonly kind: 'data'; readonly on: number; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'size'; readonly on: number; readonly size: number }
  | { readonly kind: 'owner'; readonly on: number; readonly owner: Partial<Pick<Inode, 'mode' | 'uid' | 'gid'>> }

/** The files and directories of a root by path, with the inode of each. */
export type Tree = ReadonlyMap<string, Inode & { readonly inode: number }>

const NOTHING = Buffer.alloc(0)

/** Reads a directory; links and special files are errors, for the model has none. */
export const diskOf = (directory: string): Disk => {
  const disk = new Map<number, Inode>()
  const add = (path: string): number => {
    const number = disk.size
    const stat = lstatSync(path)
    if (!stat.isDirectory() && !stat.isFile()) throw new Error(`${path} is neither a file nor a directory`)
    const owner = { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid }
    const bytes = stat.isFile() ? readFileSync(path) : NOTHING
    const inode: Inode = { kind: stat.isFile() ? 'file' : 'directory', bytes, entries: new Map(), ...owner }
    disk.set(number, inode)
    if (stat.isFile()) return number
    const entries = readdirSync(path).map(name => [name, add(join(path, name))] as const)
    disk.set(number, { ...inode, entries: new Map(entries) })
    return number
  }
  add(directory)
  return disk
}

/** The disk after a change; the same for an inode that is not there. */
export const changed = (disk: Disk, atom: Atom): Disk => {
  const inode = disk.get(atom.on)
  return inode ? new Map(disk).set(atom.on, changedInode(inode, atom)) : disk
}

const changedInode = (inode: Inode, atom: Atom): Inode => {
  switch (atom.kind) {
    case 'entries': {
      const entries = new Map(inode.entries)
      for (const [name, number] of atom.set) number === null ? entries.delete(name) : entries.set(name, number)
      return { ...inode, entries }
    }
    case 'data': {
      const bytes = resized(inode.bytes, Math.max(inode.bytes.length, atom.offset + atom.bytes.length))
      atom.bytes.copy(bytes, atom.offset)
      return { ...inode, bytes }
    }
    case 'size':
      return { ...inode, bytes: resized(inode.bytes, atom.size) }
    case 'owner':
      return { ...inode, ...atom.owner }
  }
}

// a hole reads as zeros
const resized = (bytes: Buffer, size: number): Buffer => Buffer.concat([bytes.subarray(0, size)], size)

/** What can be reached from the root. */
export const treeOf = (disk: Disk): Tree => {
  const tree = new Map<string, Inode & { inode: number }>()
  const add = (path: string, number: number): void => {
    const inode = disk.get(number)
    if (!inode) throw new Error(`${path} names an inode that is not there`)
    tree.set(path, { ...inode, inode: number })
    for (const [name, child] of inode.entries) add(`${path === '/' ? '' : path}/${name}`, child)
  }
  add('/', 0)
  return tree
}

/** The number of what a path names; undefined where nothing is there. */
export const inodeAt = (disk: Disk, path: string): number | undefined =>
  path
    .split('/')
    .filter(name => name !== '')
    .reduce<number | undefined>((at, name) => (at === undefined ? at : disk.get(at)?.entries.get(name)), 0)

/** What is at a path, in a few words: two with the same words hold the same. */
export const wordsOf = ({ kind, bytes, mode, uid, gid }: Inode): string =>
  `${kind} ${mode.toString(8)} ${uid}:${gid} ${kind === 'file' ? hashOf(bytes) : ''}`

// nearly all files are the same from state to state
const hashes = new WeakMap<Buffer, string>()

/** A name that only the same bytes have. */
export const hashOf = (bytes: Buffer): string => {
  const hash = hashes.get(bytes) ?? createHash('sha1').update(bytes).digest('hex')
  hashes.set(bytes, hash)
  return hash
}

/** Makes a directory hold exactly a tree. */
export const materialise = (tree: Tree, directory: string): void => {
  rmSync(directory, { recursive: true, force: true })
  const first = new Map<number, string>()
  for (const [path, { kind, bytes, inode }] of tree) {
    const target = join(directory, path)
    const other = first.get(inode)
    first.set(inode, target)
    if (kind === 'directory') mkdirSync(target)
    else if (other === undefined) writeFileSync(target, bytes)
    else linkSync(other, target)
  }
  for (const [path, { mode, uid, gid }] of [...tree].reverse()) {
    chownSync(join(directory, path), uid, gid)
    chmodSync(join(directory, path), mode)
    utimesSync(join(directory, path), 1_700_000_000, 1_700_000_000)
  }
}
