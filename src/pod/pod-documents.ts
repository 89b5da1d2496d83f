import type { Finding } from '../finding.ts'
import { positionAt, type Source } from '../text/source.ts'

/** The 1-based line on which something follows the first YAML document, which no kubelet reads; undefined where nothing does. */
export const secondDocument = (source: Source): number | undefined => {
  const offset = secondOffset(source)
  return offset === undefined ? undefined : positionAt(source.text, offset).line
}

const MARKER = /^---(?=[ \t\r\n]|$)/
// what says nothing by itself: blank lines and comments, and markers and directives with nothing behind them
const EMPTY = /^(?:---|\.\.\.|%[^\n]*)?[ \t]*(?:#[^\n]*)?\r?$/

const secondOffset = ({ text, document, more }: Source): number | undefined => {
  if (!more) return undefined
  let marker: number | undefined
  let start = document.range[2]
  while (start < text.length) {
    const feed = text.indexOf('\n', start)
    const end = feed === -1 ? text.length : feed
    const line = text.slice(start, end)
    if (MARKER.test(line)) marker = start
    if (!EMPTY.test(line)) return marker ?? start
    start = end + 1
  }
  return undefined
}

// as hasJSONPrefix of k8s.io/apimachinery/pkg/util/yaml has it; a byte order mark is no blank there
const JSON_START = /^[\t-\r \x85\xa0]*\{/

/**
 * What is wrong with a manifest as a file of documents: `more-documents` where others follow the first, which alone is read,
 * and `not-json` where a text begins as JSON, which the kubelet then takes it for, and is none.
 */
export const documentFaults = (source: Source): Finding[] => {
  const isJson = JSON_START.test(source.text)
  return isJson ? jsonFaults(source) : moreFaults(source)
}

const moreFaults = (source: Source): Finding[] => {
  const offset = secondOffset(source)
  if (offset === undefined) return []
  const isEmpty = source.document.toJS() === null
  return [
    {
      code: 'more-documents',
      severity: isEmpty ? 'error' : 'warning',
      message: isEmpty
        ? 'the first YAML document of the file is empty, and the kubelet reads no other'
        : 'another YAML document begins here: the kubelet reads the first one only, without a word',
      file: source.file,
      ...positionAt(source.text, offset),
      remediation: isEmpty
        ? 'take out the line --- above it'
        : 'give it a file of its own, outside this directory if it is no static pod'
    }
  ]
}

const jsonFaults = (source: Source): Finding[] => {
  try {
    JSON.parse(source.text)
    return []
  } catch {
    return [
      {
        code: 'not-json',
        severity: 'error',
        message:
          'the file begins with {, so the kubelet reads it as JSON, which it is not: it cannot read the pod at all',
        file: source.file,
        line: 1,
        column: 1,
        remediation: 'write JSON, without comments and other YAML, or write --- on a line before it'
      }
    ]
  }
}
