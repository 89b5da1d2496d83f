#!/usr/bin/env node
const start = () => {
  try {
    const { load } = require('./program.js')
    return load('quick').run(process) ?? load('auditpatch').run(process)
  } catch (error) {
    // no file may be opened, no memory is left: not the exit code 1 of node, which says that something was found
    process.stderr.write(
      `auditpatch: it cannot be started: ${error.message}\nnext: check the installation and the limits of the shell (ulimit -a)\n`
    )
    return Promise.resolve(3)
  }
}
void start().then(code => {
  process.exitCode = code
})
