import { AuditError } from '../../errors.ts'
import { logToFollow } from '../log/log-to-follow.ts'
import type { Args } from '../options.ts'

/** Where events come from. */
export type EventOrigin =
  | { readonly kind: 'logs'; readonly paths: readonly string[] }
  /** A log that grows, from its beginning or from what is written to it next. */
  | { readonly kind: 'follow'; readonly path: string; readonly from: 'start' | 'end' }
  | { readonly kind: 'listen'; readonly url: string }

/**
 * Where the command line says that events come from, else the plugin's `open_params`: an http or https address is listened
 * on, file:// is followed from its end, as the k8saudit plugin does. Undefined where none is said and --dry-run wants none.
 * Throws USAGE for none and for several at once.
 */
export const eventOrigin = (args: Args, openParams: string | undefined): EventOrigin | undefined => {
  const listen = args.text('listen')
  const logs = [...args.list('events'), ...args.positionals]
  if (listen !== undefined) {
    if (logs.length > 0 || args.has('follow'))
      throw new AuditError('USAGE', `--listen: a log is given besides, ${logs[0] ?? '--follow'}`)
    return { kind: 'listen', url: listen }
  }
  const given = logs.length > 0 ? logs : openParams === undefined ? [] : [openParams]
  const [first] = given
  if (first === undefined) {
    if (args.has('dry-run')) return undefined
    throw new AuditError(
      'USAGE',
      'events are wanted: -e LOG, --follow LOG, or --listen http://127.0.0.1:9765/k8s-audit',
      { next: 'auditpatch falco --help has examples' }
    )
  }
  const special = given.find(each => /^[a-z]+:\/\//i.test(each))
  if (special === undefined && !args.has('follow')) return { kind: 'logs', paths: given }
  if (given.length > 1)
    throw new AuditError('USAGE', `one log is wanted with --follow or an address, found ${given.join(', ')}`)
  if (special === undefined)
    return { kind: 'follow', path: logToFollow(first), from: args.list('events').length > 0 ? 'start' : 'end' }
  if (/^https?:/i.test(special)) return { kind: 'listen', url: special }
  if (/^file:/i.test(special)) return { kind: 'follow', path: special.slice('file://'.length), from: 'end' }
  throw new AuditError(
    'USAGE',
    `scheme "${special.split(':', 1)[0] ?? ''}" is not supported; http, https or file is wanted`
  )
}
