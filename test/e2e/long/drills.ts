import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DRILLS } from '../../../src/drills/catalogue.ts'
import type { Drill, Exercise } from '../../../src/drills/drill.ts'
import { pickFor } from '../../../src/drills/pick.ts'
import { lookAt } from '../../../src/drills/seen.ts'
import { nodeLogs, POD_LOGS } from '../../../src/drills/simulate.ts'
import { nodeHostReader } from '../../../src/host/node-host-reader.ts'
import type { Files } from '../../drills/answer.ts'
import { ANSWERS } from '../../drills/answers.ts'
import { layOut, startOnce } from '../fake-drill-node.ts'
import { noRealServer, realServer } from '../fake-real-server.ts'

t.setTimeout(1_200_000)
process.umask(0o022)

const skip = await noRealServer()
const SEEDS = [1, 2]
const NOW = Date.UTC(2026, 10, 22, 12)

interface Case {
  readonly name: string
  readonly exercise: Exercise
  readonly files: Files
}

/** The nodes of a drill: untouched, solved, and with each wrong answer; those that look alike once. */
const casesOf = (drill: Drill): Case[] => {
  const seen = new Set<string>()
  return SEEDS.flatMap(seed => {
    const exercise = drill.make(pickFor(drill.id, seed))
    const start: Files = Object.fromEntries(
      [...exercise.start].flatMap(([path, entry]) => (entry.kind === 'file' ? [[path, entry.text]] : []))
    )
    const solution: Files = { ...start, ...Object.fromEntries(exercise.solution) }
    const named = [
      ['untouched', start] as const,
      ['solved', solution] as const,
      ...(ANSWERS[drill.id]?.wrong ?? []).map(({ name, edit }) => [name, edit(solution, exercise)] as const)
    ]
    return named.map(([name, files]) => ({ name: `${drill.id} seed ${seed}, ${name}`, exercise, files }))
  }).filter(({ files }) => {
    const digest = digestOf(files)
    return !seen.has(digest) && seen.add(digest)
  })
}

// what neither the kubelet nor kube-apiserver reads makes no other node
const digestOf = (files: Files): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(files).filter(([path]) => !path.startsWith('/root/'))))
    .digest('hex')

// what a kube-apiserver says besides, and the stand-in does not; and what it says of events, of which none comes here
const UNSAID = /^("Golang settings" |Error in audit plugin |Impacted events:)/

// without time, process and place; the stand-in is of another patch release
const wordsOf = (lines: readonly string[]): string[] =>
  lines.map(line =>
    line
      .replace(/^\S+ std(?:out|err) F /, '')
      .replace(/^[IWEF]\d{4} \S+ +\d+ [^\]]+\] /, '')
      .replace(/^(Version: v1\.\d+)\.\d+$/, '$1')
  )

const compare = async (t: Test, { name, exercise, files }: Case, root: string, real: Real): Promise<void> => {
  layOut(root, exercise.start, files)
  const seen = await lookAt(nodeHostReader({ root }))
  const logs = nodeLogs(seen, NOW)
  const outcome = await startOnce(root, seen.node.name ?? '', real)
  const { said } = outcome
  const judged = seen.fault === null ? 'it starts' : `${seen.fault.layer}: ${seen.fault.code}`
  t.equal(outcome.container, logs.container, `${name}: ${judged}`)
  if (outcome.container !== logs.container) return t.comment(said.slice(-600))
  if (outcome.container === 'none' || logs.container === 'none') {
    if (seen.fault && seen.fault.printed !== '')
      t.ok(said.includes(seen.fault.printed), `${name}: the kubelet says ${seen.fault.printed}\n${said}`)
    return
  }
  const shown = [...logs.files].filter(([path]) => path.startsWith(POD_LOGS)).flatMap(([, lines]) => lines)
  const spoken = wordsOf(said.split('\n'))
  const wanted = wordsOf(shown).filter(each => !UNSAID.test(each))
  for (const words of outcome.container === 'exited' ? wanted.slice(0, -1) : wanted)
    t.ok(spoken.includes(words), `${name}: ${words}`)
  // of a server that ends the last words are the ones that matter
  if (outcome.container !== 'exited') return
  const [why, last] = [wanted.at(-1) ?? '', spoken.filter(line => line !== '').at(-1) ?? '']
  const known = CUT.test(seen.fault?.printed ?? '') ? goQuoted(seen.fault?.printed ?? '') : undefined
  if (known === undefined) t.equal(why, last, `${name}: why`)
  else t.ok(why.includes(known) && last.includes(known), `${name}: why, as far as the judge knows: ${last}`)
}

// where a decoder gives up the judge's words end before what only Go can word
const CUT = /(?:yaml: | in scheme|json: cannot unmarshal | of type struct )$/
const goQuoted = (text: string): string => JSON.stringify(text).slice(1, -1)

type Real = NonNullable<Awaited<ReturnType<typeof realServer>>>

t.test('what the logs of a drill say, the node would print', { skip }, async t => {
  const real = await realServer()
  if (real === null) throw new Error('NEEDS GO')
  t.jobs = 2
  for (const drill of DRILLS)
    void t.test(drill.id, async t => {
      const dir = t.testdir()
      const cases = casesOf(drill)
      t.ok(cases.length > 0, `${cases.length} nodes`)
      for (const [index, each] of cases.entries()) {
        const root = join(dir, String(index))
        mkdirSync(root)
        await compare(t, each, root, { ...real, isAlone: true })
      }
    })
})
