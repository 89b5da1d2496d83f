/** A system call of Linux that writes, or that changes what a relative path means. */
export interface WritingCall {
  readonly name: string
  /**
   * What it does to its paths: `opens` them as its flags say, `makes` a directory, adds or removes a `name` in the directory
   * that holds it, `changes` the file or directory itself, `binds` a socket's name.
   */
  readonly effect: 'opens' | 'creates' | 'makes' | 'name' | 'changes' | 'binds'
  /** Positions of the paths that are written among the arguments. */
  readonly paths: readonly number[]
  /** Whether the argument in front of a path is the descriptor of the directory that it is relative to. */
  readonly isAt?: true
  readonly flags?: number
  readonly x86_64?: number
  readonly aarch64?: number
}

/**
 * The system calls that write paths, with their numbers in
 * https://github.com/torvalds/linux/blob/v6.12/arch/x86/entry/syscalls/syscall_64.tbl and
 * https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/unistd.h
 */
// prettier-ignore
export const WRITING_CALLS = [
  { name: 'open', effect: 'opens', paths: [0], flags: 1, x86_64: 2 },
  { name: 'openat', effect: 'opens', paths: [1], isAt: true, flags: 2, x86_64: 257, aarch64: 56 },
  { name: 'openat2', effect: 'opens', paths: [1], isAt: true, flags: 2, x86_64: 437, aarch64: 437 },
  { name: 'creat', effect: 'creates', paths: [0], x86_64: 85 },
  { name: 'mkdir', effect: 'makes', paths: [0], x86_64: 83 },
  { name: 'mkdirat', effect: 'makes', paths: [1], isAt: true, x86_64: 258, aarch64: 34 },
  { name: 'mknod', effect: 'name', paths: [0], x86_64: 133 },
  { name: 'mknodat', effect: 'name', paths: [1], isAt: true, x86_64: 259, aarch64: 33 },
  { name: 'rename', effect: 'name', paths: [0, 1], x86_64: 82 },
  { name: 'renameat', effect: 'name', paths: [1, 3], isAt: true, x86_64: 264, aarch64: 38 },
  { name: 'renameat2', effect: 'name', paths: [1, 3], isAt: true, x86_64: 316, aarch64: 276 },
  { name: 'unlink', effect: 'name', paths: [0], x86_64: 87 },
  { name: 'unlinkat', effect: 'name', paths: [1], isAt: true, x86_64: 263, aarch64: 35 },
  { name: 'rmdir', effect: 'name', paths: [0], x86_64: 84 },
  { name: 'symlink', effect: 'name', paths: [1], x86_64: 88 },
  { name: 'symlinkat', effect: 'name', paths: [2], isAt: true, x86_64: 266, aarch64: 36 },
  { name: 'link', effect: 'name', paths: [1], x86_64: 86 },
  { name: 'linkat', effect: 'name', paths: [3], isAt: true, x86_64: 265, aarch64: 37 },
  { name: 'bind', effect: 'binds', paths: [1], x86_64: 49, aarch64: 200 },
  { name: 'chmod', effect: 'changes', paths: [0], x86_64: 90 },
  { name: 'fchmodat', effect: 'changes', paths: [1], isAt: true, x86_64: 268, aarch64: 53 },
  { name: 'fchmodat2', effect: 'changes', paths: [1], isAt: true, x86_64: 452, aarch64: 452 },
  { name: 'chown', effect: 'changes', paths: [0], x86_64: 92 },
  { name: 'lchown', effect: 'changes', paths: [0], x86_64: 94 },
  { name: 'fchownat', effect: 'changes', paths: [1], isAt: true, x86_64: 260, aarch64: 54 },
  { name: 'truncate', effect: 'changes', paths: [0], x86_64: 76, aarch64: 45 },
  { name: 'utime', effect: 'changes', paths: [0], x86_64: 132 },
  { name: 'utimes', effect: 'changes', paths: [0], x86_64: 235 },
  { name: 'futimesat', effect: 'changes', paths: [1], isAt: true, x86_64: 261 },
  { name: 'utimensat', effect: 'changes', paths: [1], isAt: true, x86_64: 280, aarch64: 88 },
  { name: 'setxattr', effect: 'changes', paths: [0], x86_64: 188, aarch64: 5 },
  { name: 'lsetxattr', effect: 'changes', paths: [0], x86_64: 189, aarch64: 6 },
  { name: 'removexattr', effect: 'changes', paths: [0], x86_64: 197, aarch64: 14 },
  { name: 'lremovexattr', effect: 'changes', paths: [0], x86_64: 198, aarch64: 15 }
] as const satisfies readonly WritingCall[]
