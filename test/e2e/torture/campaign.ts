import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { namesOf, numberOf, refuseWords } from '../../fake-campaign-words.ts'
import { failCampaign, faultLines, killCampaign, resultLine } from './fake-campaign.ts'
import { ERRNOS } from './fake-fail-campaign.ts'
import { noTracer } from './fake-strike.ts'
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
const others = kinds.filter(kind => kind !== 'kill' && kind !== 'fail')
if (others.length > 0) refuseWords(`the word "${others.join(' ')}" has no place here`)
const wordOf = ({ name }: (typeof VICTIMS)[number]): string => name.replaceAll(',', '')
const names = values.victims === undefined ? undefined : namesOf('victims', values.victims, VICTIMS.map(wordOf))
const errnos = values.errnos === undefined ? ERRNOS : namesOf('errnos', values.errnos, ERRNOS)
const victims = VICTIMS.filter(victim => names?.includes(wordOf(victim)) ?? true)
const numbers = {
  share: numberOf('share', values.share, 'part'),
  seed: numberOf('seed', values.seed, 0),
  jobs: numberOf('jobs', values.jobs, 1)
}
if (noTracer) refuseWords(noTracer)
const scratch = mkdtempSync(join(tmpdir(), 'auditpatch-torture-'))
const isShown = process.stderr.isTTY
let [points, faults] = [0, 0]
for (const kind of kinds) {
  for (const victim of victims) {
    if (isShown) process.stderr.write(`${kind} ${victim.name}: its system calls are recorded `)
    const result = await (kind === 'kill' ? killCampaign : failCampaign)(victim, {
      ...numbers,
      scratch: join(scratch, 'nodes'),
      ...(values.calls === undefined ? {} : { calls: values.calls.split(',') }),
      errnos: ERRNOS.filter(errno => errnos.includes(errno)),
      report: (done, of) => void (isShown && process.stderr.write(`\r\x1b[K${kind} ${victim.name}: ${done} of ${of} `))
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
if (points === 0) refuseWords('no point was taken, so nothing was tried: give a larger --share, or other --calls')
process.exitCode = faults === 0 ? 0 : 1
