import { PRIORITIES } from './priorities.ts'
import type { Rule } from './rule.ts'

/** Counts alerts by priority and by rule. */
export interface AlertCounts {
  readonly count: (rule: Pick<Rule<never>, 'name' | 'priority'>) => void
  /** The statistics that Falco prints at its end (stats_manager.cpp of falcosecurity/falco). */
  readonly lines: () => readonly string[]
}

/** Counts for rules in the order of their definition. */
export const alertCounts = (rules: readonly Pick<Rule<never>, 'name'>[]): AlertCounts => {
  const byPriority = new Map<number, number>()
  const byRule = new Map(rules.map(({ name }) => [name, 0]))
  let total = 0
  return {
    count: ({ name, priority }) => {
      total += 1
      byPriority.set(priority.number, (byPriority.get(priority.number) ?? 0) + 1)
      byRule.set(name, (byRule.get(name) ?? 0) + 1)
    },
    lines: () => [
      `Events detected: ${total}`,
      'Rule counts by severity:',
      ...PRIORITIES.flatMap(({ number, short }) => counted(short, byPriority.get(number) ?? 0)),
      'Triggered rules by rule name:',
      ...[...byRule].flatMap(([name, count]) => counted(name, count))
    ]
  }
}

const counted = (name: string, count: number): string[] => (count === 0 ? [] : [`   ${name}: ${count}`])
