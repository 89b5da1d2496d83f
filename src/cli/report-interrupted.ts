import type { HostReader } from '../host/host.ts'
import { type Journal, readJournal } from '../host/journal.ts'
import { lives } from '../host/lock.ts'
import type { Session } from './session.ts'

/** Says on stderr that a run was interrupted, and gives its journal; for commands that change nothing. */
export const reportInterrupted = (host: HostReader, session: Session): Journal | null => {
  const journal = readJournal(host)
  // one that is at work right now is not cut off
  if (!journal || lives(host, journal.lock)) return null
  session.talk(
    `warning: the ${journal.command} of ${journal.started} was interrupted; auditpatch recover finishes or undoes it`
  )
  return journal
}
