import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'

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
