import type { CheckedFile, CheckedWorkload, ImmutableFinding } from '../immutability/check.ts'
import { findingCounts } from './finding-counts.ts'
import { linesOf } from './code-frame.ts'
import { findingFrame } from './finding-frame.ts'
import { oneLine, type Paint, wrapText } from './paint.ts'

/** A checked file for the JSON of `immutable check`. */
export const immutableCheckJson = ({ file, findings, workloads }: CheckedFile): Record<string, unknown> => ({
  file,
  findings,
  workloads: workloads.map(({ workload, line, podSecurity }) => ({
    kind: workload.kind,
    ...(workload.namespace === undefined ? {} : { namespace: workload.namespace }),
    name: workload.name,
    line,
    podSecurity
  }))
})

/** Checked files as people read them: each workload with its findings and their lines, and what they come to. */
export const immutableCheckLines = (files: readonly CheckedFile[], paint: Paint, width: number): string[] => [
  ...files.flatMap((file, index) => [...(index === 0 ? [] : ['']), ...fileLines(file, paint, width)]),
  ...(files.length > 1 ? ['', ...total(files, paint, width)] : [])
]

const fileLines = (file: CheckedFile, paint: Paint, width: number): string[] => {
  const lines = file.text === null ? [] : linesOf(file.text)
  const frames = (findings: readonly ImmutableFinding[]): string[] =>
    findings.flatMap(finding => [...findingFrame(finding, lines, paint, width), ''])
  const ofWorkloads = new Set(file.workloads.flatMap(({ findings }) => findings))
  return [
    ...frames(file.findings.filter(finding => !ofWorkloads.has(finding))),
    ...file.workloads.flatMap(each => [...headOf(file, each, paint, width), '', ...frames(each.findings)]),
    ...verdict(file, paint, width)
  ]
}

const headOf = ({ file }: CheckedFile, each: CheckedWorkload, paint: Paint, width: number): string[] => {
  const { workload, line, podSecurity } = each
  const name = `${workload.namespace === undefined ? '' : `${workload.namespace}/`}${workload.name || '(no name)'}`
  const levels =
    podSecurity.violations.filter(({ level }) => level === 'baseline').length > 0 ? 'baseline' : 'restricted'
  const lacks = podSecurity.violations.filter(({ level }) => level === levels).map(({ reason }) => reason)
  return [
    paint.bold(oneLine(`${workload.kind} ${name}`)) + paint.dim(oneLine(`  ${file}:${line}`)),
    ...wrapText(
      oneLine(
        lacks.length === 0
          ? `  Pod Security: ${podSecurity.level}`
          : `  Pod Security: ${podSecurity.level}; ${levels} forbids ${lacks.join('; ')}`
      ),
      width,
      '    '
    )
  ]
}

const verdict = ({ file, findings }: CheckedFile, paint: Paint, width: number): string[] =>
  countsOf(oneLine(file), findings, paint, width)

const total = (files: readonly CheckedFile[], paint: Paint, width: number): string[] =>
  countsOf(
    `all ${files.length} files`,
    files.flatMap(({ findings }) => findings),
    paint,
    width
  )

const countsOf = (name: string, findings: readonly ImmutableFinding[], paint: Paint, width: number): string[] => {
  const counts = findingCounts(findings).map(({ text }) => text)
  const fixable = findings.filter(each => each.fixable).length
  const text = counts.length > 0 ? counts.join(', ') : 'nothing to say'
  const rest = fixable === 0 ? '' : `; ${fixable === 1 ? '1 is' : `${fixable} are`} mended by immutable patch`
  return wrapText(`${name}: ${text}${rest}`, width, '  ').map((line, index) =>
    index === 0 ? line.replace(name, () => paint.bold(name)) : line
  )
}
