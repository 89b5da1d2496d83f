import { type Drill, type Exercise, FAMILIES, type Family } from '../drills/drill.ts'
import { PASS_MARK, type Sheet } from '../drills/exam.ts'
import { HINT_COST } from '../drills/grade.ts'
import type { Exam, Run } from '../drills/progress.ts'
import { spanText } from '../text/amount.ts'
import { commandLines, hintLines, taskLines } from './drill.ts'
import { type Paint, wrapText } from './paint.ts'

/** All drills by family, with the best score of each; the current one has a star. */
export const listLines = (
  drills: readonly Drill[],
  best: Readonly<Record<string, number>>,
  current: string | null,
  paint: Paint,
  width: number
): string[] => {
  const families = Object.keys(FAMILIES) as Family[] // the keys of a literal
  const room = Math.min(Math.max(...drills.map(({ title }) => title.length)), width - 22)
  const row = ({ id, title, minutes }: Drill): string => {
    const score = best[id]
    const done = score === undefined ? '' : score === 100 ? paint.green('100') : String(score).padStart(3)
    const time = paint.dim(`${String(minutes).padStart(3)} min`)
    return `  ${paint.bold(id)}${id === current ? '*' : ' '} ${title.padEnd(room)} ${time}   ${done}`.trimEnd()
  }
  const solved = drills.filter(({ id }) => best[id] === 100).length
  return [
    ...families.flatMap(family => {
      const own = drills.filter(drill => drill.family === family)
      return own.length === 0 ? [] : [FAMILIES[family], ...own.map(row), '']
    }),
    `${solved} of ${drills.length} solved.${current === null ? '' : ' * is the one that was worked on last.'}`,
    ...wrapText('auditpatch drill start ID begins one, drill exam sets several against the clock.', width).map(
      paint.dim
    )
  ]
}

/** The task that is worked on, with what was shown and reached of it. */
export const statusLines = (
  drill: Drill,
  exercise: Exercise,
  { seed, started, hints, isSolved, score }: Run,
  directory: string,
  now: number,
  paint: Paint,
  width: number
): string[] => {
  const facts = [
    `begun ${spanText(now - Date.parse(started))} ago`,
    `seed ${seed}`,
    ...(score === null ? ['not checked yet'] : [`${score} of 100 at the last check`]),
    ...(isSolved ? ['the solution has been shown'] : hints > 0 ? [`hints cost ${hints * HINT_COST}`] : [])
  ]
  return [
    ...taskLines(drill, exercise, paint, width),
    '',
    ...hintLines(exercise.hints.slice(0, hints), false, paint, width),
    ...(hints > 0 ? [''] : []),
    ...wrapText(`${directory}: ${facts.join(', ')}`, width),
    ''
  ]
}

/** An exam that runs: its time and its tasks. */
export const examLines = (
  drills: readonly Drill[],
  directory: string,
  left: number,
  paint: Paint,
  width: number
): string[] => {
  const room = Math.min(Math.max(...drills.map(({ title }) => title.length)), width - 24)
  const time = left > 0 ? `${left} minute${left === 1 ? '' : 's'} left` : 'the time is over'
  return [
    `${paint.bold(`Exam: ${time}`)}, ${drills.length} tasks, ${PASS_MARK} % to pass`,
    '',
    ...drills.map(
      ({ id, title, points }) =>
        `  ${paint.bold(id)}  ${title.padEnd(room)}  ${paint.dim(`${String(points).padStart(2)} point${points === 1 ? '' : 's'}`)}`
    ),
    '',
    ...wrapText(
      `Each task has a node of its own in ${directory}/ID, and its text in ${directory}/ID/TASK. Hints, solutions and results come after the end.`,
      width
    ),
    '',
    ...commandLines(
      left > 0
        ? [
            ['auditpatch drill status ID', 'the task'],
            ['auditpatch drill logs ID', "what the node's logs say"],
            ['auditpatch drill exam', 'the time'],
            ['auditpatch drill exam --end', 'hand in, and see the sheet']
          ]
        : [['auditpatch drill exam', 'hand in, and see the sheet']],
      paint
    )
  ]
}

/** The final sheet of an exam. */
export const sheetLines = (
  sheet: Sheet,
  { seed, started, minutes }: Exam,
  ended: number,
  paint: Paint,
  width: number
): string[] => {
  const room = Math.min(Math.max(...sheet.tasks.map(({ drill }) => drill.title.length)), width - 26)
  const number = (value: number): string => String(Math.round(value * 10) / 10)
  const verdict = sheet.isPassed ? paint.green('passed') : paint.red('not passed')
  return [
    `${paint.bold('Exam')} (seed ${seed}), handed in after ${spanText(ended - Date.parse(started))} of ${minutes} min`,
    '',
    ...sheet.tasks.flatMap(({ drill, score, late, earned }) => [
      `  ${paint.bold(drill.id)}  ${drill.title.padEnd(room)} ${number(earned).padStart(5)} of ${String(drill.points).padStart(2)}  ${paint.dim(`${String(score).padStart(3)} %`)}`,
      ...(late === null ? [] : [paint.dim(`       changed ${late} min after the end, so it counts nothing`)])
    ]),
    '',
    `  ${number(sheet.earned)} of ${sheet.points} points: ${paint.bold(`${sheet.percent} %`)}, ${verdict} (${PASS_MARK} % is the pass mark)`,
    '',
    ...wrapText(
      'auditpatch drill check ID tells what each is missing; hint and solution are open now. drill exam --end shows this sheet again.',
      width
    )
  ]
}
