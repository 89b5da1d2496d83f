import type { Change, Plan } from '../plan/change.ts'
import { diffLines } from './diff.ts'
import { fileDiff } from './file-diff.ts'
import { findingLines } from './findings.ts'
import { harmless, type Paint, wrapText } from './paint.ts'

/** A plan as people read it: the diff of every file, then each change with its reason. */
export const planLines = (plan: Plan, paint: Paint, width: number): string[] => {
  const diffs = plan.files.flatMap(file => {
    const unified = fileDiff(file)
    return unified === '' ? [] : [...diffLines(unified, paint), '']
  })
  const changes = plan.changes.flatMap((change, index) => {
    // a reason that several changes in a row share is told once, behind the last of them
    const isLast = plan.changes[index + 1]?.reason !== change.reason
    return [...changeLine(change, paint, width), ...(isLast ? reasonLines(change, paint, width) : [])]
  })
  const restart = plan.files.some(file => file.role === 'manifest')
    ? ['', ...wrapText('kube-apiserver of this node restarts for this; it does not answer for about 15 to 60 s', width)]
    : []
  const findings = plan.findings.length > 0 ? ['', ...findingLines(plan.findings, paint, width)] : []
  return [...diffs, ...changes, ...findings, ...restart]
}

const VERBS: Readonly<Record<Change['kind'], string>> = {
  'set-flag': 'set',
  'remove-flag': 'remove',
  'add-volume': 'add volume',
  'remove-volume': 'remove volume',
  'fix-volume': 'fix volume',
  'add-mount': 'add mount',
  'remove-mount': 'remove mount',
  'fix-mount': 'fix mount',
  'set-annotation': 'annotate',
  'remove-annotation': 'remove annotation',
  'write-file': 'write',
  'remove-file': 'remove',
  'make-directory': 'make directory',
  'set-owner': 'set owner of'
}

const changeLine = (change: Change, paint: Paint, width: number): string[] => {
  const sign = change.kind.startsWith('remove')
    ? paint.red('-')
    : change.before === null
      ? paint.green('+')
      : paint.yellow('~')
  const [head = '', ...more] = wrapText(harmless(`${VERBS[change.kind]} ${subjectOf(change)}`), width - 2, '    ')
  return [`${sign} ${head}`, ...more]
}

const reasonLines = ({ reason }: Change, paint: Paint, width: number): string[] =>
  reason === '' ? [] : wrapText(harmless(reason), width - 4, '').map(line => paint.dim(`    ${line}`))

const subjectOf = ({ kind, name, file, before, after }: Change): string => {
  if (kind === 'write-file' || kind === 'remove-file') return `${file} (${name})`
  if (kind === 'make-directory' || kind === 'set-owner')
    return `${file}, ${before === null ? '' : `${before} -> `}${after ?? ''}`
  if (kind === 'set-flag')
    return before === null ? `--${name}=${after ?? ''}` : `--${name}: ${before} -> ${after ?? ''}`
  if (kind === 'remove-flag') return `--${name}=${before ?? ''}`
  if (kind === 'set-annotation') return `${name}=${shorten(after ?? '')}`
  if (kind === 'remove-annotation') return name
  if (kind === 'add-mount' || kind === 'remove-mount') return after ?? before ?? name
  if (kind === 'fix-mount') return `${before ?? ''} -> ${after ?? ''}`
  return `${name}: ${before !== null && after !== null ? `${before} -> ` : ''}${after ?? before ?? ''}`
}

const shorten = (text: string): string => (/^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 12)}...` : text)
