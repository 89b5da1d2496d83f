import type { Finding } from '../finding.ts'
import type { PatchedFile, WorkloadChange } from '../immutability/patch.ts'
import { unifiedDiffOf } from '../text/unified-diff.ts'
import { diffLines } from './diff.ts'
import { findingLines } from './findings.ts'
import { oneLine, type Paint, wrapText } from './paint.ts'
import { resultOf } from './result.ts'

const diffOf = ({ file, documents }: PatchedFile): string =>
  unifiedDiffOf(file.startsWith('/') ? file : `/${file}`, documents)

/** Patched files as JSON, in the shape of a plan; nothing of them restarts anything. */
export const immutablePatchJson = (files: readonly PatchedFile[]): Record<string, unknown> =>
  resultOf('PlanResult', {
    changed: files.some(({ changes }) => changes.length > 0),
    changes: files.flatMap(({ file, changes }) => changes.map(({ subject: _, ...change }) => ({ ...change, file }))),
    files: files
      .filter(({ changes }) => changes.length > 0)
      .map(each => ({ path: each.file, before: each.before, after: each.after, unified: diffOf(each) })),
    flags: {},
    mounts: [],
    findings: files.flatMap(({ findings }) => findings),
    backup: null,
    restarted: null,
    healthy: null,
    proven: null,
    rolledBack: false,
    seconds: 0
  })

/** Patched files as people read them: the diff, the reasons, what is left to them; when they want quiet the diff alone. */
export const immutablePatchLines = (
  files: readonly PatchedFile[],
  { isWritten, isQuiet }: { readonly isWritten: boolean; readonly isQuiet: boolean },
  { paint, width }: { readonly paint: Paint; readonly width: number }
): string[] => {
  const changed = files.filter(({ changes }) => changes.length > 0)
  const findings = isQuiet ? [] : files.flatMap(file => file.findings).filter(isWorthIt)
  const end =
    changed.length === 0
      ? ['nothing to change']
      : isWritten
        ? changed.map(({ file }) => `written: ${oneLine(file)}`)
        : ['nothing was written; --write does it']
  return [
    ...changed.flatMap(file => [
      ...diffLines(diffOf(file), paint),
      '',
      ...(isQuiet ? [] : [...changeLines(file.changes, paint, width), ''])
    ]),
    ...findingLines(findings, paint, width),
    ...(findings.length > 0 ? [''] : []),
    ...end
  ]
}

// what no edit of a manifest can mend is for check to tell
const isWorthIt = ({ severity, code }: Finding): boolean =>
  code === 'image-note' || !/^(image-|allowed|no-workload|shell-command)/.test(code) || severity === 'error'

const changeLines = (changes: readonly WorkloadChange[], paint: Paint, width: number): string[] =>
  changes
    .filter(({ kind }) => kind !== 'add-volume')
    .flatMap(({ kind, subject, name, before, after, reason }) => {
      const what = kind === 'add-mount' ? `mount ${after ?? ''}` : `set ${name}: ${after ?? ''}`
      const sign = before === null ? paint.green('+') : paint.yellow('~')
      const [head = '', ...more] = wrapText(oneLine(`${subject}: ${what}: ${reason}`), width - 2, '    ')
      return [`${sign} ${head}`, ...more]
    })
