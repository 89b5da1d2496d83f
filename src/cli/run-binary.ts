import { standardInput } from '../host/local-files.ts'
import { COMMANDS } from './commands.ts'
import { processIo } from './io.ts'
import { main } from './main.ts'

// everything is written by now, and to wait for the end of the threads takes a while
process.exit(await main(process.argv.slice(2), processIo(process, standardInput), COMMANDS))
