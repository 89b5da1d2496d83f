import type { Finding } from '../finding.ts'
import type { ApiServerExtras } from '../kubeadm/extras.ts'
import { findingLines } from './findings.ts'
import { harmless, type Paint, paintFor, wrapText } from './paint.ts'

/** What a person must know of a fragment of ClusterConfiguration: talk, not the result. */
export const fragmentNotes = (
  extras: ApiServerExtras,
  findings: readonly Finding[],
  isWish: boolean,
  width: number
): string[] => [
  ...findingLines(findings, paintFor(false), width),
  ...(isWish ? wrapText('note: the manifest does not have this yet: it is what apply would make', width, '  ') : []),
  ...wrapText(
    `note: auditpatch kubeadm save${isWish ? ', after auditpatch apply,' : ''} writes it into kubeadm-config and keeps the rest; by hand: kubectl edit configmap kubeadm-config --namespace=kube-system`,
    width,
    '  '
  ),
  ...filesNote(extras, width)
]

/** kubeadm copies no files: which ones every control-plane node needs by itself. */
export const filesNote = ({ volumes }: ApiServerExtras, width: number): string[] => {
  // a policy and a kubeconfig are read only; a log comes into being by itself
  const files = volumes.filter(({ readOnly }) => readOnly).map(({ hostPath }) => hostPath)
  if (files.length === 0) return []
  return wrapText(
    harmless(`note: kubeadm copies no files: every control-plane node needs its own ${files.join(' and ')}`),
    width,
    '  '
  )
}

/** Differences as people read them: what several have in common, the way out, is told once. */
export const driftLines = (findings: readonly Finding[], paint: Paint, width: number): string[] => {
  const remedies = [...new Set(findings.flatMap(({ remediation }) => remediation ?? []))]
  return [
    ...findingLines(
      findings.map(({ remediation: _, ...finding }) => finding),
      paint,
      width
    ),
    ...remedies.flatMap((remedy, index) => [
      ...(index === 0 ? [''] : []),
      ...wrapText(harmless(`fix: ${remedy}`), width, '     ')
    ])
  ]
}

/** How a directory with patch files is used. */
export const patchNotes = (directory: string, extras: ApiServerExtras, width: number): string[] => [
  ...wrapText(
    harmless(`use it: kubeadm upgrade apply VERSION --patches ${directory} (and kubeadm upgrade node, init, join)`),
    width,
    '  '
  ),
  ...wrapText('kubeadm does not remember patches: give --patches each time, on every control-plane node', width, '  '),
  ...filesNote(extras, width)
]

/** What a person must know once kubeadm-config is written. */
export const saveNotes = (extras: ApiServerExtras, isWish: boolean, width: number): string[] => [
  ...wrapText(
    extras.args.length === 0
      ? 'kubeadm upgrade writes a manifest without auditing from now on; no node was changed by this'
      : 'kubeadm upgrade writes these settings from now on; no node was changed by this',
    width,
    '  '
  ),
  ...(isWish ? wrapText('note: the manifest differs: auditpatch apply with the same options', width, '  ') : []),
  ...filesNote(extras, width)
]
