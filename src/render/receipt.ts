import type { Receipt } from '../apply/receipt.ts'
import type { Plan } from '../plan/change.ts'
import { findingLines } from './findings.ts'
import type { Paint } from './paint.ts'

/** What performing a plan came to, as people read it; `place` holds the options with which the node was found. */
export const receiptLines = (plan: Plan, receipt: Receipt, paint: Paint, width: number, place: string): string[] => {
  const findings = receipt.findings.filter(
    finding => !plan.findings.includes(finding) && finding.code !== 'nothing-to-do'
  )
  const notes = findingLines(findings, paint, width)
  if (receipt.failure) return notes
  if (!receipt.changed) return [...notes, paint.green('nothing to do: the audit settings are as wished')]
  const facts = [
    receipt.restarted === true ? 'kube-apiserver restarted' : undefined,
    receipt.healthy === true ? 'healthy' : undefined,
    receipt.proven === true ? 'an event was recorded' : undefined
  ].filter(fact => fact !== undefined)
  const undo = receipt.backup ? [`to go back: auditpatch restore ${receipt.backup.id}${place}`] : []
  return [
    '',
    ...notes,
    paint.green(`done in ${receipt.seconds} s${facts.length > 0 ? `: ${facts.join(', ')}` : ''}`),
    ...undo
  ]
}
