import { nodeHostReader } from '../../host/node-host-reader.ts'
import { planEnableOn } from '../../inspect/plan-node.ts'
import { isEmpty } from '../../plan/change.ts'
import { findingLines } from '../../render/findings.ts'
import { planJson } from '../../render/json.ts'
import { planLines } from '../../render/plan.ts'
import type { Command } from '../command.ts'
import { enableInputOf } from '../enable-input.ts'
import { exitCode } from '../exit-codes.ts'
import { SETTINGS } from '../options.ts'
import { reportInterrupted } from '../report-interrupted.ts'
import { manifestPathOf } from '../manifest-path.ts'
import { rootOf, sessionOf } from '../session.ts'

export const plan: Command = {
  name: 'plan',
  usage: '',
  summary: 'Show what apply would write and why; writes nothing (also what auditpatch alone does)',
  options: [...SETTINGS, 'exit-code'],
  positionals: 0,
  examples: [
    ['$0 plan', 'the diff for the defaults, on this node'],
    ['$0 plan --policy policy.yaml --log-maxage 60', 'with a policy of your own'],
    ['$0 plan --root /mnt/node1 -o json --exit-code', 'for a mounted node, for a script']
  ],
  run: async (args, io) => {
    const session = sessionOf(args, io)
    const host = nodeHostReader({ root: rootOf(args) })
    reportInterrupted(host, session)
    const result = planEnableOn(host, manifestPathOf(args, host, session), enableInputOf(args))
    session.give(planJson(result))
    const { paint, width } = session
    if (isEmpty(result))
      session.say([
        ...findingLines(result.findings, paint, width),
        paint.green('nothing to do: the audit settings are as wished')
      ])
    else session.say([...planLines(result, paint, width), '', 'nothing was written; auditpatch apply does it'])
    return exitCode(args.has('exit-code') && !isEmpty(result) ? 'findings' : 'done')
  }
}
