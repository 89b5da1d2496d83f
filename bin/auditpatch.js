#!/usr/bin/env node
import { run } from '../dist/auditpatch.js'
process.exitCode = await run(process)
