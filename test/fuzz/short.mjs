// The short form of the campaign: a few inputs of every kind, none of megabytes, in this process.
import { rmSync } from 'node:fs'
import { bundle, load } from '../bundle.mjs'

const outdir = await bundle('fuzz-short', ['test/fuzz/short.ts'])
try {
  const { tryShortly } = await load(outdir, 'short')
  process.exitCode = await tryShortly()
} finally {
  rmSync(outdir, { recursive: true, force: true })
}
