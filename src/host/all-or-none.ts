import { AuditError } from '../errors.ts'
import type { HostPath } from '../paths.ts'
import type { Host, Ownership } from './host.ts'

/** A step of a change, and the way back from it. */
export interface Step {
  readonly do: () => void
  /** Also called for a step that failed: it may have done its work all the same. */
  readonly undo: () => void
}

/**
 * Takes all steps or none: when one fails, it and those before it are undone, the last first, and its error is thrown. Throws
 * NOT_ROLLED_BACK where the way back fails too.
 */
export const allOrNone = (steps: readonly Step[]): void => {
  const begun: Step[] = []
  try {
    for (const step of steps) {
      begun.push(step)
      step.do()
    }
  } catch (error) {
    undoAll(begun.reverse(), error)
    throw error
  }
}

const undoAll = (steps: readonly Step[], error: unknown): void => {
  const faults: unknown[] = []
  for (const { undo } of steps) {
    try {
      undo()
    } catch (fault) {
      faults.push(fault)
    }
  }
  if (faults.length === 0) return
  const messages = [error, ...faults].map(each => (each instanceof Error ? each.message : String(each)))
  throw new AuditError('NOT_ROLLED_BACK', `${messages.join('; and on the way back: ')}`, {
    next: 'some files are written and others are not: mend the cause, then run it again',
    cause: faults[0]
  })
}

/** What a file is to hold; `before` is what it held when it was read, null where it was not there. */
export interface Replacement {
  readonly before: Uint8Array | null
  readonly after: Uint8Array
  readonly owner: Ownership
  /** How the file is called to the user, where that is not its path. */
  readonly name?: string
}

/** The step that replaces or makes a file, whole. It throws CHANGED_SINCE_READ where the file holds something else by now. */
export const fileStep = (host: Host, path: HostPath, { before, after, owner, name = path }: Replacement): Step => {
  const holds = (bytes: Uint8Array | null): boolean => {
    if (host.lstat(path) === null || bytes === null) return host.lstat(path) === null && bytes === null
    return host.readFrom(path, 0, bytes.length + 1).equals(bytes)
  }
  const refuseChanged = (): void => {
    if (!holds(before))
      throw new AuditError('CHANGED_SINCE_READ', `${name} was changed while it was worked on`, {
        path: name,
        next: 'run it again'
      })
  }
  return {
    do: () => host.writeAtomic(path, after, owner, refuseChanged),
    undo: () => {
      // where both are the same nothing was done
      if (!holds(after) || holds(before)) return
      if (before === null) host.removeFile(path)
      else host.writeAtomic(path, before, owner)
    }
  }
}
