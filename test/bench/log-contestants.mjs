// Who replays a log: words to run, and how to read what was counted by rule from the output.
import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const top = join(here, '../..')
const made = join(top, 'node_modules/.tmp')
const policy = join(here, 'log-policy.yaml')

/** What time is measured in. */
export const BASE = 'JSON.parse and the compiled policy, Node'

const { NODE_EXTRA_CA_CERTS: _, ...outer } = process.env
/** The variables of this process, but for one that slows every start of Node. */
export const env = outer

const arch = process.arch === 'arm64' ? 'arm64' : 'x64'
/** The program as one file, which `npm run build:binary` makes. */
export const executable = join(top, `dist/auditpatch-linux-${arch}`)

/** Bundles a program of TypeScript, and gives its file. */
export const bundleOf = async (name, stdin) => {
  const outfile = join(made, `bench-${name}.mjs`)
  await build({
    stdin: { contents: stdin, resolveDir: top, loader: 'ts' },
    outfile,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  })
  return outfile
}

/** Those who take part. */
export const contestants = async scratch => {
  const matcher = await bundleOf('match-log', "import './test/bench/match-log.ts'")
  const oracle = await goOracle()
  const duckdb = installDuckDB(scratch)
  const bundle = [process.execPath, join(top, 'bin/auditpatch.js')]
  const bun = join(top, 'node_modules/.bin/bun')
  const replay =
    (program, threads, ...more) =>
    log => [...program, 'log', 'replay', '--policy', policy, '--threads', String(threads), ...more, '-o', 'json', log]
  const question = file => `${JSON.stringify({ op: 'replay', text: readFileSync(policy, 'utf8'), file })}\n`
  const sql = what => ({
    words: log => [process.execPath, join(here, 'duckdb-log.mjs'), duckdb, what, log],
    isThere: duckdb !== null
  })
  const rows = [
    { name: BASE, words: log => [process.execPath, matcher, policy, log] },
    {
      name: 'the same on Bun, which is in the executable',
      words: log => [bun, matcher, policy, log],
      isThere: existsSync(bun)
    },
    {
      name: 'JSON.parse and all that replay counts (--strict), the bundle on Node, 1 thread',
      words: replay(bundle, 1, '--strict')
    },
    ...[1, 2].flatMap(threads => [
      {
        name: `auditpatch, the executable, ${threads} thread${threads === 1 ? '' : 's'}`,
        words: replay([executable], threads),
        isOurs: true
      },
      {
        name: `auditpatch, the bundle on Node, ${threads} thread${threads === 1 ? '' : 's'}`,
        words: replay(bundle, threads),
        isOurs: true
      }
    ]),
    {
      name: 'encoding/json and the evaluator of Kubernetes, Go, GOMAXPROCS=1',
      words: () => [oracle],
      input: question,
      env: { GOMAXPROCS: '1' },
      isThere: oracle !== null
    },
    {
      name: 'jq, the rules by hand, events alone',
      words: log => ['jq', '-n', '-c', '-f', join(here, 'log-rules.jq'), log],
      countsOf: events => ({ events: events.slice(0, -1), unmatched: events.at(-1) }),
      isThere: spawnSync('jq', ['--version']).status === 0
    },
    {
      name: 'DuckDB, the rules by hand in SQL, events alone, 1 thread',
      ...sql('rules'),
      countsOf: ({ rules }) => ({ events: rules })
    },
    {
      name: 'DuckDB, events by verb and resource, no rules, 1 thread',
      ...sql('kinds'),
      countsOf: ({ events }) => ({ all: events })
    }
  ]
  const only = new RegExp(process.env.AUDITPATCH_BENCH_ONLY ?? '')
  return rows.filter(({ name }) => name === BASE || only.test(name))
}

const goOracle = async () => {
  const outfile = await bundleOf('oracle', "export { buildOracle, hasGo } from './test/oracle/build-oracle.ts'")
  const { buildOracle, hasGo } = await import(pathToFileURL(outfile).href)
  return hasGo() ? buildOracle(top, 36) : null
}

// 70 MB that nothing else needs
const installDuckDB = scratch => {
  const directory = join(scratch, 'duckdb')
  mkdirSync(directory)
  writeFileSync(join(directory, 'package.json'), '{"private":true}\n')
  const words = ['install', '--no-audit', '--no-fund', '--silent', '@duckdb/node-api@1.5.6-r.1']
  const { status, stderr } = spawnSync('npm', words, { cwd: directory, env, encoding: 'utf8', timeout: 300_000 })
  if (status === 0) return directory
  process.stderr.write(`DuckDB could not be installed: ${stderr}\n`)
  return null
}
