import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { MANIFEST } from '../fake-run.ts'
import { isOpen, objectOf } from '../torture/fake-judge.ts'
import { type Ended, runProgram } from '../torture/fake-program.ts'
import { differenceOf, stateOf, temporariesIn } from '../torture/fake-state.ts'
import { copyOf, type Victim } from '../torture/fake-victim.ts'
import { VICTIMS } from '../torture/fake-victims.ts'

t.setTimeout(1_200_000)

const LOCK = 'var/lib/auditpatch/lock'
const WATCHED = ['/etc']

type Command = readonly string[]

const on = (directory: string, command: Command): Promise<Ended> =>
  runProgram([...command, '--root', directory, '-o', 'json'], directory)

const made = async (t: Test, name: string): Promise<{ readonly model: string; readonly slot: string }> => {
  const victim = VICTIMS.find((each: Victim) => each.name === name)
  const model = join(t.testdir(), 'model')
  mkdirSync(model)
  await victim?.make(model)
  return { model, slot: join(t.testdirName, 'slot') }
}

/** The id of the backup that a run made, which orders the runs; undefined where it changed nothing. */
const backupOf = (ended: Ended): string | undefined => {
  const object = objectOf(ended)
  const backup = object?.['backup']
  if (object?.['changed'] !== true || typeof backup !== 'object' || backup === null) return undefined
  return 'id' in backup ? String(backup.id) : undefined
}

const faultsOfRun = (command: Command, { code, err, out, isHung }: Ended): string[] => {
  const told = `${command.join(' ')} ended with ${code}: ${err} ${out.slice(0, 300)}`
  if (isHung) return [`hung: ${told}`]
  if (code === 0) return []
  // NOT_FOUND: between its looks at the manifest and at the webhook's file the other one has removed both
  const isRefusal = code === 3 && /"code":"(LOCKED|CHANGED_SINCE_READ|BAD_JOURNAL|NO_BACKUP|NOT_FOUND)"/.test(out)
  return isRefusal ? [] : [told]
}

const faultsOfRest = async (directory: string): Promise<string[]> => {
  const backups = await on(directory, ['backups'])
  const damaged = JSON.stringify(objectOf(backups)?.['damaged'] ?? [])
  return [
    ...(isOpen(directory) ? ['the journal is left'] : []),
    ...(stateOf(directory, [`/${LOCK}`])[`/${LOCK}`] === undefined ? [] : ['the lock is left']),
    ...temporariesIn(directory, WATCHED).map(path => `${path} is left`),
    ...(backups.code === 0 && damaged === '[]' ? [] : [`backups: ${backups.err} ${damaged}`])
  ]
}

/**
 * Starts commands at once on a copy of a node, and holds what they leave against those that won, one after the other in the
 * order of their backups.
 */
const atOnce = async (
  { model, slot }: { readonly model: string; readonly slot: string },
  commands: readonly Command[]
): Promise<{ readonly winners: number; readonly faults: readonly string[] }> => {
  copyOf(model, slot)
  const ended = await Promise.all(commands.map(command => on(slot, command)))
  const runs = commands.map((command, index) => ({ command, ended: ended[index] as Ended })) // as: one for each
  const won = runs
    .flatMap(({ command, ended }) => ({ command, id: backupOf(ended) }))
    .filter(({ id }) => id !== undefined)
    .sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))
  const faults = [...runs.flatMap(({ command, ended }) => faultsOfRun(command, ended)), ...(await faultsOfRest(slot))]
  const again = copyOf(model, `${slot}-again`)
  if (isOpen(again)) await on(again, ['recover'])
  for (const { command } of won) await on(again, command)
  const difference = differenceOf(stateOf(slot, WATCHED), stateOf(again, WATCHED))
  return {
    winners: won.length,
    faults: difference === '' ? faults : [...faults, `not as one after the other: ${difference}`]
  }
}

const applyWith = (number: number, ...more: readonly string[]): Command => {
  const settings = [
    ['--log-maxage', '11'],
    ['--log-maxbackup', '12'],
    ['--log-maxsize', '13'],
    ['--log-format', 'legacy']
  ]
  return ['apply', '--yes', ...(settings[number % settings.length] ?? []), ...more]
}

const ROWS: readonly {
  readonly name: string
  readonly node: string
  readonly commands: readonly Command[]
  readonly rounds: number
}[] = [
  { name: 'two applies', node: 'apply on a new node', commands: [applyWith(0), applyWith(1)], rounds: 12 },
  {
    name: 'four applies',
    node: 'apply on a new node',
    commands: [0, 1, 2, 3].map(number => applyWith(number)),
    rounds: 10
  },
  {
    name: 'four applies that prune',
    node: 'remove',
    commands: [0, 1, 2, 3].map(number => applyWith(number, '--backup-keep', '1')),
    rounds: 6
  },
  { name: 'apply and remove', node: 'remove', commands: [applyWith(0), ['remove', '--yes', '--purge']], rounds: 8 },
  {
    name: 'three restores',
    node: 'restore',
    commands: [
      ['restore', '--yes'],
      ['restore', '--yes'],
      ['restore', '--yes']
    ],
    rounds: 12
  },
  {
    name: 'recover, recover and apply, to undo',
    node: 'recover, to undo',
    commands: [['recover'], ['recover'], applyWith(0)],
    rounds: 6
  },
  { name: 'recover and apply, to finish', node: 'recover, to finish', commands: [['recover'], applyWith(0)], rounds: 6 }
]

for (const { name, node, commands, rounds } of ROWS)
  t.test(`at once: ${name}`, async t => {
    const place = await made(t, node)
    let winners = 0
    for (let round = 0; round < rounds; round++) {
      const { faults, ...rest } = await atOnce(place, round % 2 === 0 ? commands : [...commands].reverse())
      winners += rest.winners
      t.same(faults, [], `round ${round}`)
      t.ok(rest.winners > 0 || name.startsWith('recover'), 'one wins')
    }
    t.comment(`${name}: ${rounds} rounds, ${winners} of ${rounds * commands.length} runs changed something`)
  })

const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
const startOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/s, '').split(' ')[20])

t.test('whose lock it is', async t => {
  const { model, slot } = await made(t, 'apply on a new node')
  const me = {
    pid: process.pid,
    start: startOf(process.pid),
    bootId,
    command: 'apply',
    since: '2026-11-22T01:15:00.000Z'
  }
  for (const { name, holder, want } of [
    { name: 'a process that lives', holder: me, want: 'LOCKED' },
    { name: 'its pid was given to another one', holder: { ...me, start: me.start - 1 }, want: undefined },
    {
      name: 'the same numbers before the last boot',
      holder: { ...me, bootId: bootId.replace(/^./, 'x') },
      want: undefined
    },
    { name: 'no such process', holder: { ...me, pid: 4_194_305 }, want: undefined }
  ]) {
    copyOf(model, slot)
    mkdirSync(join(slot, 'var/lib/auditpatch'), { recursive: true, mode: 0o700 })
    writeFileSync(join(slot, LOCK), `${JSON.stringify(holder)}\n`, { mode: 0o600 })
    const before = readFileSync(join(slot, MANIFEST), 'utf8')
    const ended = await on(slot, ['apply', '--yes'])
    t.equal(ended.code, want === undefined ? 0 : 3, name)
    t.equal(objectOf(ended)?.['code'], want, name)
    t.equal(readFileSync(join(slot, MANIFEST), 'utf8') === before, want !== undefined, name)
    if (want === undefined) t.same(await faultsOfRest(slot), [], name)
  }
})
