import { spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { parse, stringify } from 'yaml'
import { makeNode, remakeNode } from '../src/cli/drill/node-directory.ts'
import { DRILLS } from '../src/drills/catalogue.ts'
import { IMAGES, machineOf } from '../src/drills/container/machine.ts'
import { runProgram } from '../src/drills/container/run-program.ts'
import type { Drill, Exercise } from '../src/drills/drill.ts'
import { grade, type Grade } from '../src/drills/grade.ts'
import { pickFor } from '../src/drills/pick.ts'
import { lookAt, type Seen } from '../src/drills/seen.ts'
import type { FileTree } from '../src/host/file-tree.ts'
import { nodeHostReader } from '../src/host/node-host-reader.ts'
import type { Files } from './drills/answer.ts'
import { ANSWERS } from './drills/answers.ts'
import { HELD_OUT } from './drills/held-out.ts'
import { probeScript, SCRIPT_FILES } from './drills/probe-scripts.ts'
import { fakeHost } from './fake-host.ts'
import { diceFrom } from './oracle/dice.ts'

const SEEDS = process.env['AUDITPATCH_LONG'] === undefined ? 1 : 12
const HELD_OUT_SEEDS = Math.ceil(SEEDS / 2)

const filesOf = (tree: FileTree): Record<string, string> =>
  Object.fromEntries([...tree].flatMap(([path, entry]) => (entry.kind === 'file' ? [[path, entry.text]] : [])))

const solved = ({ start, solution }: Exercise): Files => ({ ...filesOf(start), ...Object.fromEntries(solution) })

/** The node of an exercise with such files; null is a file that is not there. A directory stays where no file takes its place. */
const nodeWith = ({ start }: Exercise, files: Files): Promise<Seen> => {
  const there = Object.entries(files).filter((each): each is [string, string] => each[1] !== null)
  const directories = [...start].filter(([path, { kind }]) => kind === 'directory' && !(path in files))
  const { host } = fakeHost({
    ...Object.fromEntries(directories.map(([path]) => [path, { kind: 'directory' as const }])),
    ...Object.fromEntries(there)
  })
  return lookAt(host)
}

const gradeOf = async (exercise: Exercise, files: Files): Promise<Grade> =>
  grade(exercise, await nodeWith(exercise, files), 0)

const shortfalls = ({ goals, keeps }: Grade): string[] =>
  [...goals, ...keeps].flatMap(({ id, shortfall }) =>
    shortfall ? [`${id}: ${shortfall.code} (${shortfall.found})`] : []
  )

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml'
type Json = Record<string, unknown>

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)])
  )
}

// ways to write the same, which nobody may be marked down for
const SPELLINGS: Readonly<Record<string, (text: string, path: string) => string>> = {
  'as JSON, the keys the other way round': text => JSON.stringify(reversed(parse(text))),
  'flags in args, with the value as a word of its own': (text, path) => {
    if (path !== MANIFEST) return stringify(parse(text), { defaultStringType: 'QUOTE_SINGLE' })
    const pod = parse(text) as { spec: { containers: Json[] } }
    const [container] = pod.spec.containers
    const [program = '', ...flags] = container?.['command'] as string[]
    const words = flags.flatMap(flag =>
      /=(true|false)$/.test(flag) ? [flag] : (/^(--[^=]+)=([^]*)$/.exec(flag)?.slice(1) ?? [flag])
    )
    pod.spec.containers[0] = { ...container, command: [program], args: words }
    return stringify(pod)
  },
  'other names and another order of volumes': (text, path) => {
    if (path !== MANIFEST)
      return `# mine\n${stringify(parse(text), { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 })}`
    const pod = parse(text) as {
      spec: { containers: { volumeMounts: { name: string }[] }[]; volumes: { name: string }[] }
    }
    const mine = (each: { name: string }) => ({ ...each, name: `my-${each.name}` })
    const [container] = pod.spec.containers
    if (container) container.volumeMounts = container.volumeMounts.map(mine).reverse()
    pod.spec.volumes = pod.spec.volumes.map(mine).reverse()
    return stringify(pod)
  }
}

const tryOut = async (t: Test, drill: Drill, seed: number): Promise<void> => {
  const exercise = drill.make(pickFor(drill.id, seed))
  const name = `${drill.id} seed ${seed}`
  t.equal(
    exercise.goals.reduce((sum, { points }) => sum + points, 0),
    100,
    `${name}: 100 points in all`
  )
  t.same(filesOf(drill.make(pickFor(drill.id, seed)).start), filesOf(exercise.start), `${name}: the same node again`)
  const untouched = await gradeOf(exercise, filesOf(exercise.start))
  t.equal(untouched.score, 0, `${name}: untouched`)
  t.ok(
    untouched.goals.every(({ shortfall }) => shortfall !== null),
    `${name}: no goal is reached at the start`
  )
  t.ok(
    untouched.keeps.every(({ shortfall }) => shortfall === null),
    `${name}: nothing is lost at the start`
  )
  const right = solved(exercise)
  const done = await gradeOf(exercise, right)
  t.equal(done.score, 100, `${name}: the solution; ${shortfalls(done).join('; ')}`)
  t.same(await gradeOf(exercise, right), done, `${name}: the same grade again`)
  for (const [spelling, rewrite] of Object.entries(SPELLINGS)) {
    const files = { ...right }
    for (const [path, text] of exercise.solution)
      if (text !== null && text !== undefined && !path.endsWith('.csv')) files[path] = rewrite(text, path)
    const other = await gradeOf(exercise, files)
    t.equal(other.score, 100, `${name}: ${spelling}; ${shortfalls(other).join('; ')}`)
  }
  const answers = ANSWERS[drill.id]
  if (answers?.faults) {
    const { fault } = await nodeWith(exercise, filesOf(exercise.start))
    t.ok(answers.faults.includes(fault?.code ?? null), `${name}: it is broken as told: ${fault?.code ?? 'it starts'}`)
  }
  t.ok((answers?.wrong.length ?? 0) >= 3, `${drill.id} has wrong answers to be told from right ones`)
  for (const { name: wrong, code, edit } of answers?.wrong ?? []) {
    const bad = await gradeOf(exercise, edit(right, exercise))
    const codes = [...bad.goals, ...bad.keeps].flatMap(({ shortfall }) => shortfall?.code ?? [])
    t.ok(bad.score < 100, `${name}: ${wrong} is not right`)
    t.ok(codes.includes(code), `${name}: ${wrong}: ${code} in ${shortfalls(bad).join('; ')}`)
  }
  for (const { name: other, edit } of answers?.right ?? []) {
    const good = await gradeOf(exercise, edit(right, exercise))
    t.equal(good.score, 100, `${name}: ${other}; ${shortfalls(good).join('; ')}`)
  }
}

/** What lies below a directory: files with their texts and rights, directories with their rights. */
const treeIn = (directory: string): Record<string, unknown> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).map(path => {
      const { mode } = lstatSync(join(directory, path))
      const isFile = lstatSync(join(directory, path)).isFile()
      return [path, [mode, isFile ? readFileSync(join(directory, path), 'utf8') : 'directory']]
    })
  )

// the node as start makes it on the disk, graded there, and put back
const onDisk = async (t: Test, drill: Drill, seed: number, directory: string): Promise<void> => {
  const exercise = drill.make(pickFor(drill.id, seed))
  const name = `${drill.id} seed ${seed}`
  const noSeal = (): void => undefined
  makeNode(directory, drill, seed, exercise, noSeal)
  const before = treeIn(directory)
  const seen = (): Promise<Seen> => lookAt(nodeHostReader({ root: directory }))
  t.same(grade(exercise, await seen(), 0), await gradeOf(exercise, filesOf(exercise.start)), `${name}: as in memory`)
  for (const [path, text] of exercise.solution) {
    const file = join(directory, path)
    rmSync(file, { recursive: true, force: true })
    mkdirSync(dirname(file), { recursive: true })
    if (text !== null) writeFileSync(file, text)
  }
  t.equal(grade(exercise, await seen(), 0).score, 100, `${name}: the solution on the disk`)
  writeFileSync(join(directory, 'etc/kubernetes/manifests/junk.yaml'), 'x')
  mkdirSync(join(directory, 'var/log/junk'), { recursive: true })
  remakeNode(directory, drill, seed, exercise, noSeal)
  t.same(treeIn(directory), before, `${name}: reset restores every byte`)
}

for (const drill of DRILLS) {
  t.test(`${drill.id}: ${drill.title}`, async t => {
    for (let seed = 1; seed <= SEEDS; seed++) await tryOut(t, drill, seed)
    const directory = t.testdir()
    for (let seed = 1; seed <= SEEDS; seed++) await onDisk(t, drill, seed, join(directory, String(seed)))
  })
}

t.test('another seed gives another task', async t => {
  for (const drill of DRILLS) {
    const texts = Array.from({ length: SEEDS + 4 }, (_, seed) => {
      const { start, task } = drill.make(pickFor(drill.id, seed))
      return JSON.stringify([...start, task])
    })
    const different = new Set(texts).size
    t.ok(different > texts.length * 0.75, `${drill.id}: ${different} of ${texts.length}`)
  }
})

t.test('held-out answers, which were written without a look at the others', async t => {
  // a third of them is enough for a short run
  const tried = HELD_OUT.filter((_, index) => SEEDS > 1 || index % 3 === 0)
  for (const { drill: id, name, isRight, code, edit } of tried) {
    const drill = DRILLS.find(each => each.id === id)
    if (!drill) return t.fail(`there is no drill ${id}`)
    for (let seed = 1; seed <= HELD_OUT_SEEDS; seed++) {
      const exercise = drill.make(pickFor(id, seed))
      const found = await gradeOf(exercise, edit(solved(exercise), exercise))
      const told = `${id} seed ${seed}: ${name}: ${found.score}; ${shortfalls(found).join('; ')}`
      t.equal(found.score === 100, isRight, told)
      const codes = [...found.goals, ...found.keeps].flatMap(({ shortfall }) => shortfall?.code ?? [])
      if (code !== undefined) t.ok(codes.includes(code), `${told} (${code} is wanted)`)
    }
  }
})

for (const shell of ['sh', 'bash']) {
  const isMissing = process.env['CI'] === undefined && spawnSync(shell, ['-c', 'exit 7']).status !== 7
  const skip = isMissing && `NEEDS ${shell}`
  t.test(`what a probe does in ${shell} is what ${shell} does`, { skip }, async t => {
    const root = t.testdir()
    const told = { followed: 0, failing: 0, removing: 0 }
    for (let seed = 0; seed < SEEDS * SEEDS * 25; seed++) {
      const directory = join(root, String(seed))
      const script = probeScript(diceFrom(seed), shell === 'bash')
      for (const file of SCRIPT_FILES) {
        mkdirSync(dirname(join(directory, file)), { recursive: true })
        writeFileSync(join(directory, file), 'x', { mode: 0o755 })
      }
      const image = { ...IMAGES.Debian, programs: { ...IMAGES.Debian.programs, [directory]: SCRIPT_FILES } }
      const machine = machineOf(image, null)
      const code = runProgram(machine, [shell, '-c', script, directory])
      // given a socket to read from, bash takes itself for a login and reads ~/.bashrc
      const real = spawnSync(shell, ['-c', script, directory], {
        stdio: 'ignore',
        cwd: '/',
        env: { PATH: process.env['PATH'] ?? '' }
      })
      const left = SCRIPT_FILES.filter(file => lstatSync(join(directory, file), { throwIfNoEntry: false }))
      told.followed += code === null ? 0 : 1
      told.failing += real.status === 0 ? 0 : 1
      told.removing += left.length < SCRIPT_FILES.length ? 1 : 0
      if (code === null) continue
      const found = SCRIPT_FILES.filter(file => machine.files.has(`${directory}/${file}`))
      t.same([code === 0, found], [real.status === 0, left], `seed ${seed}: ${script}`)
    }
    const few = SEEDS * SEEDS * 3
    t.ok(told.followed > few * 7 && told.failing > few && told.removing > few, JSON.stringify(told))
  })
}
