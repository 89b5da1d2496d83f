import type { Answers } from '../answer.ts'
import { ENABLED, ENABLING, THROUGH_PARENTS } from '../enabling-answers.ts'

export const a01: Answers = { wrong: ENABLING, right: [...ENABLED, ...THROUGH_PARENTS] }
