import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DRILLS } from '../../../src/drills/catalogue.ts'
import { pickFor } from '../../../src/drills/pick.ts'
import { EXAMPLE_MANIFEST } from '../../../src/manifest/example-manifest.generated.ts'
import { MANIFEST } from '../fake-run.ts'
import { runProgram } from './fake-program.ts'
import { PROGRESS } from './fake-state.ts'
import { put, type Victim } from './fake-victim.ts'

const DRILL = 'nodes/drill-a01'
const SEED = 7
const START = ['drill', 'start', 'a01', '--seed', String(SEED), '-o', 'json']
const EXAM = ['drill', 'exam', '-n', '2', '--seed', String(SEED), '-o', 'json']
const END = ['drill', 'exam', '--end', '-o', 'json']

const run = async (directory: string, args: readonly string[]): Promise<void> => {
  mkdirSync(join(directory, 'nodes'), { recursive: true })
  const { code, err } = await runProgram(args, directory, { cwd: 'nodes' })
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`)
}

const solve = (directory: string, drill: string): void => {
  const { solution } = DRILLS.find(({ id }) => id === drill)?.make(pickFor(drill, SEED)) ?? {}
  for (const [path, text] of solution ?? []) {
    rmSync(join(directory, path), { recursive: true, force: true })
    if (text !== null) put(directory, path, text)
  }
}

const makeStarted = (directory: string): Promise<void> => run(directory, START)

// as: our own file, made a moment ago
const progressIn = (directory: string) =>
  JSON.parse(readFileSync(join(directory, PROGRESS), 'utf8')) as {
    readonly runs: Readonly<Record<string, { readonly hints: number }>>
    readonly exam: { readonly tasks: readonly { readonly drill: string; readonly directory: string }[] } | null
  }

/** What `drill` writes: nodes, and what has been done so far. */
export const DRILL_VICTIMS: readonly Victim[] = [
  {
    name: 'drill start',
    kind: 'writer',
    make: async directory => put(directory, '/nodes/README', 'mine\n'),
    args: () => START,
    cwd: 'nodes',
    again: directory =>
      existsSync(join(directory, DRILL, '.auditpatch-drill'))
        ? { args: ['drill', 'reset', '-o', 'json'], cwd: DRILL }
        : { args: START, cwd: 'nodes' },
    watched: ['/nodes']
  },
  {
    name: 'drill reset',
    kind: 'writer',
    make: async directory => {
      await makeStarted(directory)
      put(directory, `/${DRILL}${MANIFEST}`, EXAMPLE_MANIFEST)
    },
    args: () => ['drill', 'reset', '-o', 'json'],
    cwd: DRILL,
    isRemade: true,
    watched: ['/nodes']
  },
  {
    name: 'drill hint',
    kind: 'writer',
    make: makeStarted,
    args: () => ['drill', 'hint', '-o', 'json'],
    cwd: DRILL,
    // each gives one more
    again: directory => {
      const isShown = Object.values(progressIn(directory).runs).some(({ hints }) => hints > 0)
      return { args: ['drill', isShown ? 'status' : 'hint', '-o', 'json'], cwd: DRILL }
    },
    watched: ['/nodes', PROGRESS]
  },
  {
    name: 'drill check',
    kind: 'writer',
    make: async directory => {
      await makeStarted(directory)
      solve(join(directory, DRILL), 'a01')
    },
    args: () => ['drill', 'check', '-o', 'json'],
    cwd: DRILL,
    isJudge: true,
    watched: ['/nodes', PROGRESS]
  },
  {
    name: 'drill solution',
    kind: 'writer',
    make: makeStarted,
    args: () => ['drill', 'solution', '-o', 'json'],
    cwd: DRILL,
    watched: ['/nodes', PROGRESS]
  },
  {
    name: 'drill logs',
    kind: 'writer',
    make: async directory => {
      await makeStarted(directory)
      await run(directory, ['drill', 'logs', 'a01'])
    },
    args: () => ['drill', 'logs', '-o', 'json'],
    cwd: DRILL,
    // the lines of the logs bear the time
    watched: [`/${DRILL}/etc`, PROGRESS]
  },
  {
    name: 'drill exam',
    kind: 'writer',
    make: makeStarted,
    args: () => EXAM,
    cwd: 'nodes',
    // nodes of an exam that was never begun are left to their owner, and the next one lies beside them
    again: directory => {
      if (progressIn(directory).exam === null) rmSync(join(directory, 'nodes/exam'), { recursive: true, force: true })
      return { args: EXAM, cwd: 'nodes' }
    },
    watched: ['/nodes', PROGRESS]
  },
  {
    name: 'drill exam --end',
    kind: 'writer',
    make: async directory => {
      await run(directory, EXAM)
      for (const { drill, directory: node } of progressIn(directory).exam?.tasks ?? []) solve(node, drill)
    },
    args: () => END,
    cwd: 'nodes',
    isJudge: true,
    watched: ['/nodes', PROGRESS]
  }
]
