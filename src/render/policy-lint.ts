import type { Finding } from '../finding.ts'
import { rejectionOf } from '../policy/decode.ts'
import { findingCounts } from './finding-counts.ts'
import { linesOf } from './code-frame.ts'
import { findingFrame } from './finding-frame.ts'
import { harmless, type Paint } from './paint.ts'

/** What there is to say about one policy file; `text` is null where it could not be read as text. */
export interface LintedFile {
  readonly file: string
  readonly text: string | null
  /** The API server would start with it. */
  readonly accepted: boolean
  /** It would warn and fall back to lenient decoding. */
  readonly lenient: boolean
  readonly findings: readonly Finding[]
}

/** Findings about policies with the lines that they are about, and for each file what the API server would do. */
export const policyLintLines = (files: readonly LintedFile[], paint: Paint, width: number): string[] =>
  files.flatMap(file => {
    const lines = file.text === null ? [] : linesOf(file.text)
    return [
      ...file.findings.flatMap(finding => [...findingFrame(finding, lines, paint, width), '']),
      ...verdict(file, paint, width)
    ]
  })

const verdict = (file: LintedFile, paint: Paint, width: number): string[] => {
  const [color, word] = verdictOf(file)
  const counts = findingCounts(file.findings).map(({ text }) => text)
  const [name, text] = [harmless(file.file), counts.length > 0 ? counts.join(', ') : 'nothing to say']
  const isShort = name.length + text.length + word.length + 4 <= width
  const head = `${paint.bold(name)}: ${text}`
  return isShort ? [`${head}; ${paint[color](word)}`] : [`${head};`, `  ${paint[color](word)}`]
}

const verdictOf = ({ accepted, lenient, findings }: LintedFile): ['red' | 'yellow' | 'green', string] => {
  if (!accepted) return ['red', rejectionOf(findings)]
  return lenient
    ? ['yellow', 'kube-apiserver would start, and drop what it does not know']
    : ['green', 'kube-apiserver would start with it']
}
