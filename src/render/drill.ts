import { keysOfRequest } from '../audit/asked-request.ts'
import type { Drill, Exercise, Shortfall } from '../drills/drill.ts'
import { type Grade, HINT_COST, type Outcome } from '../drills/grade.ts'
import type { Run } from '../drills/progress.ts'
import type { NodeLogs } from '../drills/simulate.ts'
import type { Finding } from '../finding.ts'
import type { Verdict } from '../policy/explanation.ts'
import { codeFrame, linesOf } from './code-frame.ts'
import { diffLines } from './diff.ts'
import { levelText } from './level.ts'
import { harmless, type Paint, wrapText } from './paint.ts'
import { explainCommand, requestSentence } from './request-words.ts'

/** What a drill asks for. */
export const taskLines = (drill: Drill, exercise: Exercise, paint: Paint, width: number): string[] => {
  const measure = `${drill.minutes} minutes, ${drill.points} points`
  const head = `${drill.id}  ${drill.title}`
  return [
    `${paint.bold(head)}${' '.repeat(Math.max(2, width - head.length - measure.length))}${paint.dim(measure)}`,
    ...exercise.task.flatMap(part => [
      '',
      ...(typeof part === 'string' ? wrapText(part, width) : rows(part, paint, width))
    ])
  ]
}

const rows = (part: Readonly<Record<string, string>>, paint: Paint, width: number): string[] => {
  const column = Math.max(...Object.keys(part).map(name => name.length)) + 4
  const isNarrow = Object.values(part).some(value => value.length > width - column) && column > width / 2
  return Object.entries(part).flatMap(([name, value]) =>
    isNarrow
      ? [...indented(wrapText(name, width - 2), 2), ...indented(wrapText(value, width - 6), 6, paint.bold)]
      : wrapText(value, width - column).map(
          (line, index) => `${(index === 0 ? `  ${name}` : '').padEnd(column)}${paint.bold(line)}`
        )
  )
}

const indented = (lines: readonly string[], by: number, set = (line: string): string => line): string[] =>
  lines.map(line => `${' '.repeat(by)}${set(line)}`)

/** What a drill asks for, where its node lies, and how to go on. */
export const startedLines = (
  drill: Drill,
  exercise: Exercise,
  { seed }: Run,
  directory: string,
  file: string,
  paint: Paint,
  width: number
): string[] => [
  ...taskLines(drill, exercise, paint, width),
  '',
  ...wrapText(`The node's files lie below ${directory} (seed ${seed}), the task also in ${directory}/TASK.`, width),
  '',
  ...commandLines(
    [
      [`${file.endsWith('/') ? 'ls' : 'vi'} ${directory}${file}`, ''],
      ['auditpatch drill check', 'what is reached, as often as you like'],
      // no log of theirs tells of Falco
      ...(drill.family === 'falco' ? [] : [['auditpatch drill logs', "what the node's logs say"] as const]),
      ['auditpatch drill hint', `a hint, for ${HINT_COST} points`],
      ['auditpatch drill solution', 'the diff; no score is kept then']
    ],
    paint
  )
]

/** Commands with what they do, in columns. */
export const commandLines = (commands: readonly (readonly [string, string])[], paint: Paint): string[] => {
  const column = Math.max(...commands.filter(([, does]) => does !== '').map(([command]) => command.length)) + 2
  return commands.map(([command, does]) => `  ${does === '' ? command : `${command.padEnd(column)}${paint.dim(does)}`}`)
}

type Counterexample = NonNullable<Shortfall['counterexample']>

/** What came of a check: each goal with its points, and for one that is not reached what is there instead. */
export const gradeLines = (
  { goals, keeps, hints, score }: Grade,
  textOf: (file: string) => string | null,
  paint: Paint,
  width: number
): string[] => {
  const lost = keeps.filter(({ shortfall }) => shortfall !== null)
  const told = new Set<string>()
  const details = ({ shortfall }: Outcome): string[] => {
    if (!shortfall) return []
    const { code: _, ...seen } = shortfall
    const key = JSON.stringify(seen)
    // one fault may keep all goals from being reached
    if (told.has(key)) return [paint.dim('the same')]
    told.add(key)
    return shortfallLines(shortfall, textOf, paint, width - DETAIL)
  }
  const lines = (outcome: Outcome, earned: string): string[] => [
    ...headLines(outcome, earned, paint, width),
    ...indented(details(outcome), DETAIL)
  ]
  return [
    ...goals.flatMap(goal => lines(goal, `${goal.shortfall ? 0 : goal.points}/${goal.points}`)),
    ...lost.flatMap(keep => lines(keep, `-${keep.points}`)),
    ...(hints > 0
      ? [`${`-${hints * HINT_COST}`.padStart(7)}${' '.repeat(DETAIL - 7)}${hints} hint${hints === 1 ? '' : 's'}`]
      : []),
    '',
    (score === 100 ? paint.green : paint.bold)(`${String(score).padStart(7)} of 100`)
  ]
}

const DETAIL = 13

const headLines = ({ asks, shortfall }: Outcome, earned: string, paint: Paint, width: number): string[] => {
  const mark = shortfall ? paint.red('no') : paint.green('ok')
  const [first = '', ...rest] = wrapText(asks, width - DETAIL)
  return [`${earned.padStart(7)}  ${mark}  ${paint.bold(first)}`, ...indented(rest, DETAIL, paint.bold)]
}

const shortfallLines = (
  { found, file, line, column, counterexample }: Shortfall,
  textOf: (file: string) => string | null,
  paint: Paint,
  room: number
): string[] => {
  const text = file === undefined ? null : textOf(file)
  const frame = text === null || line === undefined ? [] : codeFrame(linesOf(text), { line, column }, paint, room)
  return [
    ...wrapText(harmless(found), room),
    ...(file === undefined ? [] : [paint.dim([file, line, column].filter(part => part !== undefined).join(':'))]),
    ...frame,
    ...(counterexample === undefined
      ? []
      : [
          ...wrapText(harmless(`for example ${requestSentence(counterexample.request)}`), room),
          ...verdictLines('is recorded at', counterexample.found, counterexample, paint, room),
          ...verdictLines('asked for is', counterexample.wanted, counterexample, paint, room)
        ])
  ]
}

// of stages it is told where nothing else differs
const verdictLines = (
  name: string,
  { level, stages }: Verdict,
  { found, wanted }: Counterexample,
  paint: Paint,
  room: number
): string[] => {
  const start = `  ${name.padEnd(16)}`
  if (stages.length === 0) return [`${start}${level === 'None' ? 'None: no event' : `${level}, and leaves no event`}`]
  if (found.level !== wanted.level) return [`${start}${levelText(level, paint)}`]
  const column = start.length + LEVEL_WIDTH + 1
  return wrapText(stages.join(', '), room - column).map((line, index) =>
    index === 0
      ? `${start}${levelText(level, paint, LEVEL_WIDTH)} ${paint.dim(line)}`
      : `${' '.repeat(column)}${paint.dim(line)}`
  )
}

// RequestResponse
const LEVEL_WIDTH = 15

/** The command that explains the first request in which something is missing, on the policy where it lies; none without one. */
export const explainLines = ({ goals }: Grade, directory: string, paint: Paint, width: number): string[] => {
  // of a sender who is not known it takes more than a command
  const found = goals.find(({ shortfall }) => (shortfall?.counterexample?.request.user ?? null) !== null)?.shortfall
  if (!found?.counterexample || found.file === undefined) return []
  const lines = explainCommand(`${directory}${found.file}`, found.counterexample.request, width - 2)
  return lines.length === 0 ? [] : ['', 'Why, rule by rule:', ...indented(lines.map(harmless), 2, paint.dim)]
}

/** What is missing, and what got lost, as findings. */
export const gradeFindings = ({ goals, keeps }: Grade): Finding[] =>
  [...goals, ...keeps].flatMap(({ asks, shortfall }) => (shortfall ? [findingOf(asks, shortfall)] : []))

const findingOf = (asks: string, { code, found, file, line, column }: Shortfall): Finding => ({
  code,
  severity: 'error',
  message: `${asks}: ${found}`,
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
  ...(column === undefined ? {} : { column })
})

/** A grade as JSON. */
export const gradeJson = (grade: Grade): Record<string, unknown> => ({
  score: grade.score,
  goals: grade.goals.map(outcomeJson),
  keeps: grade.keeps.map(outcomeJson),
  findings: gradeFindings(grade)
})

const outcomeJson = ({ id, asks, points, shortfall }: Outcome): Record<string, unknown> => ({
  id,
  asks,
  points,
  reached: shortfall === null,
  ...(shortfall === null ? {} : { code: shortfall.code, found: shortfall.found }),
  ...(shortfall?.counterexample === undefined ? {} : { counterexample: counterexampleJson(shortfall.counterexample) })
})

// the rule of the model that wants it so is nobody's business
const counterexampleJson = ({ request, found, wanted }: Counterexample): Record<string, unknown> => ({
  request: keysOfRequest(request),
  sentence: requestSentence(request),
  found: { rule: found.rule, line: found.line, ...decisionJson(found) },
  wanted: decisionJson(wanted)
})

const decisionJson = ({ level, stages, omitManagedFields }: Verdict): Record<string, unknown> => ({
  level,
  stages,
  omitManagedFields
})

/** The hints so far, the newest set off. */
export const hintLines = (hints: readonly string[], isNew: boolean, paint: Paint, width: number): string[] =>
  hints.flatMap((hint, index) => {
    const set = isNew && index === hints.length - 1 ? (line: string) => line : paint.dim
    return wrapText(hint, width - 4).map((line, row) => `${row === 0 ? `${index + 1}.  ` : '    '}${set(line)}`)
  })

/** A solution. */
export const solutionLines = (diffs: readonly string[], lesson: string, paint: Paint, width: number): string[] => [
  ...diffs.flatMap(unified => diffLines(unified, paint)),
  '',
  ...wrapText(lesson, width),
  '',
  ...wrapText('This is one way; drill check judges what an answer does, not how it is written.', width)
]

const CONTAINER = {
  running: 'kube-apiserver runs.',
  exited: 'kube-apiserver has exited, and is started again and again: crictl ps -a shows its container.',
  none: 'There is no container of kube-apiserver: crictl ps -a shows none.'
} as const satisfies Readonly<Record<NodeLogs['container'], string>>

/** What a node's logs say. */
export const logLines = (
  container: NodeLogs['container'],
  files: readonly { readonly path: string; readonly lines: readonly string[] }[],
  paint: Paint,
  width: number
): string[] => [
  ...wrapText(CONTAINER[container], width),
  ...files.flatMap(({ path, lines }) => ['', paint.bold(path), ...lines.map(harmless)])
]
