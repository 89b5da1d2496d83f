// Bundles the fuzz campaign, which is written in TypeScript, and runs it.
import { build } from 'esbuild'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
// of its own for each run: a run of days is not to read what another one bundled
const outdir = join(top, `node_modules/.tmp/fuzz-${process.pid}`)
await build({
  entryPoints: [join(top, 'test/fuzz/drive.ts'), join(top, 'test/fuzz/child.ts')],
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
  // looked up where they are installed
  packages: 'external'
})
const { drive } = await import(pathToFileURL(join(outdir, 'drive.mjs')).href)
process.exitCode = await drive(outdir, process.argv.slice(2))
