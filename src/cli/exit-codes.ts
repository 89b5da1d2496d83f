/** What the process returns, the same for all commands. */
export const EXIT_CODES = [
  { code: 0, name: 'done', meaning: 'done, or nothing to do' },
  { code: 1, name: 'findings', meaning: 'findings, differences (--exit-code), a failing grade' },
  { code: 2, name: 'usage', meaning: 'wrong usage' },
  {
    code: 3,
    name: 'refused',
    meaning: 'refused: input that cannot be worked on, or failed preflight; nothing was changed'
  },
  { code: 4, name: 'rolledBack', meaning: 'failed and rolled back' },
  { code: 5, name: 'notRolledBack', meaning: 'failed and NOT rolled back; the message says what to run' },
  { code: 130, name: 'interrupted', meaning: 'interrupted before anything was changed' }
] as const

export type ExitName = (typeof EXIT_CODES)[number]['name']

const codes: Readonly<Record<ExitName, number>> = {
  done: 0,
  findings: 1,
  usage: 2,
  refused: 3,
  rolledBack: 4,
  notRolledBack: 5,
  interrupted: 130
}

/** The number of an exit code. */
export const exitCode = (name: ExitName): number => codes[name]
