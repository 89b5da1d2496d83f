import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type CampaignResult, failCampaign, faultLines, killCampaign, resultLine } from '../torture/fake-campaign.ts'
import { noTracer } from '../torture/fake-strike.ts'
import { VICTIMS } from '../torture/fake-victims.ts'

t.setTimeout(1_800_000)

// the binary is the same code under another runtime: it has a trace of its own, and a part of the errnos says enough
const isBinary = process.env['AUDITPATCH_PROGRAM'] !== undefined
// a drill's node is forty files that are all written alike
const shareOf = (name: string): number => (name.startsWith('drill') ? 0.1 : 1)
const MAIN = ['apply', 'remove', 'restore']

const judge = (t: Test, result: CampaignResult): void => {
  t.comment(resultLine(result))
  t.ok(result.points > 0, `${result.points} points`)
  t.same(faultLines(result), [], resultLine(result))
  t.equal(result.elsewhere, 0, 'no other thread writes below the root')
}

t.test('killed before every call that changes the disk', { skip: noTracer }, async t => {
  for (const victim of VICTIMS) {
    const options = { scratch: scratchOf(t), share: shareOf(victim.name) }
    judge(t, await killCampaign(victim, options))
  }
})

t.test('every call fails', { skip: noTracer }, async t => {
  for (const victim of VICTIMS) {
    const share = MAIN.includes(victim.name) ? 0.35 : 0.1
    judge(
      t,
      await failCampaign(victim, { scratch: scratchOf(t), share: isBinary ? share / 4 : share, seed: isBinary ? 2 : 1 })
    )
  }
})

const scratchOf = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'auditpatch-torture-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'nodes')
}
