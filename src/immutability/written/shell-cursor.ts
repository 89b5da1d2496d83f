import type { ShellStep } from './shell-step.ts'

/** A place in a script that is being read. */
export interface ShellCursor {
  readonly text: string
  at: number
  /** Ends of the here-documents whose bodies begin at the next line. */
  readonly hereDocuments: { readonly end: string; readonly isIndented: boolean }[]
  /** Reads the script of a substitution, up to its closing bracket. */
  readonly substitution: (cursor: ShellCursor) => readonly ShellStep[]
  /** Reads the script between backquotes. */
  readonly backquoted: (text: string) => readonly ShellStep[]
}

/** Goes on to the place behind the next `text`, or to the end. */
export const skipPast = (cursor: ShellCursor, text: string): string => {
  const found = cursor.text.indexOf(text, cursor.at)
  const end = found === -1 ? cursor.text.length : found
  const between = cursor.text.slice(cursor.at, end)
  cursor.at = end + text.length
  return between
}

/** Takes what a sticky expression matches here. */
export const take = (cursor: ShellCursor, pattern: RegExp): RegExpExecArray | null => {
  pattern.lastIndex = cursor.at
  const match = pattern.exec(cursor.text)
  if (match) cursor.at += match[0].length
  return match
}

/** At the end of a line: goes past the bodies of the here-documents that were announced on it. */
export const skipHereDocuments = (cursor: ShellCursor): void => {
  for (const { end, isIndented } of cursor.hereDocuments.splice(0)) {
    while (cursor.at < cursor.text.length) {
      const line = skipPast(cursor, '\n')
      if ((isIndented ? line.replace(/^\t+/, '') : line) === end) break
    }
  }
}
