import { run } from './run-quick.ts'

const running = run(process) ?? import('./run.ts').then(whole => whole.run(process))

// everything is written by then, and to wait for the end of the threads takes a while
void running.then(code => process.exit(code))
