import type { AuditEvent } from '../../falco/audit-event.ts'
import { k8sAuditSource } from '../../falco/k8s-audit-source.ts'
import type { Rule } from '../../falco/rule.ts'
import type { Goal, Shortfall } from '../drill.ts'
import {
  type LogTrial,
  requestWords,
  type RequestTrial,
  runOnLog,
  timesTold,
  type ToldRequests
} from './audit-trial.ts'
import { LOCAL_FILE } from './default-rules.ts'
import type { ExecEvent } from './doors.ts'
import { type NodeRules, rulesLoader } from './node-rules.ts'
import { rememberLast } from './remember-last.ts'
import { type JudgeRule, ofRule, rulesGoals } from './rule-goals.ts'

/** The goals of a rule that tells of who goes into containers, run on logs. */
export const enterGoals = (name: string, logs: readonly LogTrial[]): Goal[] => {
  const run = runner(logs)
  const unless = (isWrong: (times: number, trial: RequestTrial) => boolean, code?: string): JudgeRule<AuditEvent> => {
    return (rule, found) => firstWrong(run(found)(rule), isWrong, code)
  }
  const told = (judge: JudgeRule<AuditEvent>): JudgeRule<AuditEvent> => {
    return (rule, found) => (run(found)(rule).every(log => log.told.size === 0) ? SILENT : judge(rule, found))
  }
  return rulesGoals(rulesLoader(k8sAuditSource()), [
    {
      ...{ id: 'meant', asks: 'the rule tells of each exec and attach that is meant', points: 35 },
      judge: ofRule(
        name,
        unless((times, { isMeant }) => isMeant && times === 0)
      )
    },
    {
      ...{ id: 'once', asks: 'it tells of each request once', points: 20 },
      judge: ofRule(name, told(unless(times => times > 1, 'told-again')))
    },
    {
      ...{ id: 'spared', asks: 'it tells of nothing else', points: 25 },
      judge: ofRule(
        name,
        told((rule, found) => {
          const wrong = unless((times, { isMeant }) => !isMeant && times > 0)(rule, found)
          return wrong ?? everyday(run(found)(rule))
        })
      )
    },
    {
      ...{ id: 'output', asks: 'the output shows who, which namespace, which pod and the command', points: 20 },
      judge: ofRule(name, (rule, found) => unshown(rule, found, logs))
    }
  ])
}

const SILENT: Shortfall = { code: 'silent', found: 'the rule tells of nothing at all', file: LOCAL_FILE }

interface Ran {
  readonly log: LogTrial
  readonly told: ToldRequests
}

// four goals ask for the same
const runner = (logs: readonly LogTrial[]) =>
  rememberLast((found: NodeRules<AuditEvent>) =>
    rememberLast((rule: Rule<AuditEvent>): readonly Ran[] =>
      logs.map(log => ({ log, told: runOnLog(found, rule, log.log) }))
    )
  )

const firstWrong = (
  ran: readonly Ran[],
  isWrong: (times: number, trial: RequestTrial) => boolean,
  code?: string
): Shortfall | null => {
  for (const { log, told } of ran) {
    const wrong = log.trials.find(trial => isWrong(timesTold(told, log, trial), trial))
    if (wrong) return mistake(wrong, timesTold(told, log, wrong), code)
  }
  return null
}

const mistake = (trial: RequestTrial, times: number, code = trial.code): Shortfall => {
  const does = times === 0 ? 'does not tell of' : times > 1 ? `tells ${times} times of` : 'tells of'
  return { code, found: `the rule ${does} ${requestWords(trial)}`, file: LOCAL_FILE }
}

const everyday = (ran: readonly Ran[]): Shortfall | null =>
  ran.some(({ log, told }) => told.size > log.trials.filter(trial => timesTold(told, log, trial) > 0).length)
    ? { code: 'everyday', found: 'the rule tells of requests of every day', file: LOCAL_FILE }
    : null

const unshown = (rule: Rule<AuditEvent>, found: NodeRules<AuditEvent>, logs: readonly LogTrial[]): Shortfall | null => {
  // what is changed may be what the condition asks for
  const always = { ...rule, test: () => true }
  const shown = (line: string): string => [...runOnLog(found, always, line).values()].flat().join()
  const sample = logs
    .flatMap(({ log }) => log.split('\n'))
    .find(line => line.includes('/exec?') && runOnLog(found, rule, line).size > 0)
  if (sample === undefined) return { code: 'silent', found: 'the rule tells of no exec', file: LOCAL_FILE }
  const missing = Object.entries(OTHERS).find(([, change]) => shown(within(sample, change)) === shown(sample))
  return missing
    ? { code: `${missing[0]}-missing`, found: `the output does not show the ${missing[0]}`, file: LOCAL_FILE }
    : null
}

const within = (line: string, change: (event: ExecEvent) => void): string => {
  const event = JSON.parse(line) as ExecEvent // as: a line of the log of this drill
  change(event)
  return JSON.stringify(event)
}

const OTHERS: Readonly<Record<string, (event: ExecEvent) => void>> = {
  user: event => {
    event.user.username = 'somebody-else'
  },
  namespace: event => {
    event.requestURI = event.requestURI.replace(`/namespaces/${event.objectRef.namespace}/`, '/namespaces/elsewhere/')
    event.objectRef.namespace = 'elsewhere'
  },
  pod: event => {
    event.requestURI = event.requestURI.replace(`/pods/${event.objectRef.name}/`, '/pods/something-else/')
    event.objectRef.name = 'something-else'
  },
  command: event => {
    event.requestURI = event.requestURI.replace(/command=[^&]*/g, 'command=else')
  }
}
