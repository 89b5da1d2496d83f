import type { Request } from '../audit/request.ts'
import type { Verdict } from '../policy/explanation.ts'
import type { Seen } from './seen.ts'
import type { Pick } from './pick.ts'
import type { FileTree } from '../host/file-tree.ts'

/** The families of drills, in the order in which they are listed. */
export const FAMILIES = {
  enable: 'Switch auditing on, or off again',
  repair: 'Repair what somebody left half done',
  policy: 'Write the policy that the task asks for',
  webhook: 'Send the events to a server',
  crash: 'Find out why kube-apiserver does not come up',
  log: 'Read the audit log: who did what',
  falco: 'Write rules for Falco, and read its alerts',
  immutable: 'Containers that cannot be changed while they run'
} as const satisfies Readonly<Record<string, string>>

export type Family = keyof typeof FAMILIES

/** A task to practise on. Everything else about it comes from the seed. */
export interface Drill {
  readonly id: string
  readonly title: string
  readonly family: Family
  /** How long someone who is ready for the exam takes. */
  readonly minutes: number
  /** How much it weighs in an exam. */
  readonly points: number
  /** What to take away from it, shown with the solution and once it is solved. */
  readonly lesson: string
  readonly make: (pick: Pick) => Exercise
}

/** A drill with the values of one seed. */
export interface Exercise {
  /** What is to be done: paragraphs, and rows of a name and its value. */
  readonly task: readonly (string | Readonly<Record<string, string>>)[]
  readonly start: FileTree
  /** What the node looks like once all is done, the files that stay as they are left out; null is a file taken away. */
  readonly solution: ReadonlyMap<string, string | null>
  readonly goals: readonly Goal[]
  /** What must not get lost on the way. */
  readonly keeps: readonly Keep[]
  /** From where to look to nearly the solution. */
  readonly hints: readonly string[]
}

/** Something that is asked for, and not so at the start. The points of an exercise's goals add up to 100. */
export interface Goal {
  readonly id: string
  readonly asks: string
  readonly points: number
  /** What is missing; null once the goal is reached. */
  readonly judge: (seen: Seen) => Shortfall | null
}

/** Something that is so at the start and has to stay so: points are taken off where it does not. */
export interface Keep {
  readonly id: string
  readonly asks: string
  readonly costs: number
  readonly judge: (seen: Seen) => Shortfall | null
}

/** Why a goal is not reached. */
export interface Shortfall {
  /** Stable, in kebab-case. */
  readonly code: string
  /** What is there instead of what was asked. */
  readonly found: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  /** A request in which it shows: what the policy decides of it, and what is asked. */
  readonly counterexample?: { readonly request: Request; readonly found: Verdict; readonly wanted: Verdict }
}
