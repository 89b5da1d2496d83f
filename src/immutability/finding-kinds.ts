import type { Severity } from '../finding.ts'
import { REQUIREMENTS } from './requirements.ts'

interface FindingKind {
  readonly code: string
  readonly severity: Severity
  readonly why: string
}

/** What is known of the kinds of findings about containers that can change, besides what a finding says. */
export const FINDING_KINDS: readonly FindingKind[] = [
  ...REQUIREMENTS.map(({ code, severity, why }) => ({ code, severity, why })),
  { code: 'allowed', severity: 'info', why: 'an annotation allows it, with a reason' },
  {
    code: 'exception-without-reason',
    severity: 'warning',
    why: 'an exception that nobody can judge later does not count'
  },
  {
    code: 'unknown-exception',
    severity: 'warning',
    why: 'an exception for what no requirement is called allows nothing'
  },
  { code: 'windows-pod', severity: 'info', why: 'the API server takes none of these settings for a pod for Windows' },
  { code: 'no-workload', severity: 'info', why: 'a file without pods says nothing about containers' }
]
