import { booleanOf, isSameValue } from '../../audit/flag-value.ts'
import { auditFlag, type AuditFlagName } from '../../audit/flags.ts'
import { DEFAULT_MANIFEST } from '../../facts/kubelet.ts'
import { atFlag, flagGoal } from '../goals/audit-goals.ts'
import type { Drill, Goal } from '../drill.ts'
import { auditSettingsStay, fileStays, nodeKeeps, stillStarts } from '../goals/keeps.ts'
import { webhookNodeOf } from './webhook-node.ts'

interface Tuning {
  readonly part: 'buffer-size' | 'max-size' | 'max-wait' | 'throttle-qps' | 'throttle-burst'
  readonly what: string
  readonly values: readonly [string, ...string[]]
}

const TUNINGS: readonly Tuning[] = [
  { part: 'buffer-size', what: 'events that may wait in memory', values: ['20000', '5000', '30000', '50000'] },
  { part: 'max-size', what: 'events in one batch, at most', values: ['100', '200', '250', '1000'] },
  { part: 'max-wait', what: 'longest wait until a batch is sent', values: ['5s', '10s', '1m30s', '1m'] },
  { part: 'throttle-qps', what: 'batches a second, on average', values: ['5', '20', '25', '50'] },
  {
    part: 'throttle-burst',
    what: 'batches at the same moment, where none were sent before',
    values: ['10', '30', '40', '60']
  }
]

// a stage left out is one at which no request can fail
const EVERYTHING = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n'

const THROTTLE = 'audit-webhook-batch-throttle-enable'

export const d02: Drill = {
  id: 'd02',
  title: 'The collector is down, and so is the cluster',
  family: 'webhook',
  minutes: 6,
  points: 6,
  lesson:
    'blocking-strict fails the request whose event cannot be sent; batch queues events and drops them when the queue is full. So one choice protects the log, the other the cluster.',
  make: pick => {
    const node = webhookNodeOf(pick)
    const { policy, kubeconfig, kubeconfigFile, url, leadingTo } = node
    const [throttled, gathered] = [true, false].map(isOf =>
      TUNINGS.filter(({ part }) => part.startsWith('throttle') === isOf)
    )
    const asked = [...pick.some(gathered ?? [], 2), ...pick.some(throttled ?? [], 1)].map(({ part, what, values }) => ({
      part,
      what,
      value: pick.one(values)
    }))
    const wrong = { 'audit-webhook-mode': pick.one(['blocking-strict', 'blocking']) }
    const start = node.broken(node.withWebhook({ ...wrong, ...pick.one([{}, { [THROTTLE]: 'false' }]) }), {
      [kubeconfig]: leadingTo(url),
      [policy]: EVERYTHING
    })
    const wanted = Object.fromEntries(asked.map(({ part, value }) => [flagOf(part), value]))
    const right = { 'audit-webhook-mode': 'batch', [THROTTLE]: 'true', ...wanted }
    return {
      task: [
        wrong['audit-webhook-mode'] === 'blocking'
          ? 'kube-apiserver sends its audit events to a collector. The collector is slow today, and every request to the cluster is slow with it.'
          : 'kube-apiserver sends its audit events to a collector. The collector is down for maintenance, and since then every request to the cluster fails.',
        'Set the webhook so that no request waits for the collector, whatever becomes of it: events are to be gathered and sent in batches. These limits have to hold for the webhook:',
        Object.fromEntries(asked.map(({ what, value }) => [what, value])),
        'The log, the policy, the kubeconfig and all other settings stay as they are, and kube-apiserver has to come up.'
      ],
      start,
      solution: new Map([[DEFAULT_MANIFEST, node.withWebhook(right)]]),
      goals: [
        flagGoal('audit-webhook-mode', 'batch', 'no request waits for the webhook', 40, [
          { value: 'blocking-strict', code: 'still-strict', found: 'a request fails when its event cannot be sent' },
          { value: 'blocking', code: 'still-blocking', found: 'a request waits until its event is sent' }
        ]),
        ...asked.map(each => tuningGoal(each.part, `${each.what}: ${each.value}`, each.value))
      ],
      keeps: [
        ...nodeKeeps(start, []),
        ...[node.policyFile, node.logFile, kubeconfigFile].map(fileStays),
        auditSettingsStay(start, ['audit-webhook-mode', THROTTLE, ...asked.map(({ part }) => flagOf(part))]),
        stillStarts
      ],
      hints: [
        'A webhook can send each event while its request waits, or many at once and later. What is it set to here?',
        'Of the modes, batch is the one in which no request waits; it is the default of the webhook too.',
        'The limits have flags that begin with --audit-webhook-batch-. Those that begin with --audit-log-batch- are about the log. A limit of batches in a time holds only while throttling is on.',
        Object.entries(right)
          .map(([name, value]) => `--${name}=${value}`)
          .join(', ')
      ]
    }
  }
}

const flagOf = (part: Tuning['part']): AuditFlagName => `audit-webhook-batch-${part}`

const tuningGoal = (part: Tuning['part'], asks: string, value: string): Goal => {
  const goal = flagGoal(flagOf(part), value, asks, 20)
  return {
    ...goal,
    judge: seen => {
      const shortfall = goal.judge(seen)
      const ofLog = `audit-log-batch-${part}` as const
      const spec = auditFlag(ofLog)
      if (shortfall && spec && isSameValue(spec, seen.flags.get(ofLog) ?? '', value))
        return atFlag(seen, ofLog, 'flag-of-log', `--${ofLog} is about the log, and not about the webhook`)
      if (shortfall || !part.startsWith('throttle') || booleanOf(seen.flags.get(THROTTLE) ?? 'true') !== false)
        return shortfall
      return atFlag(seen, THROTTLE, 'not-throttled', `--${THROTTLE} is false, so batches are sent without a limit`)
    }
  }
}
