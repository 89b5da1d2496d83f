import { joinQuote, quotedContainers, sortedSet } from './join-quote.ts'
import type { JudgedContainer } from './judged-container.ts'
import type { CheckPod } from './pod-check.ts'

const DEFAULT: ReadonlySet<string> = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']
])
const HARMLESS: ReadonlySet<string> = new Set(['NET_BIND_SERVICE'])

/** Forbids to add a capability that container runtimes do not give by themselves. */
export const baselineCapabilities: CheckPod = ({ containers }) => {
  const detail = addedBeyond(containers, DEFAULT)
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail }
}

/** Forbids to keep a capability, and to add one but NET_BIND_SERVICE. */
export const restrictedCapabilities: CheckPod = ({ containers }) => {
  const keeping = containers.filter(({ dropped }) => !dropped.includes('ALL')).map(({ name }) => name)
  const kept = `${quotedContainers(keeping)} must set securityContext.capabilities.drop=["ALL"]`
  const details = [keeping.length > 0 ? kept : undefined, addedBeyond(containers, HARMLESS)]
  const given = details.filter(detail => detail !== undefined)
  return given.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: given.join('; ') }
}

const addedBeyond = (containers: readonly JudgedContainer[], allowed: ReadonlySet<string>): string | undefined => {
  const adding = containers.filter(({ added }) => added.some(each => !allowed.has(each)))
  if (adding.length === 0) return undefined
  const words = sortedSet(adding.flatMap(({ added }) => added.filter(each => !allowed.has(each))))
  const names = quotedContainers(adding.map(({ name }) => name))
  return `${names} must not include ${joinQuote(words)} in securityContext.capabilities.add`
}
