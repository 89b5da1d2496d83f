import { standardInput } from '../host/local-files.ts'
import { plan } from './commands/plan.ts'
import { processIo } from './io.ts'
import { main } from './main.ts'
import type { OptionName } from './options.ts'
import { readArguments } from './read-arguments.ts'
import { readVersion } from './version.ts'

/**
 * Runs this process's command line where it asks for the version, or for a plan and nothing that only the whole program
 * has; undefined for every other.
 */
export const run = (process: NodeJS.Process): Promise<number> | undefined => {
  const argv = process.argv.slice(2)
  if (readVersion(argv)) return main(argv, processIo(process, standardInput), [])
  const args = readArguments(argv, [plan])?.args
  if (!args || MORE.some(name => args.has(name) || args.text(name) !== undefined)) return undefined
  return main(argv, processIo(process, standardInput), [plan])
}

const MORE: readonly OptionName[] = ['remove', 'policy', 'settings']
