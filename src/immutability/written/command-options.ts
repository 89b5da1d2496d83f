import type { ShellWord } from './shell-step.ts'

/** The words behind a program's name, told apart. */
export interface CommandOptions {
  /** Each option with its value, if it has one, by its name without dashes; in the order of the words. */
  readonly options: readonly { readonly name: string; readonly value: ShellWord | undefined }[]
  readonly operands: readonly ShellWord[]
}

/** Which options of a program take a value: letters for `-o VALUE` and `-oVALUE`, names for `--name VALUE`. */
export interface OptionsWithValue {
  readonly short?: string
  /** Letters whose value is only what is attached to them. */
  readonly attached?: string
  readonly long?: readonly string[]
}

/**
 * Tells options from operands as getopt_long does; with `isPrefix` the first operand ends the options, as for a program that
 * starts another.
 */
export const readOptions = (
  words: readonly ShellWord[],
  { short = '', attached = '', long = [] }: OptionsWithValue,
  isPrefix = false
): CommandOptions => {
  const options: { name: string; value: ShellWord | undefined }[] = []
  const operands: ShellWord[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index]
    if (word === undefined) break
    const { text } = word
    if (text === '--' && word.isWhole) return { options, operands: [...operands, ...words.slice(index + 1)] }
    if (!text.startsWith('-') || text === '-') {
      if (isPrefix) return { options, operands: words.slice(index) }
      operands.push(word)
    } else if (text.startsWith('--')) {
      const equals = text.indexOf('=')
      const name = text.slice(2, equals === -1 ? undefined : equals)
      const takesNext = equals === -1 && long.includes(name)
      const value = equals === -1 ? (takesNext ? words[++index] : undefined) : { ...word, text: text.slice(equals + 1) }
      options.push({ name, value })
    } else {
      const at =
        [...text.slice(1, LONGEST_CLUSTER)].findIndex(letter => short.includes(letter) || attached.includes(letter)) + 1
      for (const letter of at === 0 ? text.slice(1, LONGEST_CLUSTER) : text.slice(1, at))
        options.push({ name: letter, value: undefined })
      if (at > 0) {
        const isAttached = text.length > at + 1 || !word.isWhole
        const name = text[at] ?? ''
        const next = isAttached || attached.includes(name) ? undefined : words[++index]
        options.push({ name, value: isAttached ? { ...word, text: text.slice(at + 1) } : next })
      }
    }
  }
  return { options, operands }
}

const LONGEST_CLUSTER = 32

/** The values of all options with one of these names. */
export const valuesOf = ({ options }: CommandOptions, ...names: readonly string[]): ShellWord[] =>
  options.flatMap(({ name, value }) => (names.includes(name) && value ? [value] : []))

/** Whether an option with one of these names is there. */
export const hasOption = ({ options }: CommandOptions, ...names: readonly string[]): boolean =>
  options.some(({ name }) => names.includes(name))
