import { MINORS } from './build-oracle.ts'
import { generateCase } from './generate-case.ts'
import { generateFlags } from './generate-flags.ts'
import { type Oracle, policyQuestion, serverVerdict } from './oracle.ts'
import { serverFlagVerdict, type ServerFlagVerdict } from './run-flags.ts'
import type { Verdict } from './verdict.ts'
import { type Vectors, writeVectors } from './vectors.ts'

const POLICIES = 3500
const REQUESTS = 4
const FLAGS = 2000

/** Asks the oracle of every minor release about generated cases, writes the vectors, and says where the releases differ. */
export const makeVectors = async (
  file: string,
  seed: number,
  open: (minor: number) => Oracle
): Promise<readonly string[]> => {
  const cases = Array.from({ length: POLICIES }, (_, index) => generateCase(seed, index, REQUESTS))
  const sets = Array.from({ length: FLAGS }, (_, index) => generateFlags(seed, index))
  const verdicts: Verdict[][] = []
  const flagVerdicts: ServerFlagVerdict[][] = []
  for (const minor of MINORS) {
    const oracle = open(minor)
    verdicts.push((await oracle.ask(cases.map(policyQuestion))).map(serverVerdict))
    flagVerdicts.push((await oracle.ask(sets.map(args => ({ op: 'flags', args })))).map(serverFlagVerdict))
    oracle.close()
  }
  const vectors: Vectors = {
    policies: cases.map((asked, at) => ({ asked, answers: column(verdicts, at) })),
    flags: sets.map((args, at) => ({ args, answers: column(flagVerdicts, at) }))
  }
  const bytes = writeVectors(file, vectors)
  return [`${POLICIES} policies, ${FLAGS} sets of flags, ${bytes} bytes`, ...changesIn(vectors)]
}

const column = <T>(rows: readonly (readonly T[])[], at: number): T[] =>
  rows.flatMap(row => {
    const found = row[at]
    return found === undefined ? [] : [found]
  })

// the releases that answer otherwise than the one before, and an example
const changesIn = ({ policies, flags }: Vectors): string[] =>
  MINORS.slice(1).flatMap((minor, index) => {
    const changed = policies.filter(({ answers }) => !isSame(answers[index], answers[index + 1]))
    const changedFlags = flags.filter(({ answers }) => !isSame(answers[index], answers[index + 1]))
    return [
      `1.${minor}: ${changed.length} policies and ${changedFlags.length} sets of flags answered otherwise than by 1.${minor - 1}`,
      ...changed
        .slice(0, 3)
        .map(each => `  ${JSON.stringify(each.asked.text)}\n  ${JSON.stringify(each.answers.slice(index, index + 2))}`),
      ...changedFlags
        .slice(0, 3)
        .map(each => `  ${JSON.stringify(each.args)} ${JSON.stringify(each.answers.slice(index, index + 2))}`)
    ]
  })

// an answer without the line of Kubernetes' source that it names
const isSame = (a: unknown, b: unknown): boolean => plain(a) === plain(b)
const plain = (value: unknown): string => JSON.stringify(value).replace(/scheme\.go:\d+/g, '')
