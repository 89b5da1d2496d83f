// npm run torture                                    everything, for hours
// npm run torture -- kill|fail [--victims apply,remove] [--calls rename,fsync] [--errnos EIO] [--share 0.1] [--seed 7] [--jobs 2]
// npm run torture -- power|races
// npm run torture -- fuzz [--what manifests,policies] [--seed 1] [--count 200000] [--resume FILE]
// AUDITPATCH_PROGRAM names another program than the bundle, as the binary.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, load } from '../../bundle.mjs'

const top = join(dirname(fileURLToPath(import.meta.url)), '../../..')

const campaign = async () => {
  const outdir = await bundle('torture', ['test/e2e/torture/campaign.ts'])
  try {
    await load(outdir, 'campaign')
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

const run = (file, args) => {
  const { status } = spawnSync(process.execPath, [join(top, file), ...args], {
    cwd: top,
    stdio: 'inherit',
    env: { ...process.env, AUDITPATCH_LONG: '1' }
  })
  if (status !== 0) process.exitCode = 1
}

const TAP = 'node_modules/tap/dist/esm/run.mjs'
const [kind, ...rest] = process.argv.slice(2)
const isAll = kind === undefined || kind.startsWith('--')
if (isAll || kind === 'kill' || kind === 'fail') await campaign()
if (isAll || kind === 'power') run(TAP, ['--timeout=3600', 'test/e2e/long/power-loss.ts'])
if (isAll || kind === 'races')
  run(TAP, ['--jobs=1', '--timeout=3600', ...['', '-at-once', '-clock'].map(name => `test/e2e/long/races${name}.ts`)])
if (isAll || kind === 'fuzz') run('test/fuzz/run.mjs', isAll ? ['--count', '200000'] : rest)
if (!isAll && !['kill', 'fail', 'power', 'races', 'fuzz'].includes(kind)) {
  console.error(`torture: there is no "${kind}"; there are kill, fail, power, races and fuzz`)
  process.exitCode = 2
}
