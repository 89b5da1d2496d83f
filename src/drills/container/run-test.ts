import { type Machine, realPath } from './machine.ts'

/** The exit code of `test` with its words; null for an expression that is not about files or strings. */
export const runTest = (machine: Machine, words: readonly string[]): number | null => {
  const found = either(machine, words)
  return found === null ? null : found ? 0 : 1
}

const either = (machine: Machine, words: readonly string[]): boolean | null => {
  const at = words.indexOf('-o')
  if (at <= 0) return both(machine, words)
  const [left, right] = [both(machine, words.slice(0, at)), either(machine, words.slice(at + 1))]
  return left === null || right === null ? null : left || right
}

const both = (machine: Machine, words: readonly string[]): boolean | null => {
  const at = words.indexOf('-a')
  if (at <= 0) return single(machine, words)
  const [left, right] = [single(machine, words.slice(0, at)), both(machine, words.slice(at + 1))]
  return left === null || right === null ? null : left && right
}

const single = (machine: Machine, words: readonly string[]): boolean | null => {
  const [first = '', second = '', third] = words
  if (first === '!' && words.length > 1) {
    const found = single(machine, words.slice(1))
    return found === null ? null : !found
  }
  if (words.length <= 1) return first !== ''
  if (words.length === 2) return unary(machine, first, second)
  if (words.length !== 3) return null
  return second === '=' || second === '==' ? first === third : second === '!=' ? first !== third : null
}

const unary = (machine: Machine, operator: string, operand: string): boolean | null => {
  const real = realPath(machine, operand)
  const isFile = operand !== '' && machine.files.has(real)
  switch (operator) {
    case '-n':
      return operand !== ''
    case '-z':
      return operand === ''
    case '-d':
      return operand !== '' && machine.directories.has(real)
    case '-e':
    case '-r':
    case '-x':
      return operand !== '' && (isFile || machine.directories.has(real))
    case '-f':
    case '-s':
      return isFile
    default:
      return null
  }
}
