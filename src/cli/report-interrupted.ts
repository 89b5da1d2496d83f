import type { HostReader } from '../host/host.ts'
import { readJournal } from '../host/journal.ts'
import { lives } from '../host/lock.ts'
import type { Session } from './session.ts'

/** Says on stderr that a run was interrupted; for commands that change nothing. */
export const reportInterrupted = (host: HostReader, session: Session): void => {
  const journal = readJournal(host)
  // one that is at work right now is not cut off
  if (journal && !lives(host, journal.lock))
    session.talk(
      `warning: the ${journal.command} of ${journal.started} was interrupted; auditpatch recover finishes or undoes it`
    )
}
