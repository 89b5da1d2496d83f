import { covers } from '../../paths.ts'
import { fail, type Machine, realPath } from './machine.ts'

interface Options {
  readonly letters: string
  readonly operands: readonly string[]
}

const LONG: Readonly<Record<string, string>> = { force: 'f', recursive: 'r', verbose: 'v', 'no-preserve-root': '' }

/** Options wherever they stand, as GNU and BusyBox take them; null for one that is not known. */
const optionsOf = (words: readonly string[]): Options | null => {
  const end = words.indexOf('--')
  const [before, after] = end === -1 ? [words, []] : [words.slice(0, end), words.slice(end + 1)]
  const options = before.filter(word => word.startsWith('-') && word !== '-')
  const letters = options.map(word => (word.startsWith('--') ? LONG[word.slice(2)] : word.slice(1)))
  if (letters.some(each => each === undefined)) return null
  return { letters: letters.join(''), operands: [...before.filter(word => !options.includes(word)), ...after] }
}

/** What `rm` does with its words, as GNU's and BusyBox's do. */
export const rm = (machine: Machine, words: readonly string[]): number | null => {
  const options = optionsOf(words)
  if (!options || /[^frRvdi]/.test(options.letters)) return fail(machine, 'rm: unrecognized option')
  const isForced = options.letters.includes('f')
  if (options.operands.length === 0) return isForced ? 0 : fail(machine, 'rm: missing operand')
  const codes = options.operands.map(path => remove(machine, path, isForced, /[rR]/.test(options.letters)))
  return Math.max(...codes)
}

const remove = (machine: Machine, path: string, isForced: boolean, isDeep: boolean): number => {
  const real = realPath(machine, path)
  const cannot = (why: string): number => fail(machine, `rm: cannot remove '${path}': ${why}`)
  if (path === '') return isForced ? 0 : cannot('No such file or directory')
  if (machine.directories.has(real)) {
    if (!isDeep) return cannot('Is a directory')
    const below = [...machine.files].filter(each => covers(real, each))
    if (machine.refusal !== null && below.length > 0) return cannot(machine.refusal)
    for (const each of below) machine.files.delete(each)
    for (const each of machine.directories) if (covers(real, each)) machine.directories.delete(each)
    return 0
  }
  if (!machine.files.has(real)) return isForced ? 0 : cannot('No such file or directory')
  if (machine.refusal !== null) return cannot(machine.refusal)
  machine.files.delete(real)
  return 0
}

/** What `unlink` does. */
export const unlink = (machine: Machine, words: readonly string[]): number | null =>
  words.length === 1 ? remove(machine, words[0] ?? '', false, false) : fail(machine, 'unlink: one operand is wanted')

/** What `mv` does to the files that it takes away; null where it is not known. */
export const move = (machine: Machine, words: readonly string[]): number | null => {
  const options = optionsOf(words)
  const to = options?.operands.at(-1)
  if (!options || to === undefined || options.operands.length < 2) return null
  const codes = options.operands.slice(0, -1).map(path => {
    const code = remove(machine, path, false, false)
    if (code === 0) machine.moved.add(realPath(machine, path))
    return code
  })
  return Math.max(...codes)
}
