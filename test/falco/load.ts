import { fieldMemo } from '../../src/falco/field-memo.ts'
import { type LoadedRules, loadRules, type LoadOptions } from '../../src/falco/load-rules.ts'
import { stubAudit, stubSyscall } from './stub-syscall.ts'

/** Loads texts as rules files with the names a.yaml, b.yaml and so on, against the stub sources. */
export const load = (contents: readonly string[], options: Partial<LoadOptions<null>> = {}): LoadedRules<null> =>
  loadRules(
    contents.map((content, index) => ({ name: `${String.fromCharCode(97 + index)}.yaml`, content })),
    { memos: [fieldMemo(stubSyscall), fieldMemo(stubAudit)], ...options }
  )
