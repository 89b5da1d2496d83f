import { standardInput } from '../host/local-files.ts'
import { COMMANDS } from './commands.ts'
import { processIo } from './io.ts'
import { main } from './main.ts'

/** Runs this process's command line and gives its exit code. */
export const run = (process: NodeJS.Process): Promise<number> =>
  main(process.argv.slice(2), processIo(process, standardInput), COMMANDS)

export { withForecast } from '../inspect/log-forecast.ts'
