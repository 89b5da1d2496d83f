import type { Exercise, Shortfall } from './drill.ts'
import type { Seen } from './seen.ts'

/** What came of one goal. */
export interface Outcome {
  readonly id: string
  readonly asks: string
  /** How many points there are for it, or how many it costs where something got lost. */
  readonly points: number
  readonly shortfall: Shortfall | null
}

/** How far someone has come with an exercise. */
export interface Grade {
  readonly goals: readonly Outcome[]
  readonly keeps: readonly Outcome[]
  /** How many hints were taken. */
  readonly hints: number
  /** From 0 to 100, what hints cost taken off. */
  readonly score: number
}

/** What a hint costs. */
export const HINT_COST = 5

/** Grades the node as it is. */
export const grade = (exercise: Exercise, seen: Seen, hints: number): Grade => {
  const goals = exercise.goals.map(({ id, asks, points, judge }) => ({ id, asks, points, shortfall: judge(seen) }))
  const keeps = exercise.keeps.map(({ id, asks, costs, judge }) => ({
    id,
    asks,
    points: costs,
    shortfall: judge(seen)
  }))
  const reached = goals.reduce((sum, { points, shortfall }) => sum + (shortfall ? 0 : points), 0)
  const lost = keeps.reduce((sum, { points, shortfall }) => sum + (shortfall ? points : 0), 0)
  return { goals, keeps, hints, score: Math.max(0, reached - lost - hints * HINT_COST) }
}
