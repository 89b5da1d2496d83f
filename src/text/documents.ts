/** One YAML document of a text, with the line `---` in front of it. */
export interface DocumentText {
  /** The documents' texts, one behind the other, are the whole text. */
  readonly text: string
  /** The 1-based line of the whole text on which it begins. */
  readonly line: number
}

const SEPARATOR = /^---(?=[ \t\r\n]|$)/gm
// blank lines, comments and directives
const SILENT = /^(?:[ \t]*(?:#[^\n]*|\r)?(?:\n|$)|%[^\n]*(?:\n|$))*$/

/**
 * The YAML documents of a text, as kubectl takes it apart: at the lines that begin with `---`. The comments and directives in
 * front of the first of them belong to the document behind it.
 * https://github.com/kubernetes/apimachinery/blob/v0.36.0/pkg/util/yaml/decoder.go splitYAMLDocument
 */
export const splitDocuments = (text: string): DocumentText[] => {
  const found = [...text.matchAll(SEPARATOR)].map(({ index }) => index)
  const [first, ...more] = found
  const isSilent = first !== undefined && SILENT.test(text.slice(0, first).replace(/^\uFEFF/, ''))
  const starts = [0, ...(isSilent ? more : found)]
  let line = 1
  return starts.map((start, index) => {
    const document = { text: text.slice(start, starts[index + 1] ?? text.length), line }
    line += document.text.split('\n').length - 1
    return document
  })
}
