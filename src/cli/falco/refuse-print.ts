import { AuditError } from '../../errors.ts'
import type { AuditEvent } from '../../falco/audit-event.ts'
import type { FieldMemo } from '../../falco/field-memo.ts'
import { compileFormat } from '../../falco/output-format.ts'
import type { Args } from '../options.ts'

/** Refuses a format of `-p` that is none, before it is put behind outputs that are right. Throws USAGE. */
export const refusePrint = (args: Args, memo: FieldMemo<AuditEvent>): void => {
  const print = args.text('print')
  const fault = print === undefined ? undefined : compileFormat(print, memo).fault
  if (fault !== undefined)
    throw new AuditError('USAGE', `-p: ${fault}`, { next: 'auditpatch falco --list has the names of the fields' })
}
