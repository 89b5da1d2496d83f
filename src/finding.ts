export const SEVERITIES = ['error', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/**
 * A fault or a remark about the user's input or node, as data: collected, sorted and rendered once. `code` is stable and
 * in kebab-case, `field` is a path such as `spec.containers[0].command[5]`, `line` and `column` are 1-based.
 */
export interface Finding {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly field?: string
  readonly remediation?: string
}

/** Findings with the gravest first; within one severity by file, line and column. */
export const sortFindings = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      inOrder(a.file ?? '', b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0)
  )

// by the characters' codes: the rules of a language cost a sixth of the start
const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
