// Evaluation of audit policies: this project's compiled evaluator and its plain one against Kubernetes' own, in one run, in
// turns, each on one thread. Prints nanoseconds an evaluation and how many times as fast the compiled one is.
import { build } from 'esbuild'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
const outfile = join(top, 'node_modules/.tmp/bench-policy.mjs')
const contents = `
  export { buildOracle, hasGo } from './build-oracle.ts'
  export { benchCases, prepare } from './bench-cases.ts'
  export { startOracle } from './oracle.ts'`
await build({
  stdin: { contents, resolveDir: join(top, 'test/oracle'), loader: 'ts' },
  outfile,
  ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
})
const { benchCases, buildOracle, hasGo, startOracle, prepare } = await import(pathToFileURL(outfile).href)

if (!hasGo()) {
  console.error('SKIPPED: there is no Go to build the evaluator of Kubernetes with')
  process.exit(process.env.CI === undefined ? 0 : 1)
}

const turns = Number(process.env.AUDITPATCH_BENCH_ROUNDS ?? 11)
const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const oracle = startOracle(buildOracle(top, 36))

console.log('| policy | Kubernetes, ns | compiled, ns | plain, ns | compiled is faster by | lowest and highest |')
console.log('|---|---|---|---|---|---|')
for (const bench of benchCases()) {
  const { name, text, requests } = bench
  const [first] = await oracle.ask([{ op: 'bench', text, requests, rounds: 200 }])
  if (first.error) throw new Error(`${name}: ${first.error}`)
  // some 50 ms a turn
  const rounds = Math.max(1, Math.round(5e7 / (first.nanoseconds / 200)))
  const each = nanoseconds => nanoseconds / (rounds * requests.length)
  const timed = prepare(bench)
  const [go, compiled, plain, ratios] = [[], [], [], []]
  for (let turn = -2; turn < turns; turn++) {
    const [server] = await oracle.ask([{ op: 'bench', text, requests, rounds }])
    const ours = timed.compiled(rounds)
    const walk = timed.plain(Math.ceil(rounds / 4))
    if (server.logged !== ours.logged)
      throw new Error(`${name}: ${server.logged} logged by Kubernetes, ${ours.logged} by us`)
    // the first turns warm up
    if (turn < 0) continue
    go.push(each(server.nanoseconds))
    compiled.push(each(ours.nanoseconds))
    plain.push(walk.nanoseconds / (Math.ceil(rounds / 4) * requests.length))
    ratios.push(server.nanoseconds / ours.nanoseconds)
  }
  const spread = `${Math.min(...ratios).toFixed(1)}-${Math.max(...ratios).toFixed(1)}`
  console.log(
    `| ${name} | ${median(go).toFixed(0)} | ${median(compiled).toFixed(0)} | ${median(plain).toFixed(0)} | ${median(ratios).toFixed(1)}x | ${spread} |`
  )
}
oracle.close()
