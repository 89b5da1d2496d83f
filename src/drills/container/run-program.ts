import { nameOf } from '../../paths.ts'
import { fail, type Machine, programAt, realPath } from './machine.ts'
import { move, rm, unlink } from './remove-files.ts'
import { runShell } from './run-shell.ts'
import { runTest } from './run-test.ts'

/** The exit code of a program; null for one of which it is not known what it does. */
export type Exit = number | null

/** Runs a program with its arguments, as the container runtime does: without a shell. */
export const runProgram = (machine: Machine, argv: readonly string[]): Exit => {
  const [name = '', ...words] = argv
  if (programAt(machine, name) === undefined) {
    const base = nameOf(name)
    // what the image may have beside what is known of it
    if (/^[\w.-]+$/.test(base) && !isKnown(machine, base) && !machine.image.lacks.includes(base)) return null
    machine.complaint = `exec: ${JSON.stringify(name)}: ${name.includes('/') ? 'no such file or directory' : 'executable file not found in $PATH'}`
    return 127
  }
  return applet(machine, nameOf(name), words)
}

const isKnown = ({ image }: Machine, name: string): boolean =>
  Object.values(image.programs).some(names => names.includes(name))

const applet = (machine: Machine, name: string, words: readonly string[]): Exit => {
  const run = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined
  return run ? run(machine, words) : null
}

const touch = (machine: Machine, words: readonly string[]): Exit => {
  for (const path of words.filter(word => !word.startsWith('-'))) {
    if (machine.refusal !== null) return fail(machine, `touch: cannot touch '${path}': ${machine.refusal}`)
    machine.files.add(realPath(machine, path))
  }
  return 0
}

// it can be read where it is there
const look =
  (name: string) =>
  (machine: Machine, words: readonly string[]): Exit => {
    const missing = words
      .filter(word => !word.startsWith('-'))
      .find(path => !machine.files.has(realPath(machine, path)) && !machine.directories.has(realPath(machine, path)))
    return missing === undefined
      ? 0
      : fail(machine, `${name}: ${missing}: No such file or directory`, name === 'ls' ? 2 : 1)
  }

const which = (machine: Machine, words: readonly string[]): Exit =>
  words.filter(word => !word.startsWith('-')).every(name => programAt(machine, name)) ? 0 : 1

const sleep = (machine: Machine, [amount = '']: readonly string[]): Exit => {
  const seconds = Number(amount.replace(/s$/, ''))
  machine.seconds += Number.isFinite(seconds) ? seconds : 3600
  return 0
}

const shell =
  (name: string) =>
  (machine: Machine, words: readonly string[]): Exit => {
    const at = words.findIndex(word => !/^[-+]/.test(word))
    const options = words.slice(0, at === -1 ? words.length : at)
    if (at === -1 || options.some(word => word.startsWith('--') || /[^-+ceuxl]/.test(word)))
      return options.some(word => word.startsWith('--')) ? null : 0
    if (!options.some(word => word.includes('c'))) return null
    const isStrict = options.some(word => word.startsWith('-') && word.includes('e'))
    return runShell(machine, words[at] ?? '', words.slice(at + 1), {
      isStrict,
      hasBraces: name === 'bash',
      run: runProgram
    })
  }

const env = (machine: Machine, words: readonly string[]): Exit => {
  const at = words.findIndex(word => !word.includes('='))
  if (at === -1) return 0
  return words[at]?.startsWith('-') ? null : runProgram(machine, words.slice(at))
}

const PROGRAMS: Readonly<Record<string, (machine: Machine, words: readonly string[]) => Exit>> = {
  ...{ rm, unlink, mv: move, touch, which, sleep, env },
  ...Object.fromEntries(['sh', 'bash', 'ash', 'dash'].map(name => [name, shell(name)])),
  ...Object.fromEntries(['ls', 'cat', 'stat'].map(name => [name, look(name)])),
  busybox: (machine, [name = '', ...words]) => applet(machine, name, words),
  timeout: (machine, [, ...words]) => (words[0]?.startsWith('-') ? null : runProgram(machine, words)),
  nice: (machine, words) => (words[0]?.startsWith('-') ? null : runProgram(machine, words)),
  test: (machine, words) => runTest(machine, words),
  '[': (machine, words) =>
    words.at(-1) === ']' ? runTest(machine, words.slice(0, -1)) : fail(machine, '[: missing ]', 2),
  // none of them takes a file away
  ...Object.fromEntries(['true', 'echo', 'printf', 'chmod', 'chown', 'date', 'id'].map(name => [name, () => 0])),
  false: () => 1
}
