import { standardInput } from '../host/local-files.ts'
import { COMMANDS } from './commands.ts'
import { processIo } from './io.ts'
import { main } from './main.ts'

// what computes for long is compiled while it runs; what the executable is built with would have it wait for ever
const LONG = /^(check|policy|kubeadm|demo)$/
const { Bun } = globalThis as { Bun?: { unsafe?: { setJITPolicy?: (scale: number) => void } } } // as: it is there in Bun alone
if (LONG.test(process.argv[2] ?? '')) Bun?.unsafe?.setJITPolicy?.(1)

// everything is written by now, and to wait for the end of the threads takes a while
process.exit(await main(process.argv.slice(2), processIo(process, standardInput), COMMANDS))
