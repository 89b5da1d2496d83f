import { AuditError } from '../../errors.ts'
import type { WantedExtras } from './wanted-extras.ts'

/** Throws BAD_MANIFEST where kubeadm would make a kube-apiserver that does not find its audit files. */
export const refuseIncomplete = ({ findings, manifest }: Pick<WantedExtras, 'findings' | 'manifest'>): void => {
  const [first] = findings.filter(({ severity }) => severity === 'error')
  if (!first) return
  const { line, column = 1 } = first
  throw new AuditError('BAD_MANIFEST', first.message, {
    path: manifest,
    position: line === undefined ? undefined : { line, column },
    findings,
    next: first.remediation
  })
}
