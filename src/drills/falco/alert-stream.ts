import { alertLine } from '../../falco/alert.ts'
import { PRIORITIES } from '../../falco/priorities.ts'
import { ruleEngine } from '../../falco/rule-engine.ts'
import type { SyscallEvent } from '../../falco/syscall-source.ts'
import type { Pick } from '../pick.ts'
import type { NodeRules } from './node-rules.ts'

/** The alerts that Falco writes about events, one after the other, as lines of JSON. */
export const alertStream = (
  { rules, memo }: NodeRules<SyscallEvent>,
  events: readonly SyscallEvent[],
  hostname: string,
  pick: Pick
): string => {
  const judge = ruleEngine(rules, memo, { matching: 'first', leastPriority: PRIORITIES[7] })
  const lines: string[] = []
  let seconds = Date.UTC(2026, pick.number(0, 10), pick.number(1, 28), pick.number(0, 23)) / 1000
  for (const event of events) {
    seconds += pick.number(3, 400)
    const at = { seconds, nanoseconds: pick.number(0, 999_999_999) }
    judge(event, rule => lines.push(`${alertLine(rule, event, at, { ...OPTIONS, hostname })}\n`))
  }
  return lines.join('')
}

const OPTIONS = {
  isJson: true,
  includeOutput: true,
  includeTags: true,
  includeMessage: false,
  includeOutputFields: true,
  // the local time of a machine would be in the file otherwise
  isIso8601: true
}
