import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { namesOf, numberOf, refuseWords } from '../fake-campaign-words.ts'
import { type Batch, emptyTotal, type Ended, lineOf, runBatch, type Total, withEnded } from './batch.ts'
import { KINDS } from './kinds.ts'

/** How many inputs a child process tries before another takes its place. */
const IN_A_CHILD = 2000

interface State {
  readonly seed: number
  readonly count: number
  readonly isLight: boolean
  /** By kind: what came of the batches that are done, and which they are. */
  readonly totals: Record<string, Total>
  readonly done: Record<string, number[]>
}

const OPTIONS = {
  what: { type: 'string', default: KINDS.map(({ name }) => name).join() },
  except: { type: 'string', default: '' },
  seed: { type: 'string', default: '1' },
  count: { type: 'string', default: '1000' },
  jobs: { type: 'string', default: '2' },
  resume: { type: 'string' },
  light: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false }
} as const

/**
 * Runs the campaign in child processes and gives the exit code: 1 where something that must hold did not. With --resume FILE what is
 * done is written there, and not done again.
 */
export const drive = async (directory: string, words: readonly string[]): Promise<number> => {
  const { values } = parseArgs({ args: [...words], options: OPTIONS })
  const fresh: State = {
    seed: numberOf('seed', values.seed, 0),
    count: numberOf('count', values.count, 1),
    isLight: values.light,
    totals: {},
    done: {}
  }
  const state = values.resume === undefined ? fresh : resumed(values.resume, fresh)
  const left = values.except.split(',')
  const there = KINDS.map(({ name }) => name)
  if (values.except !== '') namesOf('except', values.except, there)
  const names = namesOf('what', values.what, there).filter(name => !left.includes(name))
  if (names.length === 0) refuseWords('--except leaves no kind, so nothing would be tried')
  const jobs = numberOf('jobs', values.jobs, 1)
  const waiting = names.flatMap(name => batchesOf(name, state))
  const tell = (text: string): void => void (values.quiet || process.stdout.write(`${text}\n`))
  const start = Date.now()
  const size = waiting.length
  const work = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
      const ended = await runBatch(directory, batch)
      record(state, batch, ended, values.resume)
      for (const { seed, message } of ended.filter(each => each.verdict === 'violation'))
        process.stdout.write(`${violationText(batch, seed, message ?? '')}\n`)
      const total = state.totals[batch.kind] ?? emptyTotal
      tell(
        `${Math.round((Date.now() - start) / 1000)} s, ${size - waiting.length} of ${size} batches; ${lineOf(batch.kind, state.seed, total)}`
      )
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  for (const name of names) process.stdout.write(`${lineOf(name, state.seed, state.totals[name] ?? emptyTotal)}\n`)
  return names.every(name => (state.totals[name] ?? emptyTotal).violations.length === 0) ? 0 : 1
}

const violationText = ({ kind, isLight }: Batch, seed: number, message: string): string =>
  `VIOLATION ${kind}: ${message.slice(0, 1500)}\n  again: node test/fuzz/run.mjs --what ${kind} --seed ${seed} --count 1${isLight ? ' --light' : ''}`

const batchesOf = (kind: string, { seed, count, done, isLight }: State): Batch[] =>
  Array.from({ length: Math.ceil(count / IN_A_CHILD) }, (_, index) => ({
    kind,
    isLight,
    index,
    from: seed + index * IN_A_CHILD,
    count: Math.min(IN_A_CHILD, count - index * IN_A_CHILD)
  })).filter(({ index }) => !(done[kind] ?? []).includes(index))

const resumed = (file: string, fresh: State): State => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return fresh
  }
  const { seed, count, isLight, ...rest }: State = JSON.parse(text)
  if (seed !== fresh.seed || count !== fresh.count || isLight !== fresh.isLight)
    refuseWords(`--resume: ${file} is of --seed ${seed} --count ${count}${isLight ? ' --light' : ''}`)
  return { ...fresh, ...rest }
}

const record = (state: State, { kind, index }: Batch, ended: readonly Ended[], file: string | undefined): void => {
  state.totals[kind] = ended.reduce(withEnded, state.totals[kind] ?? emptyTotal)
  state.done[kind] = [...(state.done[kind] ?? []), index]
  if (file === undefined) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(state))
  renameSync(`${file}.new`, file)
}
