import { AuditError } from '../../errors.ts'
import { localChunks, localKind } from '../../host/local-files.ts'
import { logFileOf } from '../../host/log-bytes.ts'
import type { PatchOptions } from '../../immutability/patch-options.ts'
import { commandWrites } from '../../immutability/written/command-writes.ts'
import { execCommandOf } from '../../immutability/written/exec-command.ts'
import { linuxAuditWrites, looksLikeLinuxAudit } from '../../immutability/written/linux-audit-writes.ts'
import type { LogEvent } from '../../logs/log-event.ts'
import { numberAt, recordAt, stringAt } from '../../text/guard.ts'
import { logNamesOf } from '../log/log-names.ts'
import { readLogs } from '../log/read-logs.ts'
import type { Io } from '../io.ts'
import { linesOfChunks } from './lines-of-chunks.ts'
import type { OfContainer } from './patch-options-of.ts'

type Written = PatchOptions['written'][number]

/**
 * What was written by an audit log: the kernel's, or that of kube-apiserver, which tells what people ran in containers by
 * pods/exec. Throws NOT_FOUND or CANNOT_READ.
 */
export const auditedWrites = async ({ container, value }: OfContainer, io: Io): Promise<Written[]> => {
  const names = logNamesOf(value)
  const [first = value] = names
  for (const name of names)
    if (localKind(name) !== 'file' && localKind(name) !== null)
      throw new AuditError('CANNOT_READ', `${name} is no ordinary file, and has to be read twice`, { path: name })
  if (isOfKernel(first))
    return names.flatMap(name =>
      linuxAuditWrites(linesOfChunks(localChunks(name))).map(write => ({
        container,
        pod: undefined,
        isByHand: false,
        write
      }))
    )
  const written: Written[] = []
  let events = 0
  await readLogs(
    names.map(name => logFileOf(name)),
    event => {
      events += 1
      written.push(...execWrites(event, container))
    },
    { isStrict: false, input: io.input }
  )
  if (events === 0)
    throw new AuditError('BAD_TRACE', `${value} holds no audit event, neither of kube-apiserver nor of the kernel`, {
      path: value,
      next: 'give an audit log'
    })
  return written
}

const isOfKernel = (name: string): boolean => {
  for (const line of linesOfChunks(localChunks(name))) if (line.trim() !== '') return looksLikeLinuxAudit(line)
  return false
}

const execWrites = (event: LogEvent, only: string | undefined): Written[] => {
  const { resource, subresource, namespace, name } = event.request
  if (resource !== 'pods' || subresource !== 'exec' || event.stage === 'RequestReceived') return []
  const value = event.value()
  const command = execCommandOf(stringAt(value, 'requestURI') ?? '')
  const isDone = (numberAt(recordAt(value, 'responseStatus'), 'code') ?? 0) < 400
  if (!command || !isDone || (only !== undefined && command.container !== undefined && command.container !== only))
    return []
  const user = stringAt(recordAt(value, 'user'), 'username') ?? 'somebody'
  return commandWrites(command.argv).map(write => ({
    container: command.container ?? only,
    pod: { namespace, name },
    isByHand: true,
    write: { ...write, because: `${user} ran ${command.argv.join(' ').slice(0, 60)}, ${event.time}` }
  }))
}
