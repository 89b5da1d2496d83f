// Bundles the conformance run and runs it.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, load } from '../bundle.mjs'

const { runConformance } = await load(await bundle('conformance', ['test/oracle/conformance.ts']), 'conformance')
process.exitCode = await runConformance(join(dirname(fileURLToPath(import.meta.url)), '../..'), process.argv.slice(2))
