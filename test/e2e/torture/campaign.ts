import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { failCampaign, faultLines, killCampaign, resultLine } from './fake-campaign.ts'
import { ERRNOS } from './fake-fail-campaign.ts'
import { VICTIMS } from './fake-victims.ts'

// the campaign as a program: npm run torture -- kill|fail
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    victims: { type: 'string' },
    calls: { type: 'string' },
    errnos: { type: 'string' },
    share: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' }
  }
})
const kinds = positionals.length === 0 ? ['kill', 'fail'] : positionals
const names = values.victims?.split(',').map(name => name.trim())
const unknown = names?.filter(name => !VICTIMS.some(victim => victim.name.replaceAll(',', '') === name)) ?? []
if (unknown.length > 0)
  throw new Error(
    `--victims: ${unknown.join()}; there are ${VICTIMS.map(({ name }) => name.replaceAll(',', '')).join(', ')}`
  )
const victims = VICTIMS.filter(({ name }) => names?.includes(name.replaceAll(',', '')) ?? true)
const scratch = mkdtempSync(join(tmpdir(), 'auditpatch-torture-'))
const numbers = { share: Number(values.share), seed: Number(values.seed), jobs: Number(values.jobs) }
const isShown = process.stderr.isTTY
let [points, faults] = [0, 0]
for (const kind of kinds) {
  for (const victim of victims) {
    const result = await (kind === 'kill' ? killCampaign : failCampaign)(victim, {
      ...numbers,
      scratch: join(scratch, 'nodes'),
      ...(values.calls === undefined ? {} : { calls: values.calls.split(',') }),
      errnos: ERRNOS.filter(errno => values.errnos?.split(',').includes(errno) ?? true),
      report: (done, of) => void (isShown && process.stderr.write(`\r${kind} ${victim.name}: ${done} of ${of}  `))
    })
    if (isShown) process.stderr.write('\r\x1b[K')
    console.log(`${kind}: ${resultLine(result)}`)
    for (const line of faultLines(result)) console.log(`    ${line}`)
    points += result.points
    faults += result.faults.length + result.missed.length
  }
}
rmSync(scratch, { recursive: true, force: true })
console.log(`${points} points, ${faults} with faults or missed`)
process.exitCode = faults === 0 ? 0 : 1
