import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'

/** A unified diff of a file; null stands for no file. Empty when nothing differs. */
export const unifiedDiff = (path: string, before: string | null, after: string | null): string => {
  if (before === after) return ''
  const name = (side: string, text: string | null): string => (text === null ? '/dev/null' : `${side}${path}`)
  return createTwoFilesPatch(name('a', before), name('b', after), before ?? '', after ?? '', undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY
  })
}
