import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '..')

// the modules look for what lies beside themselves, wherever the bundle lies
const ownPlaces = {
  name: 'own-places',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/test\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts'
    }))
}

/** Bundles programs of the tests, which are written in TypeScript, into a directory of their own; gives that directory. */
export const bundle = async (name, entryPoints) => {
  const outdir = join(top, `node_modules/.tmp/${name}-${process.pid}`)
  await build({
    entryPoints: entryPoints.map(path => join(top, path)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    sourcemap: 'inline',
    // looked up where they are installed
    packages: 'external',
    plugins: [ownPlaces]
  })
  return outdir
}

/** What a bundled program exports. */
export const load = (outdir, name) => import(pathToFileURL(join(outdir, `${name}.mjs`)).href)

/** Says in a line what is wrong with the words for a campaign, and makes the exit code 2; throws any other error again. */
export const tellWrongWords = (name, error) => {
  if (error.code !== 'WRONG_WORDS' && !String(error.code).startsWith('ERR_PARSE_ARGS')) throw error
  // what Node says behind the first sentence is about the words of other programs
  console.error(`${name}: ${error.message.split('. ')[0]}\nnext: npm run torture -- --help`)
  process.exitCode = 2
}
