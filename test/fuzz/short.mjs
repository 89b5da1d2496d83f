// The short form of the campaign: a few inputs of every kind, none of megabytes, in this process.
import { build } from 'esbuild'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
const outfile = join(top, `node_modules/.tmp/fuzz-short-${process.pid}.mjs`)
await build({
  entryPoints: [join(top, 'test/fuzz/short.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
  packages: 'external'
})
try {
  const { tryShortly } = await import(pathToFileURL(outfile).href)
  process.exitCode = await tryShortly()
} finally {
  rmSync(outfile, { force: true })
}
