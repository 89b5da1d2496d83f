import type { HostReader } from '../host/host.ts'
import { standardInput } from '../host/local-files.ts'
import { COMMANDS } from './commands.ts'
import { processIo } from './io.ts'
import { main } from './main.ts'
import type { Plan } from '../plan/change.ts'

/** Runs this process's command line and gives its exit code. */
export const run = (process: NodeJS.Process): Promise<number> =>
  main(process.argv.slice(2), processIo(process, standardInput), COMMANDS)

/** What the quick program takes from here: loaded only then. */
export const withForecast = async (host: HostReader, plan: Plan): Promise<Plan> =>
  (await import('../inspect/log-forecast.ts')).withForecast(host, plan)
