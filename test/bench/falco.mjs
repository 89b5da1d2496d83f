// Speed of `falco` on one generated log, with Falco's own rules where they lie beside the project, else with ours: events a
// second of the whole process, against a loop on Node that does nothing but JSON.parse on each line, the two in turns.
//   AUDITPATCH_BENCH_RULES        a rules file
//   AUDITPATCH_BENCH_LOG_ROUNDS   rounds, 5 by default
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundleOf, env } from './log-contestants.mjs'

const top = join(dirname(fileURLToPath(import.meta.url)), '../..')
const upstream = join(top, '../shared/falco/rules/k8s_audit_rules.yaml')
const rules = process.env.AUDITPATCH_BENCH_RULES ?? (existsSync(upstream) ? upstream : 'template:baseline')
const rounds = Number(process.env.AUDITPATCH_BENCH_LOG_ROUNDS ?? 5)

const PARSE = `const { readFileSync } = require('node:fs')
const bytes = readFileSync(process.argv[2])
let verbs = 0
for (let at = 0; at < bytes.length; ) {
  const end = bytes.indexOf(10, at)
  verbs += JSON.parse(bytes.toString('utf8', at, end)).verb.length
  at = end + 1
}
`

const seconds = (file, words) => {
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(file, words, { env, maxBuffer: 1 << 30 })
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`)
  return Number(process.hrtime.bigint() - start) / 1e9
}

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const scratch = mkdtempSync(join(tmpdir(), 'auditpatch-bench-falco-'))
try {
  const generator = await bundleOf('generate-log', "export { writeLog } from './test/logs/generate-log.ts'")
  const { writeLog } = await import(pathToFileURL(generator).href)
  const log = join(scratch, 'audit.log')
  const script = join(scratch, 'parse.cjs')
  writeFileSync(script, PARSE)
  const { events, bytes } = writeLog(log, 450e6, 1)
  const runs = Array.from({ length: rounds }, () => ({
    parse: seconds(process.execPath, [script, log]),
    falco: seconds(process.execPath, [join(top, 'bin/auditpatch.js'), 'falco', '-r', rules, '-e', log])
  }))
  const rate = key => Math.round(events / median(runs.map(run => run[key])))
  const ratios = runs.map(({ parse, falco }) => parse / falco)
  process.stdout.write(
    `${events} events, ${Math.round(bytes / 1e6)} MB, ${rules}\nJSON.parse alone: ${rate('parse')} events/s\nfalco: ${rate('falco')} events/s\nratio: ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)})\n`
  )
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
