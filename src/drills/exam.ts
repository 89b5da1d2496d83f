import type { Drill, Family } from './drill.ts'
import type { Pick } from './pick.ts'

/** The score in percent from which an exam is passed: that of the CKS exam. */
export const PASS_MARK = 67

// time is short in an exam
const TIGHT = 1.2

/**
 * Drills for an exam, as many as are asked for and there are, at most a third of them of one family where there are enough
 * others. Where they take much longer than the time that is given, the longest make room for shorter ones.
 * In the order of the catalogue.
 */
export const chooseDrills = (drills: readonly Drill[], count: number, minutes: number, pick: Pick): Drill[] => {
  const shuffled = pick.some(drills, drills.length)
  const wanted = Math.min(count, drills.length)
  const chosen = new Set<Drill>()
  for (const drill of [...shuffled.filter(isOfFirst(Math.ceil(wanted / 3))), ...shuffled])
    if (chosen.size < wanted) chosen.add(drill)
  while (minutesOf(chosen) > minutes * TIGHT) {
    const swap = longestFirst([...chosen]).flatMap(out => {
      const shorter = shuffled.find(
        each => each.family === out.family && each.minutes < out.minutes && !chosen.has(each)
      )
      return shorter ? [{ out, shorter }] : []
    })[0]
    if (!swap) break
    chosen.delete(swap.out)
    chosen.add(swap.shorter)
  }
  return drills.filter(drill => chosen.has(drill))
}

const longestFirst = (drills: readonly Drill[]): Drill[] => [...drills].sort((a, b) => b.minutes - a.minutes)

const minutesOf = (drills: Iterable<Drill>): number => [...drills].reduce((sum, { minutes }) => sum + minutes, 0)

/** True for the first so many drills of each family. */
const isOfFirst = (limit: number) => {
  const taken = new Map<Family, number>()
  return ({ family }: Drill): boolean => {
    const before = taken.get(family) ?? 0
    taken.set(family, before + 1)
    return before < limit
  }
}

/** A task of an exam with what came of it. */
export interface Graded {
  readonly drill: Drill
  /** From 0 to 100. */
  readonly score: number
  /** Minutes after the end at which its files were changed still, for which it counts nothing; null where they were not. */
  readonly late: number | null
}

/** The final sheet of an exam. */
export interface Sheet {
  readonly tasks: readonly (Graded & { readonly earned: number })[]
  readonly earned: number
  readonly points: number
  readonly percent: number
  readonly isPassed: boolean
}

/** The sheet of graded tasks, each weighted by its drill's points. */
export const sheetOf = (graded: readonly Graded[]): Sheet => {
  const tasks = graded.map(each => ({
    ...each,
    earned: each.late === null ? (each.score * each.drill.points) / 100 : 0
  }))
  const earned = tasks.reduce((sum, task) => sum + task.earned, 0)
  const points = tasks.reduce((sum, { drill }) => sum + drill.points, 0)
  const percent = points === 0 ? 0 : Math.floor((earned / points) * 100 + 1e-9)
  return { tasks, earned, points, percent, isPassed: percent >= PASS_MARK }
}
