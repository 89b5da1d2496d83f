import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type CampaignResult, failCampaign, faultLines, killCampaign, resultLine } from '../torture/fake-campaign.ts'
import { CALLER, MADE, noPython } from '../torture/fake-caller.ts'
import { endsOf } from '../torture/fake-ends.ts'
import { killPoints } from '../torture/fake-kill-campaign.ts'
import { noTracer } from '../torture/fake-strike.ts'
import { VICTIMS } from '../torture/fake-victims.ts'

t.setTimeout(1_800_000)

// the binary is the same code under another runtime, with calls of its own: there the transactions stand for all
const isBinary = process.env['AUDITPATCH_PROGRAM'] !== undefined
const MAIN = ['apply', 'remove', 'restore']
const chosen = VICTIMS.filter(({ name }) => !isBinary || MAIN.includes(name))

// a drill's node is forty files that are all written alike
const MANY = ['drill start', 'drill reset', 'drill exam']
const killShare = (name: string): number => {
  if (MANY.includes(name)) return 0.05
  // others of the same transaction
  return /^(apply|recover)[ ,]/.test(name) ? 0.4 : 1
}
// what drills keep is written alike by all of them; this one could lose a score
const EXAM = 'drill exam --end'
const mayFail = (name: string): boolean => !name.startsWith('drill') || name === EXAM
// all of them, with all errnos: npm run torture -- fail
const failShare = (name: string): number => {
  // of all forty files each look can fail
  if (name === EXAM) return 0.007
  return isBinary || !MAIN.includes(name) ? 0.025 : 0.05
}

const judge = (t: Test, result: CampaignResult): void => {
  t.comment(resultLine(result))
  t.ok(result.points > 0, `${result.points} points`)
  t.same(faultLines(result), [], resultLine(result))
  t.equal(result.elsewhere, 0, 'no other thread writes below the root')
}

const scratchOf = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'auditpatch-torture-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'nodes')
}

t.test('every call that changes the disk is struck', { skip: noTracer || noPython }, async t => {
  judge(t, await killCampaign(CALLER, { scratch: scratchOf(t) }))
  const struck = new Set(killPoints(await endsOf(CALLER, scratchOf(t))).map(({ name }) => name))
  t.same(
    MADE.filter(name => !struck.has(name)),
    []
  )
})

t.test('killed before every call that changes the disk', { skip: noTracer }, async t => {
  for (const victim of chosen)
    judge(t, await killCampaign(victim, { scratch: scratchOf(t), share: killShare(victim.name) }))
})

t.test('a call fails', { skip: noTracer }, async t => {
  for (const victim of chosen.filter(({ name }) => mayFail(name))) {
    const options = { scratch: scratchOf(t), share: failShare(victim.name), seed: isBinary ? 2 : 1 }
    judge(t, await failCampaign(victim, options))
  }
})
