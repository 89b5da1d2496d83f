// Speed of `log replay` on one generated log: this program against a matcher on Node that parses every line, the evaluator
// of Kubernetes in Go, jq and DuckDB, all taken in turns within one run. Who counts by rule must count the same.
//   AUDITPATCH_BENCH_LOG_ROUNDS   rounds, 5 by default
//   AUDITPATCH_BENCH_ONLY         a regular expression: which rows; the matcher on Node is always there
//   AUDITPATCH_BENCH_LARGE=1      peak memory with 5 GB of log as well, which needs 6 GB of disk
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BASE, bundleOf, contestants, env, executable } from './log-contestants.mjs'

/** Runs words under time(1): seconds, seconds on a processor, peak memory in MiB, and what was printed. */
const run = ({ name, words, input, env: more }, log, scratch) => {
  const report = join(scratch, 'time')
  const { status, stdout, stderr } = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', '-o', report, ...words(log)], {
    ...{ env: { ...env, ...more }, encoding: 'utf8', maxBuffer: 1 << 28 },
    ...(input ? { input: input(log) } : {})
  })
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}${stdout}`)
  const [wall = 0, user = 0, system = 0, peak = 0] = readFileSync(report, 'utf8').trim().split(' ').map(Number)
  return { wall, cpu: user + system, peak: peak / 1024, stdout }
}

const byRule = ({ rules, unmatched }) => ({
  events: rules.map(({ events }) => events),
  bytes: rules.map(({ bytes }) => bytes),
  unmatched: unmatched.events
})

/** Throws where a count by rule is another than that of the matcher on Node. */
const compare = (name, counted, wanted) => {
  const same = (key, found, right) => {
    if (found !== undefined && JSON.stringify(found) !== JSON.stringify(right))
      throw new Error(
        `${name} counts other ${key} than ${BASE}: ${JSON.stringify(found)}, not ${JSON.stringify(right)}`
      )
  }
  same('events', counted.events, wanted.events)
  same('bytes', counted.bytes, wanted.bytes)
  same('events without a rule', counted.unmatched, wanted.unmatched)
  same(
    'events in all',
    counted.all,
    wanted.events.reduce((sum, each) => sum + each, wanted.unmatched)
  )
}

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const spread = values =>
  `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)})`

const measure = (rows, log, scratch, rounds) => {
  const there = rows.filter(({ isThere }) => isThere !== false)
  const runs = new Map(there.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const wanted = { counts: null }
    for (const row of there) {
      const done = run(row, log, scratch)
      const counts = (row.countsOf ?? byRule)(JSON.parse(done.stdout))
      wanted.counts ??= counts
      compare(row.name, counts, wanted.counts)
      runs.get(row.name).push(done)
    }
  }
  return runs
}

/** The largest peak of our rows with 5 GB of log; the log is taken away again. */
const peaksOfLarge = (rows, writeLog, scratch) => {
  const wanted = 5e9
  const { bavail, bsize } = statfsSync(scratch)
  if (bavail * bsize < wanted * 1.2) throw new Error(`${scratch} has not the 6 GB that AUDITPATCH_BENCH_LARGE needs`)
  const log = join(scratch, 'large.log')
  try {
    const { events, bytes } = writeLog(log, wanted, 2)
    return rows
      .filter(({ isOurs }) => isOurs)
      .map(row => {
        const { wall, cpu, peak, stdout } = run(row, log, scratch)
        const told = JSON.parse(stdout)
        if (told.events !== events || told.bytes !== bytes)
          throw new Error(
            `${row.name} counts ${told.events} events, ${told.bytes} bytes; there are ${events}, ${bytes}`
          )
        return `| ${row.name} | ${wall.toFixed(1)} s | ${cpu.toFixed(1)} s | ${peak.toFixed(0)} MiB |`
      })
  } finally {
    rmSync(log, { force: true })
  }
}

/** The table of rows, as Markdown. */
export const logTable = async () => {
  const rounds = Number(process.env.AUDITPATCH_BENCH_LOG_ROUNDS ?? 5)
  const scratch = mkdtempSync(join(tmpdir(), 'auditpatch-bench-log-'))
  try {
    const generator = await bundleOf('generate-log', "export { writeLog } from './test/logs/generate-log.ts'")
    const { writeLog } = await import(pathToFileURL(generator).href)
    const rows = await contestants(scratch)
    if (!existsSync(executable)) throw new Error('run npm run build:binary first')
    const log = join(scratch, 'audit.log')
    const { events, bytes } = writeLog(log, 450e6, 1)
    const runs = measure(rows, log, scratch, rounds)
    rmSync(log)
    const base = runs.get(BASE)
    const lines = rows.map(({ name }) => {
      const own = runs.get(name)
      if (own === undefined) return `| ${name} | not there | | | |`
      const ratios = key => spread(own.map((each, round) => each[key] / base[round][key]))
      const speed = bytes / 1e6 / median(own.map(({ cpu }) => cpu))
      return `| ${name} | ${ratios('cpu')} | ${ratios('wall')} | ${speed.toFixed(0)} | ${Math.max(...own.map(({ peak }) => peak)).toFixed(0)} MiB |`
    })
    const large = process.env.AUDITPATCH_BENCH_LARGE ? peaksOfLarge(rows, writeLog, scratch) : []
    return `\`log replay\` of a policy of 15 rules over a log of ${(bytes / 1e6).toFixed(0)} MB, ${events} events: processor time (user and system) and time of the whole process in those
of a matcher on Node that parses every line (${median(base.map(({ cpu }) => cpu)).toFixed(1)} s), all in turns: the median of ${rounds} rounds, lowest and highest in
brackets; megabytes a second of processor time, and the highest peak memory.

| | processor | time | MB/s | peak |
|---|---|---|---|---|
${lines.join('\n')}${large.length === 0 ? '' : `\n\nOver 5 GB of log:\n\n| | time | processor | peak |\n|---|---|---|---|\n${large.join('\n')}`}`
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await logTable()}\n`)
