import { type AuditFlagName, auditFlag } from '../audit/flags.ts'
import type { WantedFlag } from '../audit/wanted.ts'
import { type CommandLine, type Flag, lastFlag, type Word } from '../pod/command.ts'
import { formatPath } from '../text/locate.ts'
import type { Operation } from '../text/value.ts'
import type { ManifestChange } from './change.ts'

/** Changes as people read them, and the operations on the text that carry them out. */
export interface Edits {
  readonly changes: readonly ManifestChange[]
  readonly operations: readonly Operation[]
}

/** The value of a flag as the server reads it: a boolean that stands alone is true. */
export const flagText = (flag: Flag): string => flag.value ?? 'true'

/** All names of one variable: a flag and its aliases. */
const namesOf = (name: AuditFlagName): string[] => {
  const main = auditFlag(name)?.aliasOf ?? name
  return [main, ...(main === 'audit-webhook-initial-backoff' ? ['audit-webhook-batch-initial-backoff'] : [])]
}

/** The edits that give the command line the wanted flags. What already has its value is left alone. */
export const editFlags = (command: CommandLine, wanted: readonly WantedFlag[]): Edits => {
  const changes: ManifestChange[] = []
  const operations: Operation[] = []
  for (const { name, value, reason } of wanted) {
    const present = lastFlag(command, ...namesOf(name))
    if (value === null) {
      for (const flag of command.flags.filter(each => namesOf(name).includes(each.name))) {
        changes.push(change('remove-flag', flag.name, flag, null, reason))
        operations.push(...removeWords(flag.words))
      }
    } else if (!present) {
      const { list, index } = placeOf(command, name)
      changes.push({ kind: 'set-flag', path: formatPath(list), name, before: null, after: value, reason })
      operations.push({ kind: 'insert-item', path: list, index, value: `--${name}=${value}` })
    } else if (flagText(present) !== value) {
      changes.push(change('set-flag', present.name, present, value, reason))
      operations.push(replaceValue(present, value))
    }
  }
  return { changes, operations }
}

/** The edits that take flags out, each with all of its items. */
export const removeFlags = (flags: readonly Flag[], reason: string): Edits => ({
  changes: flags.map(flag => change('remove-flag', flag.name, flag, null, reason)),
  operations: flags.flatMap(flag => removeWords(flag.words))
})

const change = (
  kind: 'set-flag' | 'remove-flag',
  name: string,
  flag: Flag,
  after: string | null,
  reason: string
): ManifestChange => ({
  kind,
  path: formatPath([...flag.words[0].list, flag.words[0].index]),
  name,
  before: flagText(flag),
  after,
  reason
})

const removeWords = (words: readonly Word[]): Operation[] =>
  words.map(word => ({ kind: 'remove-item', path: word.list, index: word.index }))

const replaceValue = (flag: Flag, value: string): Operation => {
  const [nameWord, valueWord] = flag.words
  const word = valueWord ?? nameWord
  const written = /^--[^=]+/.exec(nameWord.text)?.[0] ?? `--${flag.name}`
  return { kind: 'replace', path: [...word.list, word.index], value: valueWord ? value : `${written}=${value}` }
}

/**
 * Where a new flag goes: into its sorted place when the list is sorted, as kubeadm writes it; else behind the last audit
 * flag; else to the end.
 */
const placeOf = (command: CommandLine, name: string): { list: CommandLine['list']; index: number } => {
  const { list } = command
  const own = command.flags.filter(
    flag => flag.words[0].list === list || formatPath(flag.words[0].list) === formatPath(list)
  )
  const names = own.map(flag => flag.name)
  const isSorted = names.length > 1 && names.every((each, index) => index === 0 || (names[index - 1] ?? '') <= each)
  if (isSorted) {
    const next = own.find(flag => flag.name > name)
    if (next) return { list, index: next.words[0].index }
  }
  const audit = own.filter(flag => flag.name.startsWith('audit-')).at(-1)
  const last = (isSorted ? undefined : audit) ?? own.at(-1)
  if (last) return { list, index: (last.words[1] ?? last.words[0]).index + 1 }
  const inList = command.words.filter(word => formatPath(word.list) === formatPath(list))
  // what stands behind -- is no flag
  const end = command.stray.find(word => word.text === '--' && formatPath(word.list) === formatPath(list))
  return { list, index: end?.index ?? inList.length }
}
