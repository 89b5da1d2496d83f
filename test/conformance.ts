import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { MINORS } from './oracle/build-oracle.ts'
import { judgeFlagsHere } from './oracle/our-flags.ts'
import { judgeHere } from './oracle/ours.ts'
import { flagDifference } from './oracle/run-flags.ts'
import { readVectors } from './oracle/vectors.ts'
import { differenceOf } from './oracle/verdict.ts'

// what Kubernetes' own code said, of every minor release; made by `npm run conformance -- --write`
const FILE = join(dirname(fileURLToPath(import.meta.url)), 'fixtures/conformance/vectors.jsonl.br')
const { policies, flags } = readVectors(FILE)
const isLong = process.env.AUDITPATCH_LONG !== undefined

// all vectors, each with one of the minor releases in turn and with those that differ from the newest; in a long run with all
const isChosen = (index: number, at: number, answers: readonly unknown[]): boolean =>
  isLong || at === index % MINORS.length || JSON.stringify(answers[at]) !== JSON.stringify(answers.at(-1))

t.test('the vectors are many, and of every kind, for every minor release', async t => {
  for (const [at, minor] of MINORS.entries()) {
    const verdicts = policies.map(each => each.answers[at])
    const decisions = verdicts.flatMap(each => each?.decisions ?? [])
    const count = (reason: string): number => verdicts.filter(each => each?.reason === reason).length
    t.ok(verdicts.length + decisions.length + flags.length >= 5000, `1.${minor} has enough of them`)
    t.ok(verdicts.filter(each => each?.reason === 'accepted' && each.lenient).length >= 50, 'with a warning')
    t.ok(new Set(decisions).size >= 100, `${new Set(decisions).size} different decisions`)
    for (const [reason, least] of [
      ['accepted', 1000],
      ['decode', 300],
      ['validation', 200],
      ['header', 20],
      ['no-rules', 5]
    ] as const) {
      t.ok(count(reason) >= least, `${count(reason)} times ${reason}`)
    }
    const phases = flags.map(each => each.answers[at]?.phase)
    for (const phase of ['accepted', 'parse', 'words', 'validation']) t.ok(phases.includes(phase as 'parse'), phase)
  }
})

t.test('policies are judged as the API server judges them', async t => {
  let compared = 0
  for (const [index, { asked, answers }] of policies.entries()) {
    for (const [at, minor] of MINORS.entries()) {
      const server = answers[at]
      if (!server || !isChosen(index, at, answers)) continue
      const difference = differenceOf(server, judgeHere(asked, { major: 1, minor }))
      if (difference !== undefined) t.fail(`1.${minor}: ${difference}`, { text: asked.text, requests: asked.requests })
      compared += 1
    }
  }
  t.ok(compared >= policies.length, `${compared} verdicts`)
})

t.test('flags are judged as the API server judges them', async t => {
  let compared = 0
  for (const [index, { args, answers }] of flags.entries()) {
    for (const [at, minor] of MINORS.entries()) {
      const server = answers[at]
      if (!server || !isChosen(index, at, answers)) continue
      const difference = flagDifference(server, judgeFlagsHere(args, { major: 1, minor }))
      if (difference !== undefined) t.fail(`1.${minor}: ${difference}`, { args })
      compared += 1
    }
  }
  t.ok(compared >= flags.length, `${compared} verdicts`)
})
