import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, load, tellWrongWords } from '../../bundle.mjs'

const top = join(dirname(fileURLToPath(import.meta.url)), '../../..')

const campaign = async () => {
  const outdir = await bundle('torture', ['test/e2e/torture/campaign.ts'])
  try {
    await load(outdir, 'campaign')
  } catch (error) {
    tellWrongWords('torture', error)
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
  if (status !== 0) process.exitCode = status === 2 ? 2 : 1
}

const HELP = `npm run torture -- [kill|fail|power|races|fuzz] [options]

Tries to lose a file of a made-up node, and ends with 1 where it could. Without
a kind everything, for hours; options are then those of kill and fail.

kill, fail   a line for each command, after some minutes of kill and up to half
             an hour of fail
  --victims NAMES  these commands, as apply,remove [all]
  --calls NAMES    at these system calls, as rename,fsync [all]
  --errnos NAMES   fail: with these errors, as ENOSPC,EIO [all]
  --share PART     a part of the places, as 0.1 [1]
  --seed N         which part [1]
  --jobs N         how many runs at once [2]
  A run that was killed left the files as before, as after, or between the two;
  one in which a call failed is counted by its exit code. Needs strace.
power, races  no options; some minutes each
fuzz         a line for each kind of file
  --what NAMES     these kinds, as manifests,policies [all]
  --except NAMES   not these
  --count N        inputs of each kind [1000]
  --seed N         the first input: each has a number, and the same one is the
                   same input [1]
  --jobs N         how many processes at once [2]
  --light          no inputs of megabytes
  --quiet          the sums alone
  --resume FILE    keep there what is done, and do not do it again

For example:
  npm run torture -- kill --victims apply --share 0.1
  npm run torture -- fail --victims remove --share 0.01
  npm run torture -- fuzz --what manifests --count 50

AUDITPATCH_PROGRAM=FILE tries that program, such as the executable, and not the
bundle.`

const TAP = 'node_modules/tap/dist/esm/run.mjs'
const KINDS = ['kill', 'fail', 'power', 'races', 'fuzz']
const TRIED = ['power', 'races']
const words = process.argv.slice(2)
const kind = words[0]?.startsWith('-') ? undefined : words[0]
const rest = words.slice(1)

const play = async () => {
  const isAll = kind === undefined
  if (isAll || kind === 'kill' || kind === 'fail') await campaign()
  if (process.exitCode === 2) return
  if (isAll || kind === 'power') run(TAP, ['--timeout=3600', 'test/e2e/long/power-loss.ts'])
  if (isAll || kind === 'races')
    run(TAP, ['--jobs=1', '--timeout=3600', ...['', '-at-once', '-clock'].map(name => `test/e2e/long/races${name}.ts`)])
  if (isAll || kind === 'fuzz') run('test/fuzz/run.mjs', isAll ? ['--count', '200000'] : rest)
}

const refuse = why => {
  console.error(`torture: ${why}\nnext: npm run torture -- --help`)
  process.exitCode = 2
}

if (words.includes('--help') || words.includes('-h')) console.log(HELP)
else if (kind !== undefined && !KINDS.includes(kind)) refuse(`there is no "${kind}"; there are ${KINDS.join(', ')}`)
else if (TRIED.includes(kind) && rest.length > 0) refuse(`${kind} takes no options, found ${rest.join(' ')}`)
else await play()
