// Bundles the conformance run, which is written in TypeScript, and runs it.
import { build } from 'esbuild'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
const outfile = join(top, 'node_modules/.tmp/conformance.mjs')
await build({
  entryPoints: [join(top, 'test/oracle/conformance.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
})
const { runConformance } = await import(pathToFileURL(outfile).href)
process.exitCode = await runConformance(top, process.argv.slice(2))
