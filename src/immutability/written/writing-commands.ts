import type { OptionsWithValue } from './command-options.ts'

/** How a program's words say what it writes. */
export interface WritingCommand extends OptionsWithValue {
  readonly names: string
  /**
   * `operands`: each is written; `changes`: each is changed itself; `makes`: each is a directory that is made; `copies`: the
   * last, or what is made in it; `moves`: all of them; `temporary`: a made up name; `always`: it writes, but where is not
   * said; the others are named for the program.
   */
  readonly writes:
    | 'operands'
    | 'changes'
    | 'makes'
    | 'copies'
    | 'moves'
    | 'temporary'
    | 'sed'
    | 'dd'
    | 'tar'
    | 'unzip'
    | 'curl'
    | 'wget'
    | 'gzip'
    | 'find'
    | 'git'
    | 'always'
  /** How many operands are none of the paths. */
  readonly skips?: number
  /** With one of these options it writes nothing. */
  readonly unless?: readonly string[]
}

/** The programs of a container that write files, as https://pubs.opengroup.org/onlinepubs/9699919799/idx/utilities.html, GNU and busybox have them. */
// prettier-ignore
export const WRITING_COMMANDS = [
  { names: 'touch', writes: 'operands', short: 'dtr', long: ['date', 'reference', 'time'] },
  { names: 'tee rm rmdir unlink shred mkfifo', writes: 'operands', short: 'ms', long: ['mode'] },
  { names: 'truncate', writes: 'operands', short: 'sr', long: ['size', 'reference'] },
  { names: 'chmod chown chgrp', writes: 'changes', skips: 1 },
  { names: 'setcap chattr', writes: 'changes', skips: 1 },
  { names: 'mkdir', writes: 'makes', short: 'm', long: ['mode'] },
  { names: 'cp', writes: 'copies', short: 'tS', long: ['target-directory', 'suffix'] },
  { names: 'ln', writes: 'copies', short: 'tS', long: ['target-directory', 'suffix'] },
  { names: 'install', writes: 'copies', short: 'tSmog', long: ['target-directory', 'suffix', 'mode', 'owner', 'group'] },
  { names: 'mv', writes: 'moves', short: 'tS', long: ['target-directory', 'suffix'] },
  { names: 'mktemp', writes: 'temporary', short: 'p', long: ['suffix'], unless: ['u', 'dry-run'] },
  { names: 'sed', writes: 'sed', short: 'efl', attached: 'i', long: ['expression', 'file', 'line-length'] },
  { names: 'dd', writes: 'dd' },
  { names: 'tar bsdtar', writes: 'tar', short: 'fCbTXKgHILFN', long: ['file', 'directory', 'exclude', 'strip-components', 'transform', 'files-from'] },
  { names: 'unzip', writes: 'unzip', short: 'dP', unless: ['l', 't', 'p', 'c', 'v', 'Z'] },
  { names: 'curl', writes: 'curl', short: 'AbcCdDeEFhHKmoPQrtTuUwxXyYz', long: ['output', 'output-dir', 'cookie-jar', 'dump-header'], unless: ['help', 'version', 'V'] },
  { names: 'wget', writes: 'wget', short: 'aAoeitTwQnOPUDRXIBlY', long: ['output-document', 'directory-prefix', 'output-file', 'timeout', 'tries', 'header', 'user', 'password'], unless: ['spider', 'help', 'h', 'version', 'V'] },
  { names: 'gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd', writes: 'gzip', short: 'S', unless: ['c', 'stdout', 'to-stdout', 'l', 'list', 't', 'test', 'h', 'help', 'V', 'version'] },
  { names: 'find', writes: 'find' },
  { names: 'git', writes: 'git', short: 'cC' },
  { names: 'useradd adduser userdel deluser usermod groupadd addgroup groupdel groupmod chpasswd update-ca-certificates update-alternatives ldconfig locale-gen patch', writes: 'always', unless: ['help', 'version', 'dry-run', 'p', 'print-cache'] }
] as const satisfies readonly WritingCommand[]
