import type { HostReader } from '../host/host.ts'
import { readJournal } from '../host/journal.ts'
import type { Session } from './session.ts'

/** Says on stderr that a run was interrupted; for commands that change nothing. */
export const reportInterrupted = (host: HostReader, session: Session): void => {
  const journal = readJournal(host)
  if (journal)
    session.talk(
      `warning: the ${journal.command} of ${journal.started} was interrupted; auditpatch recover finishes or undoes it`
    )
}
