import { recordAt, stringAt, type Unknown } from '../../text/guard.ts'
import { booleanAt, givenAt, integerAt, recordsAt, stringsAt } from './decoded.ts'
import { judgedContext, type JudgedContext } from './judged-context.ts'

/** A container as the checks see it. */
export interface JudgedContainer extends JudgedContext {
  /** `''` for one without a name. */
  readonly name: string
  readonly isPrivileged: boolean
  readonly allowPrivilegeEscalation: boolean | undefined
  readonly procMount: string | undefined
  /** The capabilities added and dropped; both are empty where none are given. */
  readonly added: readonly string[]
  readonly dropped: readonly string[]
  /** Its host ports but for 0, which is none. */
  readonly hostPorts: readonly number[]
  /** The hosts that its probes and lifecycle handlers name. */
  readonly hosts: readonly string[]
}

/** Reads what the checks want of a container. */
export const judgedContainer = (container: Unknown): JudgedContainer => {
  const context = recordAt(container, 'securityContext')
  const capabilities = recordAt(context, 'capabilities')
  return {
    ...judgedContext(context),
    name: stringAt(container, 'name') ?? '',
    isPrivileged: booleanAt(context, 'privileged') === true,
    allowPrivilegeEscalation: booleanAt(context, 'allowPrivilegeEscalation'),
    procMount: stringAt(context, 'procMount'),
    added: stringsAt(capabilities, 'add'),
    dropped: stringsAt(capabilities, 'drop'),
    hostPorts: recordsAt(container, 'ports').flatMap(port => integerAt(port, 'hostPort') || []),
    hosts: handlersOf(container).flatMap(hostsOf)
  }
}

const handlersOf = (container: Unknown): Unknown[] => {
  const lifecycle = recordAt(container, 'lifecycle')
  return [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map(key => recordAt(container, key)),
    ...['postStart', 'preStop'].map(key => recordAt(lifecycle, key))
  ]
}

const hostsOf = (handler: Unknown): string[] =>
  ['httpGet', 'tcpSocket'].flatMap(key => stringAt(givenAt(handler, key), 'host') || [])
