import type { AuditFlagName } from '../../audit/flags.ts'
import { flagGoal } from '../goals/audit-goals.ts'
import type { Goal } from '../drill.ts'
import type { Pick } from '../pick.ts'

/** What is said in a task of each flag that decides how long an audit log is kept. */
const ROTATION = {
  'audit-log-maxage': 'days that a full log is kept',
  'audit-log-maxbackup': 'full logs that are kept',
  'audit-log-maxsize': 'megabytes at which a log is full'
} as const satisfies Partial<Record<AuditFlagName, string>>

export type RotationFlag = keyof typeof ROTATION
type Values = Readonly<Record<RotationFlag, string>>

/** Their names. */
export const ROTATION_FLAGS = Object.keys(ROTATION) as [RotationFlag, ...RotationFlag[]] // the keys of a literal

/** True for one of them. */
export const isRotationFlag = (name: string): name is RotationFlag => name in ROTATION

/** Values of a seed, no two of them equal. */
export const rotationOf = (pick: Pick): Values => {
  const backups = pick.number(2, 12)
  return {
    'audit-log-maxage': String(backups + pick.number(3, 40)),
    'audit-log-maxbackup': String(backups),
    'audit-log-maxsize': String(pick.number(60, 400))
  }
}

/** Values as rows of a task. */
export const rotationRows = (values: Values): Record<string, string> =>
  Object.fromEntries(ROTATION_FLAGS.map(flag => [ROTATION[flag], values[flag]]))

/** The goal that one of them has its value; one that has the value of another is told so. */
export const rotationGoal = (flag: RotationFlag, values: Values, points: number): Goal => {
  const goal = flagGoal(flag, values[flag], `${ROTATION[flag]}: ${values[flag]}`, points)
  return {
    ...goal,
    judge: seen => {
      const shortfall = goal.judge(seen)
      const other = ROTATION_FLAGS.find(each => each !== flag && Number(seen.flags.get(flag)) === Number(values[each]))
      return shortfall?.code === 'other-value' && other
        ? { ...shortfall, code: 'flags-swapped', found: `${shortfall.found}; that was asked of the ${ROTATION[other]}` }
        : shortfall
    }
  }
}
