// Bundles the fuzz campaign and runs it: of its own for each run, for a run of days is not to read what another one bundled.
import { rmSync } from 'node:fs'
import { bundle, load, tellWrongWords } from '../bundle.mjs'

const outdir = await bundle('fuzz', ['test/fuzz/drive.ts', 'test/fuzz/child.ts'])
try {
  const { drive } = await load(outdir, 'drive')
  process.exitCode = await drive(outdir, process.argv.slice(2))
} catch (error) {
  tellWrongWords('fuzz', error)
} finally {
  rmSync(outdir, { recursive: true, force: true })
}
