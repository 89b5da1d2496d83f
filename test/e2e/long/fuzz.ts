import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { KINDS } from '../../fuzz/kinds.ts'

t.setTimeout(1_200_000)

const program = fileURLToPath(new URL('../../fuzz/run.mjs', import.meta.url))

const run = (...words: readonly string[]): Promise<{ code: number | null; out: string }> =>
  new Promise(done => {
    const child = spawn(process.execPath, [program, ...words, '--quiet'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (text: Buffer) => void (out += text.toString()))
    child.on('close', code => done({ code, out }))
  })

const rows = [
  {
    name: 'manifests and policies',
    words: ['--what', 'manifests,policies', '--count', '10000'],
    count: 10_000,
    kinds: 2
  },
  {
    name: 'all other kinds',
    words: ['--except', 'manifests,policies', '--count', '300'],
    count: 300,
    kinds: KINDS.length - 2
  }
]

for (const { name, words, count, kinds } of rows) {
  t.test(`a campaign of hostile inputs: ${name}`, async t => {
    const { code, out } = await run(...words, '--seed', '20261123')
    const lines = [...out.matchAll(/^([\w-]+): (\d+) inputs from seed \d+, (\d+) violations, (\d+) accepted/gm)]
    t.equal(code, 0, out.slice(0, 5000))
    t.equal(lines.length, kinds)
    for (const [line, kind, tried, violations, accepted] of lines) {
      t.comment(line)
      t.same([Number(tried), Number(violations)], [count, 0], line)
      if (kind === 'manifests') t.ok(Number(accepted) >= 0.4 * count, 'enough of them are accepted and patched')
    }
  })
}

t.test('words that would try nothing end with 2', async t => {
  for (const words of [['--what', 'nix'], ['--count', '0'], ['--jobs', 'x'], ['--except', 'nix'], ['--foo']])
    t.equal((await run(...words)).code, 2, words.join(' '))
})
