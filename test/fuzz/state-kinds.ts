import { chdir, cwd } from 'node:process'
import { dirname } from 'node:path'
import { printing, runCommand } from './command.ts'
import type { Dice, Kind, Verdict } from './kind.ts'
import type { Probe } from './probe.ts'
import { journalInput, markInput, metadataInput, progressInput } from './state-inputs.ts'
import { fileWith, nodeWith, PLACES } from './work-place.ts'

const ID = '20261122T011500Z-3f9a'

const verdictOf = (code: number): Verdict => (code <= 1 ? 'accepted' : 'refused')

const checkMetadata = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const set = `var/lib/auditpatch/backups/${ID}`
  const node = nodeWith({ [`${set}/metadata.json`]: input, [`${set}/0-manifest.yaml`]: 'a: b\n' })
  const listed = await runCommand(['backups', '--root', node, ...printing(dice.chance(50))], probe)
  const words = dice.one([
    ['restore', '--yes', '--no-wait'],
    ['restore', ID, '--yes', '--no-wait'],
    ['plan', '--remove', '--purge'],
    ['status']
  ])
  await runCommand([...words, '--root', node, ...printing(dice.chance(50))], probe)
  return listed.out.includes('cannot be used') || !listed.out.includes(ID) ? 'refused' : verdictOf(listed.code)
}

const checkJournal = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const node = nodeWith({ [PLACES.journal]: input })
  const words = dice.one([
    ['status'],
    ['plan'],
    ['check'],
    ['recover', '--yes', '--no-wait'],
    ['apply', '--yes', '--no-wait']
  ])
  const { err } = await runCommand([...words, '--root', node, ...printing(dice.chance(50))], probe)
  return err.includes('is not a journal') ? 'refused' : 'accepted'
}

const checkProgress = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const file = fileWith('state/auditpatch/drills.json', input)
  const env = { XDG_STATE_HOME: dirname(dirname(file)) }
  const words = dice.one([
    ['status'],
    ['list'],
    ['hint'],
    ['check'],
    ['solution'],
    ['reset'],
    ['logs'],
    ['status', 'a01']
  ])
  const { err } = await runCommand(['drill', ...words, ...printing(dice.chance(50))], probe, { env })
  return err.includes('is not what auditpatch wrote') ? 'refused' : 'accepted'
}

const checkMark = async (input: Buffer, dice: Dice, probe: Probe): Promise<Verdict> => {
  const mark = fileWith('drill/.auditpatch-drill', input)
  const env = { XDG_STATE_HOME: dirname(fileWith('state/x', '')) }
  const before = cwd()
  chdir(dirname(mark))
  try {
    const { code } = await runCommand(
      ['drill', dice.one(['status', 'check', 'hint']), ...printing(dice.chance(50))],
      probe,
      { env }
    )
    return verdictOf(code)
  } finally {
    chdir(before)
  }
}

/** Files in which the tool itself keeps what it knows. */
export const STATE_KINDS: readonly Kind[] = [
  { name: 'backups', generate: metadataInput, hostile: 40, check: checkMetadata },
  { name: 'journals', generate: journalInput, hostile: 40, check: checkJournal },
  { name: 'progress', generate: progressInput, hostile: 40, check: checkProgress },
  { name: 'marks', generate: markInput, hostile: 40, check: checkMark }
]
