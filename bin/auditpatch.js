#!/usr/bin/env node
const { load } = require('./program.js')
const running = load('quick').run(process) ?? load('auditpatch').run(process)
void running.then(code => {
  process.exitCode = code
})
