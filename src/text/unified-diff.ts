import { createTwoFilesPatch, FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'

/** A unified diff of a file; null stands for no file. Empty when nothing differs. */
export const unifiedDiff = (path: string, before: string | null, after: string | null): string => {
  if (before === after) return ''
  const [from, to] = [nameOf('a', path, before), nameOf('b', path, after)]
  // to find out that every line differs takes long
  if (before === null && after) return `--- ${from}\n+++ ${to}\n${hunkOf('+', after)}`
  if (after === null && before) return `--- ${from}\n+++ ${to}\n${hunkOf('-', before)}`
  return createTwoFilesPatch(from, to, before ?? '', after ?? '', undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY
  })
}

/**
 * The unified diff of a file that is known by pieces, of which each is compared with its own: in time that does not grow with the
 * square of the changes. Empty when nothing differs.
 */
export const unifiedDiffOf = (
  path: string,
  pieces: readonly { readonly before: string; readonly after: string }[]
): string => {
  let [oldLines, newLines] = [0, 0]
  const hunks = pieces.flatMap(({ before, after }) => {
    const own = before === after ? [] : structuredPatch('', '', before, after, '', '', { context: 3 }).hunks
    const moved = own.map(hunk => ({ ...hunk, oldStart: hunk.oldStart + oldLines, newStart: hunk.newStart + newLines }))
    oldLines += before.split('\n').length - 1
    newLines += after.split('\n').length - 1
    return moved
  })
  if (hunks.length === 0) return ''
  const [oldFileName, newFileName] = [nameOf('a', path, ''), nameOf('b', path, '')]
  return formatPatch({ oldFileName, newFileName, oldHeader: undefined, newHeader: undefined, hunks }, FILE_HEADERS_ONLY)
}

const nameOf = (side: string, path: string, text: string | null): string =>
  text === null ? '/dev/null' : `${side}${path}`

/** The hunk of a file that is all new, or all gone. */
const hunkOf = (sign: '+' | '-', text: string): string => {
  const isEnded = text.endsWith('\n')
  const lines = (isEnded ? text.slice(0, -1) : text).split('\n')
  const head = sign === '+' ? `@@ -0,0 +1,${lines.length} @@` : `@@ -1,${lines.length} +0,0 @@`
  const end = isEnded ? '' : '\\ No newline at end of file\n'
  return `${head}\n${lines.map(line => `${sign}${line}\n`).join('')}${end}`
}
