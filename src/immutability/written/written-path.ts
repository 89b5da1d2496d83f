/** A path that a container was seen to write, or that its command says it writes. */
export interface WrittenPath {
  /** Absolute and normalised. */
  readonly path: string
  /** `directory`: this directory itself must be writable (it was made, or things in it changed); `file`: the one that holds it. */
  readonly kind: 'file' | 'directory'
  /** True when the program itself made that directory (mkdir seen to succeed), so that an empty one does as well. */
  readonly isOwnDirectory: boolean
  /** What was seen, short. */
  readonly because: string
}
