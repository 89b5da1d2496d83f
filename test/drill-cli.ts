import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { Io } from '../src/cli/io.ts'
import { DRILLS } from '../src/drills/catalogue.ts'
import { pickFor } from '../src/drills/pick.ts'
import { everyKindWasTried, json, run, type Json } from './fake-cli.ts'

interface Place {
  readonly dir: string
  readonly io: Partial<Io>
  /** Where the progress is written down. */
  readonly state: string
}

const placeOf = (t: Test): Place => {
  const base = t.testdir()
  const home = join(base, 'state')
  return { dir: join(base, 'node'), io: { env: { XDG_STATE_HOME: home } }, state: join(home, 'auditpatch/drills.json') }
}

/** Every file below a directory, with its text. */
const filesIn = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
      .map(file => [file.slice(directory.length), readFileSync(file, 'utf8')])
  )

const solve = (directory: string, id: string, seed: number): void => {
  const exercise = DRILLS.find(drill => drill.id === id)?.make(pickFor(id, seed))
  for (const [path, text] of exercise?.solution ?? []) {
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true })
    rmSync(file, { recursive: true, force: true })
    if (text !== null) writeFileSync(file, text)
  }
}

const start = (t: Test, { dir, io }: Place, id = 'a01', seed = 7) =>
  json(t, ['drill', 'start', id, '--seed', String(seed), '--dir', dir], io)

const scoreOf = (value: Json): unknown => value['score']

t.test('from the start to 100 points', async t => {
  const place = placeOf(t)
  const { dir, io } = place
  const { value: list } = await json(t, ['drill', 'list'], io)
  t.ok((list['drills'] as Json[]).every(({ best }) => best === null))
  const begun = await start(t, place)
  t.match(begun.value, { kind: 'DrillRun', drill: 'a01', seed: 7, directory: dir, hints: [], score: null })
  t.ok(existsSync(join(dir, 'etc/kubernetes/manifests/kube-apiserver.yaml')))
  t.match(readFileSync(join(dir, 'TASK'), 'utf8'), /^a01 {2}Switch auditing on/)
  const untouched = await json(t, ['drill', 'check'], io)
  t.equal(untouched.code, 1)
  t.match(untouched.value, { drill: 'a01', score: 0, live: false, counts: true })
  solve(dir, 'a01', 7)
  const done = await json(t, ['drill', 'check', 'a01'], io)
  t.equal(done.code, 0)
  t.match(done.value, { score: 100, findings: [] })
  const status = await json(t, ['drill', 'status'], io)
  t.match(status.value, { solved: 1, current: { drill: 'a01', score: 100 }, exam: null })
  const after = await json(t, ['drill', 'list'], io)
  t.equal((after.value['drills'] as Json[]).find(({ id }) => id === 'a01')?.['best'], 100)
  const next = await json(t, ['drill', 'start', '--seed', '1', '--dir', `${dir}-2`], io)
  t.not(next.value['drill'], 'a01', 'without a name the next one that is not solved')
})

t.test('what people see', async t => {
  const { dir, io } = placeOf(t)
  const narrow = { ...io, width: 80 }
  const task = await run(['drill', 'start', 'c02', '--seed', '3', '--dir', dir], narrow)
  t.match(task.out, /TASK/)
  t.match(task.out, /audit policy +\/etc\/kubernetes\//)
  const check = await run(['drill', 'check'], narrow)
  t.match(check.out, /0 of 100/)
  t.match(check.out, /for example .*secrets/)
  t.match(check.out, /asked for is +Metadata/)
  for (const command of ['check', 'logs', 'hint', 'status', 'list', 'solution', 'reset']) {
    const { out, code } = await run(['drill', command], narrow)
    t.equal(code, command === 'check' ? 1 : 0, command)
    t.not(out, '', command)
    t.not(/undefined|NaN|\[object/.test(out), true, command)
    // a log's lines and a diff's are as long as they are
    if (command !== 'logs' && command !== 'solution')
      for (const line of out.split('\n')) t.ok(line.length <= 80 || line.includes('/'), `${command}: ${line}`)
  }
})

t.test('the picture of a check in the README is what people see', async t => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const section = readme.slice(readme.indexOf('## Practise'))
  const [, picture = ''] = section.split('```')
  const { dir, io } = placeOf(t)
  const narrow = { ...io, width: 80 }
  const { out } = await run(['drill', 'start', 'c02', '--seed', '7', '--dir', dir], narrow)
  t.match(out, '/etc/kubernetes/audit/audit-policy.yaml')
  const check = await run(['drill', 'check'], narrow)
  t.ok(picture.length > 100 && check.out.includes(picture.replace(/^\n/, '')), check.out)
})

t.test('hints cost points, and after the solution no score is kept', async t => {
  const place = placeOf(t)
  const { dir, io } = place
  await start(t, place)
  const first = await json(t, ['drill', 'hint'], io)
  t.match(first.value, { left: 3, cost: 5 })
  for (let more = 0; more < 5; more++) await run(['drill', 'hint'], io)
  const last = await json(t, ['drill', 'hint'], io)
  t.match(last.value, { left: 0, cost: 20 })
  solve(dir, 'a01', 7)
  const checked = await json(t, ['drill', 'check'], io)
  t.equal(scoreOf(checked.value), 80)
  t.equal(checked.code, 0, 'all is reached')
  const solution = await json(t, ['drill', 'solution'], io)
  t.match(solution.value['files'], [{ path: '/etc/kubernetes/manifests/kube-apiserver.yaml' }])
  t.match((await json(t, ['drill', 'check'], io)).value, { counts: false })
  const list = await json(t, ['drill', 'list'], io)
  t.equal((list.value['drills'] as Json[]).find(({ id }) => id === 'a01')?.['best'], 80)
})

t.test('logs are written where a node has them, and again after a change', async t => {
  const place = placeOf(t)
  const { dir, io } = place
  await start(t, place, 'b01')
  const down = await json(t, ['drill', 'logs'], io)
  t.equal(down.value['container'], 'exited')
  const [, log] = down.value['files'] as { path: string; lines: string[] }[]
  t.match(log?.lines.at(-1), /failed to read file path/)
  t.equal(readFileSync(join(dir, log?.path ?? ''), 'utf8'), `${log?.lines.join('\n')}\n`)
  solve(dir, 'b01', 7)
  const up = await json(t, ['drill', 'logs'], io)
  t.equal(up.value['container'], 'running')
  t.not(existsSync(join(dir, log?.path ?? '')), true, 'what the old container said is gone with it')
})

t.test('reset gives back every byte, and touches no other directory', async t => {
  const place = placeOf(t)
  const { dir, io } = place
  await start(t, place)
  const before = filesIn(dir)
  solve(dir, 'a01', 7)
  writeFileSync(join(dir, 'etc/kubernetes/manifests/kube-apiserver.yaml.bak'), 'x')
  await run(['drill', 'logs'], io)
  await run(['drill', 'hint'], io)
  const { value } = await json(t, ['drill', 'reset'], io)
  t.equal((value['hints'] as string[]).length, 1, 'a hint stays counted')
  t.same(filesIn(dir), before)
  rmSync(dir, { recursive: true })
  mkdirSync(join(dir, 'etc'), { recursive: true })
  writeFileSync(join(dir, 'etc/precious'), 'mine')
  for (const command of ['reset', 'logs', 'check']) {
    const refused = await json(t, ['drill', command], io)
    t.match(refused.value, { kind: 'Error', code: 'WRONG_KIND' }, command)
  }
  t.equal(readFileSync(join(dir, 'etc/precious'), 'utf8'), 'mine')
  rmSync(dir, { recursive: true })
  t.match((await json(t, ['drill', 'check'], io)).value, { code: 'NOT_FOUND', next: /--seed 7/ })
})

/** Runs with a directory as the working directory. */
const within = async <T>(directory: string, work: () => Promise<T>): Promise<T> => {
  const before = process.cwd()
  process.chdir(directory)
  try {
    return await work()
  } finally {
    process.chdir(before)
  }
}

t.test(
  'a command is about the node in which it is given, of several of a drill too, and where one was moved',
  async t => {
    const place = placeOf(t)
    const { dir, io } = place
    await start(t, place)
    await start(t, { ...place, dir: `${dir}-2` }, 'a01', 8)
    await start(t, { ...place, dir: `${dir}-3` }, 'b01', 9)
    solve(dir, 'a01', 7)
    t.match((await json(t, ['drill', 'check'], io)).value, { drill: 'b01', seed: 9 }, 'elsewhere the last one')
    t.match((await json(t, ['drill', 'check', 'a01'], io)).value, { seed: 8 }, 'of a drill the last one')
    const inFirst = (...words: string[]) => within(join(dir, 'etc/kubernetes'), () => json(t, ['drill', ...words], io))
    t.match((await inFirst('check')).value, { drill: 'a01', seed: 7, score: 100 })
    t.match((await inFirst('check', 'a01')).value, { seed: 7, score: 100 })
    t.match((await inFirst('check', 'b01')).value, { drill: 'b01', seed: 9 }, 'another drill is named')
    t.match((await json(t, ['drill', 'check', 'a01'], io)).value, { seed: 7 }, 'it was worked on last')
    const second = filesIn(`${dir}-2`)
    t.match((await inFirst('reset')).value, { directory: dir })
    t.same(filesIn(`${dir}-2`), second, 'another copy stays')
    renameSync(dir, `${dir}-moved`)
    const moved = await within(`${dir}-moved`, () => json(t, ['drill', 'status'], io))
    t.match(moved.value, { current: { drill: 'a01', seed: 7, directory: `${dir}-moved` } })
    await within(`${dir}-moved/etc`, () => run(['drill', 'start', 'a02'], io))
    t.ok(existsSync(join(dirname(dir), 'drill-a02')), 'a node is made beside the one in which somebody is')
  }
)

t.test('another node is graded read only, and no score is kept', async t => {
  const place = placeOf(t)
  const { dir, io, state } = place
  await start(t, place)
  const live = `${dir}-live`
  await run(['drill', 'start', 'a01', '--seed', '7', '--dir', live], { env: { XDG_STATE_HOME: `${dir}-other` } })
  solve(live, 'a01', 7)
  writeFileSync(join(live, 'etc/kubernetes/kubelet.conf'), 'another cluster')
  const [before, progress] = [filesIn(live), readFileSync(state, 'utf8')]
  const { value, code } = await json(t, ['drill', 'check', '--root', live], io)
  t.match(value, { live: true, counts: false, score: 100, keeps: [] })
  t.equal(code, 0)
  t.same(filesIn(live), before)
  t.equal(readFileSync(state, 'utf8'), progress)
})

t.test('refusals say what to do, and change nothing', async t => {
  const place = placeOf(t)
  const { dir, io, state } = place
  t.match((await json(t, ['drill', 'check'], io)).value, { code: 'NOT_FOUND', next: 'auditpatch drill start a01' })
  t.match((await json(t, ['drill', 'start', 'a0l'], io)).value, { code: 'USAGE', message: /is a01 meant/ })
  mkdirSync(dir)
  writeFileSync(join(dir, 'mine'), 'x')
  t.match((await start(t, place)).value, { code: 'WRONG_KIND', next: /--dir/ })
  t.same(readdirSync(dir), ['mine'])
  t.not(existsSync(state), true)
  for (const text of ['', '{', '[]', '{"current":1}', '{"current":null,"runs":{"a01":{}},"best":{},"exam":null}']) {
    mkdirSync(dirname(state), { recursive: true })
    writeFileSync(state, text)
    for (const command of [['list'], ['start', 'a01', '--dir', `${dir}-2`], ['status'], ['check'], ['exam']])
      t.match(
        (await json(t, ['drill', ...command], io)).value,
        { code: 'BAD_PROGRESS' },
        `${text} ${command.join(' ')}`
      )
    t.equal(readFileSync(state, 'utf8'), text, 'what is there is not written over')
  }
  t.not(existsSync(`${dir}-2`), true)
})

t.test('no link leads a command out of the node', async t => {
  const place = placeOf(t)
  const { dir, io } = place
  await start(t, place, 'b01')
  const outside = `${dir}-outside`
  mkdirSync(join(outside, 'log/pods/mine'), { recursive: true })
  writeFileSync(join(outside, 'log/syslog'), 'mine')
  writeFileSync(join(outside, 'log/pods/mine/0.log'), 'mine')
  const before = filesIn(outside)
  for (const [link, target] of [
    ['var', outside],
    ['var/log', join(outside, 'log')]
  ] as const) {
    rmSync(join(dir, 'var'), { recursive: true })
    mkdirSync(dirname(join(dir, link)), { recursive: true })
    symlinkSync(target, join(dir, link))
    t.match((await json(t, ['drill', 'logs'], io)).value, { kind: 'Error', code: 'SYMLINK' }, link)
    t.same(filesIn(outside), before)
    t.equal((await run(['drill', 'reset'], io)).code, 0)
    t.same(filesIn(outside), before, 'reset takes the link away, and not what it leads to')
  }
})

t.test('a progress that another version wrote, or a hand', async t => {
  const place = placeOf(t)
  const { dir, io, state } = place
  await start(t, place)
  const good = readFileSync(state, 'utf8')
  const tried = async (from: string, to: string, ...words: string[]) => {
    writeFileSync(state, good.replace(from, to))
    return (await json(t, ['drill', ...words], io)).value
  }
  const mark = join(dir, '.auditpatch-drill')
  t.match(await tried('"a01"', '"z99"', 'status'), { code: 'BAD_PROGRESS', message: /"z99".*does not have it/ })
  t.match(await tried('"a01"', '"z99"', 'reset'), { code: 'BAD_PROGRESS', next: /the version that began it/ })
  t.match(await tried('"2', '"9999-99-99T99:99:99Z2', 'status'), { code: 'BAD_PROGRESS', message: /wanted a time/ })
  t.match(await tried('"exam": null', '"exam": 1', 'exam', '--end'), { code: 'BAD_PROGRESS' })
  t.ok(existsSync(mark))
})

t.test('two commands at once forget nothing of each other', async t => {
  const place = placeOf(t)
  const { dir, io, state } = place
  await start(t, place)
  // called when all has been read and nothing is written yet
  const countInterrupts = (): (() => number) => {
    writeFileSync(state, readFileSync(state, 'utf8').replace('"hints": 0', '"hints": 1'))
    return () => 0
  }
  const begun = await json(t, ['drill', 'start', 'a02', '--seed', '1', '--dir', `${dir}-2`], { ...io, countInterrupts })
  t.equal(begun.code, 0)
  t.match(JSON.parse(readFileSync(state, 'utf8')), { runs: { [dir]: { hints: 1 }, [`${dir}-2`]: { drill: 'a02' } } })
  for (const word of ['hint', 'logs', 'solution', 'reset'])
    t.equal((await run(['drill', word], { ...io, lost: () => 'ENOSPC' })).code, 0, `${word} is done, whoever sees it`)
})

t.test('what cannot be remembered is not begun', async t => {
  const { dir, io, state } = placeOf(t)
  mkdirSync(dirname(dirname(state)), { recursive: true })
  writeFileSync(dirname(state), 'a file where the directory would be')
  for (const command of [['start', 'a01'], ['exam']])
    t.match((await json(t, ['drill', ...command, '--dir', dir], io)).value, { kind: 'Error' }, command.join(' '))
  t.not(existsSync(dir), true)
})

t.test('a start that was killed before its mark stood is no hindrance', async t => {
  const place = placeOf(t)
  const { dir } = place
  mkdirSync(dir)
  writeFileSync(join(dir, '..auditpatch-drill.auditpatch-0123456789ab'), '{"dri')
  t.equal((await start(t, place)).code, 0)
  t.same(
    readdirSync(dir).filter(name => name.startsWith('.')),
    ['.auditpatch-drill']
  )
})

t.test('where a node may be made', async t => {
  const place = placeOf(t)
  const { dir, io } = place
  await start(t, place)
  const inside = await json(t, ['drill', 'start', 'a02', '--dir', join(dir, 'etc/inner')], io)
  t.match(inside.value, { code: 'WRONG_KIND', message: /lies in the node of a01/ })
  const file = join(dir, 'TASK')
  for (const odd of [file, join(file, 'x'), join(dir, 'x'.repeat(300))])
    t.match((await json(t, ['drill', 'start', 'a02', '--dir', odd], io)).value, { kind: 'Error' }, odd.slice(-20))
  for (const seed of ['-1', '1.5', '1e9', '1000000000', ''])
    t.equal((await run(['drill', 'start', 'a02', '--seed', seed, '--dir', `${dir}-2`], io)).code, 2, seed)
  t.equal((await run(['drill', 'reset', '--root', dir], io)).code, 2, 'only check takes --root')
  t.not(existsSync(`${dir}-2`), true)
})

t.test('an exam', async t => {
  const { dir, io, state } = placeOf(t)
  t.match((await json(t, ['drill', 'exam', '--end'], io)).value, { code: 'NOT_FOUND' })
  t.match((await json(t, ['drill', 'exam', '--n', '0'], io)).value, { code: 'USAGE' })
  const begun = await json(t, ['drill', 'exam', '--n', '3', '--minutes', '20', '--seed', '4', '--dir', dir], io)
  const tasks = begun.value['tasks'] as { drill: string; points: number }[]
  t.equal(tasks.length, 3)
  t.match(begun.value, { minutes: 20, minutesLeft: 20, sheet: null })
  const [first, second, third] = tasks.map(({ drill }) => drill)
  if (first === undefined || second === undefined || third === undefined) return t.fail('three tasks are wanted')
  t.match((await json(t, ['drill', 'status', second], io)).value, { current: { drill: second }, exam: { seed: 4 } })
  for (const command of ['check', 'hint', 'solution'])
    t.match((await json(t, ['drill', command, first], io)).value, { code: 'EXAM_RUNS' }, command)
  t.match((await json(t, ['drill', 'start', 'a01', '--dir', `${dir}-2`], io)).value, { code: 'EXAM_RUNS' })
  t.match((await json(t, ['drill', 'logs', first], io)).value, { kind: 'DrillLogs' })
  solve(join(dir, first), first, 4)
  solve(join(dir, second), second, 4)
  const late = new Date(Date.now() + 24.5 * 60_000)
  utimesSync(join(dir, second, 'TASK'), late, late)
  rmSync(join(dir, third), { recursive: true })
  const end = await json(t, ['drill', 'exam', '--end'], io)
  const points = Object.fromEntries(tasks.map(({ drill, points }) => [drill, points]))
  t.match(end.value, {
    sheet: {
      tasks: [
        { drill: first, score: 100, earned: points[first], late: null },
        { drill: second, score: 100, earned: 0, late: 5 },
        { drill: third, score: 0, earned: 0, late: null }
      ],
      passed: false
    }
  })
  t.equal(end.code, 1)
  t.match((await json(t, ['drill', 'exam', '--end'], io)).value, end.value, 'the sheet again')
  t.match((await json(t, ['drill', 'status'], io)).value, { exam: null, solved: 1 })
  t.equal((await json(t, ['drill', 'check', first], io)).code, 0, 'results are open now')
  t.match(readFileSync(state, 'utf8'), /"exam": null/)
})

t.test('an exam that is over is handed in by whoever asks for it', async t => {
  const { dir, io, state } = placeOf(t)
  await run(['drill', 'exam', '--n', '1', '--minutes', '20', '--seed', '4', '--dir', dir], io)
  const [id = ''] = readdirSync(dir)
  solve(join(dir, id), id, 4)
  const progress: { exam: { started: string } } = JSON.parse(readFileSync(state, 'utf8'))
  const [past, then] = [Date.now() - 60 * 60_000, new Date(Date.now() - 50 * 60_000)]
  writeFileSync(
    state,
    JSON.stringify({ ...progress, exam: { ...progress.exam, started: new Date(past).toISOString() } })
  )
  for (const entry of readdirSync(join(dir, id), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), then, then)
  t.match((await json(t, ['drill', 'check', id], io)).value, { code: 'EXAM_RUNS', message: /over/ })
  t.match((await json(t, ['drill', 'reset', id], io)).value, { code: 'EXAM_RUNS' }, 'the work is not lost')
  const { out, code } = await run(['drill', 'exam'], io)
  t.match(out, /100 %.*passed/)
  t.match(out, /20 min of 20 min/)
  t.equal(code, 0)
})

t.test('a file that cannot be read keeps no exam from being handed in', async t => {
  const { dir, io } = placeOf(t)
  const begun = await json(t, ['drill', 'exam', '--n', '42', '--seed', '23', '--dir', dir], io)
  const tasks = begun.value['tasks'] as { drill: string }[]
  for (const { drill } of tasks) {
    const root = join(dir, drill)
    mkdirSync(join(root, 'root'), { recursive: true })
    writeFileSync(join(root, 'root/answers.yaml'), 'user: *nobody\n')
    const manifest = join(root, 'etc/kubernetes/manifests/kube-apiserver.yaml')
    rmSync(manifest, { force: true })
    symlinkSync('kube-apiserver.yaml', manifest)
  }
  const { value, code } = await json(t, ['drill', 'exam', '--end'], io)
  // a task may give something for what does not lie in the manifest
  t.match(value, { sheet: { passed: false } })
  t.ok((value['sheet'] as { earned: number }).earned < 2) // as: the schema of the sheet was held against it
  t.equal(code, 1)
})

t.test('every kind of output was held against its schema', async t => everyKindWasTried(t, kind => /^Drill/.test(kind)))
