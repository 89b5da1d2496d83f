import type { LoadErrorCode, LoadWarningCode } from './load-codes.ts'
import type { LoadContext } from './load-context.ts'

/** Something that is wrong or doubtful in rules. */
export interface LoadItem<Code> {
  readonly code: Code
  readonly message: string
  readonly context: LoadContext
}

/** What came of loading a file: at most one error, and warnings. */
export interface LoadResult {
  readonly name: string
  readonly isSuccessful: boolean
  readonly errors: readonly LoadItem<LoadErrorCode>[]
  readonly warnings: readonly LoadItem<LoadWarningCode>[]
}

/** Notes that something is doubtful. */
export type Warn = (code: LoadWarningCode, message: string, context: LoadContext) => void

interface LoadFault extends Error {
  readonly item: LoadItem<LoadErrorCode>
}

/** Ends the loading of a file. */
export const refuse = (code: LoadErrorCode, message: string, context: LoadContext): never => {
  throw Object.assign(new Error(message), { item: { code, message, context } }) satisfies LoadFault
}

/** Runs a part of the loading; the error by which it was refused, if it was. */
export const refusalOf = (load: () => void): LoadItem<LoadErrorCode> | undefined => {
  try {
    load()
    return undefined
  } catch (error) {
    if (error instanceof Error && 'item' in error) return (error as LoadFault).item // as: nothing else has an item
    throw error
  }
}
