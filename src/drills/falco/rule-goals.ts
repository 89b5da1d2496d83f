import { printCondition } from '../../falco/print-condition.ts'
import type { Rule } from '../../falco/rule.ts'
import type { SyscallEvent } from '../../falco/syscall-source.ts'
import { AuditError } from '../../errors.ts'
import type { FileTree } from '../../host/file-tree.ts'
import type { Goal, Keep, Shortfall } from '../drill.ts'
import { firstDifference } from '../goals/first-difference.ts'
import { LOCAL_FILE } from './default-rules.ts'
import { atStart, messageOf, type NodeRules, ruleNamed, type RulesLoader, tells } from './node-rules.ts'
import { eventWords } from './processes.ts'

/** Judges the rules that Falco has loaded. */
export type JudgeRules<E> = (found: NodeRules<E>) => Shortfall | null

/** Judges one of the rules that Falco has loaded. */
export type JudgeRule<E> = (rule: Rule<E>, found: NodeRules<E>) => Shortfall | null

type About<T, E> = Omit<T, 'judge'> & { readonly judge: JudgeRules<E> }

/** Goals about the rules of a node: none is reached while Falco does not start with them. */
export const rulesGoals = <E>(load: RulesLoader<E>, goals: readonly About<Goal, E>[]): Goal[] =>
  goals.map(({ judge, ...goal }) => ({
    ...goal,
    judge: seen => {
      const found = load(seen)
      return 'code' in found ? found : judge(found)
    }
  }))

/** A keep about the rules of a node; that Falco does not start is told by the goals. */
export const rulesKeep = <E>(load: RulesLoader<E>, { judge, ...keep }: About<Keep, E>): Keep => ({
  ...keep,
  judge: seen => {
    const found = load(seen)
    return 'code' in found ? null : judge(found)
  }
})

/** A judge of the rule of a name, which has to be there and switched on. */
export const ofRule =
  <E>(name: string, judge: JudgeRule<E>): JudgeRules<E> =>
  found => {
    const rule = ruleNamed(found, name)
    return 'code' in rule ? rule : judge(rule, found)
  }

/** What is asked for as the priority of a rule, by the word that a rules file has for it. */
export const ofPriority = <E>(name: string, priority: string): JudgeRules<E> =>
  ofRule(name, ({ priority: { short, name: is } }) =>
    short === priority ? null : { code: 'other-priority', found: `the priority is ${is}`, file: LOCAL_FILE }
  )

/** The rules with which a drill begins. Throws IMPOSSIBLE where Falco would not start with them. */
export const rulesAtStart = <E>(tree: FileTree, load: RulesLoader<E>): NodeRules<E> => {
  const found = load(atStart(tree))
  if ('code' in found) throw new AuditError('IMPOSSIBLE', `the rules of a drill: ${found.found}`)
  return found
}

const saidBy = ({ condition, output, priority, isEnabled, tags }: Rule<never>) => ({
  condition: printCondition(condition),
  output: output.trim(),
  priority: priority.name,
  enabled: isEnabled,
  tags: [...tags].sort().join(', ')
})

/** That rules which are not asked about say what they said at the start. */
export const otherRulesStay = (
  load: RulesLoader<SyscallEvent>,
  before: NodeRules<SyscallEvent>,
  mayChange: readonly string[]
): Keep =>
  rulesKeep(load, {
    id: 'other-rules',
    asks: 'the other rules say what they said',
    costs: 30,
    judge: ({ rules }) => {
      for (const was of before.rules) {
        if (mayChange.includes(was.name)) continue
        const is = rules.find(({ name }) => name === was.name)
        if (!is) return { code: 'other-rule', found: `the rule ${JSON.stringify(was.name)} is gone` }
        const lost = firstDifference(saidBy(was), saidBy(is))
        if (lost !== undefined) return { code: 'other-rule', found: `of the rule ${JSON.stringify(was.name)}, ${lost}` }
      }
      return null
    }
  })

/** An event that a rule must tell of, or must not, and the code under which it is told that it does otherwise. */
export interface Trial {
  readonly event: SyscallEvent
  readonly isMeant: boolean
  readonly code: string
}

/** Judges whether a rule tells of what it is meant to tell of: the first trial in which it does otherwise. */
export const onTrial =
  (trials: readonly Trial[]): JudgeRule<SyscallEvent> =>
  (rule, found) => {
    const wrong = trials.find(({ event, isMeant }) => tells(found, rule, event) !== isMeant)
    if (!wrong) return null
    const does = wrong.isMeant ? 'does not tell of' : 'tells of'
    return { code: wrong.code, found: `the rule ${does} ${eventWords(wrong.event)}`, file: LOCAL_FILE }
  }

/** Whether an alert shows what two events differ in. */
export const shows = <E>(found: NodeRules<E>, rule: Rule<E>, one: E, other: E): boolean =>
  messageOf(found, rule, one) !== messageOf(found, rule, other)
