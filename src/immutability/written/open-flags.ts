/** What the flags of open say that matters for writing. */
export interface OpenFlags {
  /** The flags that write, by name; none for a file that is only read. */
  readonly writing: readonly string[]
  /** The path is a directory, and what is made in it has no name. */
  readonly isNameless: boolean
  readonly isDirectory: boolean
}

// https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/fcntl.h
const WRITING = [
  ['O_WRONLY', 0x1],
  ['O_RDWR', 0x2],
  ['O_CREAT', 0x40],
  ['O_TRUNC', 0x200],
  ['O_APPEND', 0x400]
] as const
const TMPFILE = 0x400000

/** The flags of open as strace writes them (`O_RDWR|O_CREAT`, or a number in C's form). */
export const namedOpenFlags = (text: string): OpenFlags => {
  const number = /^(?:flags=)?(0x[0-9a-f]{1,12}|[0-7]{1,12})$/.exec(text)?.[1]
  if (number !== undefined) return openFlags(Number.parseInt(number, number.startsWith('0x') ? 16 : 8))
  const names = new Set(text.match(/\bO_[A-Z]+\b/g))
  return {
    writing: WRITING.filter(([name]) => names.has(name)).map(([name]) => name),
    isNameless: names.has('O_TMPFILE'),
    isDirectory: names.has('O_DIRECTORY')
  }
}

/** The flags of open as the number that the kernel gets; O_DIRECTORY, which differs between machines, is not told. */
export const openFlags = (bits: number): OpenFlags => ({
  writing: WRITING.filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name),
  isNameless: (bits & TMPFILE) !== 0,
  isDirectory: false
})
