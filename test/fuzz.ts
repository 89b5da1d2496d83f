import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

// in one process, bundled: loading what all commands need as TypeScript would take longer than the campaign
t.test('a short campaign of hostile inputs', async t => {
  const program = fileURLToPath(new URL('fuzz/short.mjs', import.meta.url))
  const { stdout, stderr, status } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 300_000 })
  t.equal(status, 0, `no violation\n${stdout}${stderr.slice(-3000)}`)
  const lines = [...stdout.matchAll(/^([\w-]+): (\d+) inputs from seed 1, (\d+) violations, (\d+) accepted/gm)]
  t.ok(lines.length > 18, `${lines.length} kinds`)
  for (const [line, name = '', count, violations, accepted] of lines) {
    const wanted = ['manifests', 'policies'].includes(name) ? 300 : 4
    t.same([Number(count), Number(violations)], [wanted, 0], line)
    if (name === 'manifests') t.ok(Number(accepted) >= wanted * 0.4, 'enough of them are accepted and patched')
  }
})
