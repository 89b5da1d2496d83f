import { alertCounts } from '../../falco/alert-counts.ts'
import { selectRules } from '../../falco/configuration.ts'
import { type FieldMemo, fieldMemo } from '../../falco/field-memo.ts'
import type { AuditEvent } from '../../falco/audit-event.ts'
import { k8sAuditSource } from '../../falco/k8s-audit-source.ts'
import { type LoadedRules, loadRules } from '../../falco/load-rules.ts'
import type { Rule } from '../../falco/rule.ts'
import { ruleEngine } from '../../falco/rule-engine.ts'
import { hostName } from '../../host/host-name.ts'
import { oneLine } from '../../render/paint.ts'
import type { Io } from '../io.ts'
import type { Args } from '../options.ts'
import { sessionOf } from '../session.ts'
import { refuseRoot } from '../log/log-files.ts'
import { alertWriter } from './alert-writer.ts'
import { askedRules, noteOurs } from './asked-rules.ts'
import { askedDescription, printDescription } from './describe-loaded.ts'
import { type EventOrigin, eventOrigin } from './event-origin.ts'
import { falcoConfiguration, noteOptions } from './falco-configuration.ts'
import { giveEvents } from './give-events.ts'
import { listFields } from './list-fields.ts'
import { refusePrint } from './refuse-print.ts'
import { refuseSources } from './refuse-sources.ts'
import type { RulesFile } from './rules-files.ts'
import { secondsOf } from './seconds.ts'
import { type Asked, tellLoaded, validateRules } from './validate-rules.ts'

/**
 * Loads Falco's rules and runs them on audit events, or lists, describes or validates what it was asked for. Gives 0, and 1
 * where rules are wrong.
 */
export const runFalco = async (args: Args, io: Io): Promise<number> => {
  if (args.has('list')) return listFields(args, io)
  refuseSources(args)
  refuseRoot(args)
  const session = sessionOf(args, io)
  const configuration = falcoConfiguration(args)
  noteOptions(args, configuration, session)
  const source = k8sAuditSource({ isCorrected: configuration.plugin.isCorrected, hostname: hostOf(io) })
  const memo = fieldMemo(source)
  const load = (files: readonly RulesFile[], goesOn: boolean): LoadedRules<AuditEvent> =>
    loadRules(files, { memos: [memo], extraOutputs: configuration.appended, goesOn })
  refusePrint(args, memo)
  const asked = { args, configuration, session, io }
  if (args.list('validate').length > 0) return validateRules(load, asked)
  const files = askedRules(args, configuration, session)
  const loaded = load(files, false)
  if (!tellLoaded(loaded, files, asked)) return 1
  const described = askedDescription(loaded, args)
  if (described) return printDescription(described, asked)
  const origin = eventOrigin(args, configuration.plugin.openParams)
  const seconds = secondsOf(args)
  noteOurs(args, configuration, session)
  const rules = selectRules(loaded.rules, configuration.selections)
  if (origin && !args.has('dry-run')) await judge(rules, memo, origin, { ...asked, seconds })
  return 0
}

const hostOf = (io: Io): string => io.env.FALCO_HOSTNAME ?? hostName()

interface Judging extends Asked {
  readonly seconds: number | undefined
}

const judge = async (
  rules: readonly Rule<AuditEvent>[],
  memo: FieldMemo<AuditEvent>,
  origin: EventOrigin,
  { args, io, session, configuration, seconds }: Judging
): Promise<void> => {
  const counts = alertCounts(rules)
  const ask = ruleEngine(rules, memo, configuration)
  const writer = alertWriter<AuditEvent>(configuration, io, hostOf(io))
  const isUnbuffered = args.has('unbuffered')
  const tell = (): void => {
    const lines = counts.lines().map(oneLine)
    // JSON lines are to be read by a program
    if (session.isJson) for (const line of lines) session.talk(line)
    else io.out(`${lines.join('\n')}\n`)
    session.detail(`${judged} events were judged`)
  }
  let judged = 0
  const take = (event: AuditEvent): void => {
    judged += 1
    ask(event, rule => {
      counts.count(rule)
      writer.write(rule, event, event)
      if (isUnbuffered) writer.flush()
    })
  }
  const { plugin } = configuration
  let isDone = false
  try {
    await giveEvents(origin, { args, io, session, plugin, seconds, take, onCaughtUp: writer.flush })
    isDone = true
  } finally {
    writer.close()
    // what could not begin has no statistics
    if (isDone || judged > 0) tell()
  }
}
