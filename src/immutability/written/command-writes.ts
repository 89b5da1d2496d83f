import { covers } from '../../paths.ts'
import { collectWritten, type WrittenCollector } from './collect-written.ts'
import { installsCode } from './installs-code.ts'
import { type ProgramWrite, programWrites } from './program-writes.ts'
import { resolvePath } from './resolve-path.ts'
import type { ShellRedirection, ShellWord } from './shell-step.ts'
import { type StartedProgram, walkCommands } from './walk-commands.ts'
import type { WrittenPath } from './written-path.ts'

/**
 * The paths that a command writes, as far as its words and the scripts in them say so; relative ones only below `directory`,
 * the one it starts in, or a cd of its own. Devices are left out.
 */
export const commandWrites = (argv: readonly string[], directory?: string): WrittenPath[] =>
  readCommand(argv, directory).collector.written()

/** True when a command writes a file that is no device, also where it is not known which; or installs something. */
export const changesFiles = (argv: readonly string[]): boolean => {
  const { collector, isSomewhere } = readCommand(argv, undefined)
  return isSomewhere || collector.written().length > 0 || installsCode(argv) !== undefined
}

interface Writes {
  readonly collector: WrittenCollector
  /** Something is written at a place that is not known. */
  isSomewhere: boolean
}

const readCommand = (argv: readonly string[], directory: string | undefined): Writes => {
  const writes: Writes = { collector: collectWritten(), isSomewhere: false }
  walkCommands(argv, directory, program => {
    for (const write of [...program.redirections.flatMap(redirected), ...programWrites(program.name, program.words)])
      note(writes, write, program)
  })
  return writes
}

const WRITES = new Set(['>', '>>', '>|', '<>', '&>', '&>>'])

const redirected = ({ operator, target }: ShellRedirection): ProgramWrite[] => {
  // to another descriptor
  const isFile = operator === '>&' ? target.isWhole && !/^(?:\d*-?)$/.test(target.text) : WRITES.has(operator)
  return isFile && !(target.isWhole && target.text === '') ? [{ what: 'name', word: target }] : []
}

const NO_FILES = ['/dev', '/proc', '/sys']

const isNoFile = ({ text }: ShellWord): boolean => NO_FILES.some(directory => text.startsWith(`${directory}/`))

const note = (writes: Writes, { what, word }: ProgramWrite, program: StartedProgram): void => {
  if (word && isNoFile(word)) return
  const path = word?.isWhole ? resolvePath(word.text, program.directory) : undefined
  if (path === undefined) writes.isSomewhere = true
  else if (!NO_FILES.some(directory => covers(directory, path))) writes.collector[what](path, because(program.source))
}

const because = (source: string): string => {
  const line = source.replace(/\s+/g, ' ')
  return `"${line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line}"`
}

const LONGEST = 60
