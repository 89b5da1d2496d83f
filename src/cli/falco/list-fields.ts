import { AuditError } from '../../errors.ts'
import { k8sAuditSource } from '../../falco/k8s-audit-source.ts'
import { fieldList, fieldsJson } from '../../render/falco-fields.ts'
import { resultOf } from '../../render/result.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'

/** Prints the fields of a source, or of all: `--list`. Gives 0. Throws USAGE for a source that is not there. */
export const listFields = (args: Args, io: Io): number => {
  const sources = [k8sAuditSource()]
  const asked = args.text('source') ?? args.positionals[0]
  const listed = asked === undefined ? sources : sources.filter(({ name }) => name === asked)
  if (listed.length === 0)
    throw new AuditError(
      'USAGE',
      `Value for --list must be a valid source type: ${sources.map(({ name }) => name).join(', ')} is known, found "${asked ?? ''}"`
    )
  if (args.text('output') === 'json') {
    io.out(`${JSON.stringify(resultOf('FalcoFields', fieldsJson(listed)))}\n`)
    return 0
  }
  const format = args.text('format')
  const lines = fieldList(listed, {
    format: format === 'markdown' || format === 'json' ? format : 'text',
    isNamesOnly: args.has('names-only'),
    hasTypes: args.has('verbose')
  })
  io.out(`${lines.join('\n')}\n`)
  return 0
}
