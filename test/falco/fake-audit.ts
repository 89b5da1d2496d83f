/** An audit event with changes, `n` seconds after ten o'clock; its ID is `n`. */
export const auditEvent = (n: number, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: String(n),
  stage: 'ResponseComplete',
  requestURI: `/api/v1/${n}`,
  verb: ['get', 'create', 'delete'][n % 3],
  user: { username: 'alice', groups: ['dev', 'ops'] },
  objectRef: { resource: ['secrets', 'pods'][n % 2], name: `object-${n}` },
  responseStatus: { code: 200 },
  stageTimestamp: `2026-11-22T10:00:${String(n).padStart(2, '0')}.000004Z`,
  ...more
})

/** Events as lines of a log. */
export const logOfEvents = (...numbers: readonly number[]): string =>
  numbers.map(n => `${JSON.stringify(auditEvent(n))}\n`).join('')

const rule = (name: string, condition: string, priority: string, more: string): string =>
  `- rule: ${name}\n  desc: about ${name}\n  condition: ${condition}\n  output: ${name}%ka.auditid\n  priority: ${priority}\n  source: k8s_audit\n${more}`

/** Rules on those events: A for what reads a secret, B for what gets or creates, All, which is switched off, for everything. */
export const [RULE_A, RULE_B, RULE_ALL] = [
  rule('A', 'ka.target.resource in (secrets, configmaps) and ka.verb = get', 'WARNING', '  tags: [secret, k8s]\n'),
  rule('B', 'ka.verb in (get, create)', 'INFO', '  tags: [k8s]\n'),
  rule('All', 'ka.auditid exists', 'ERROR', '  enabled: false\n')
] as const

/** The alerts on standard output, without their times, and the statistics behind them. */
export const alertsIn = (out: string): { readonly alerts: string; readonly statistics: string } => {
  const at = out.search(/^Events detected: /m)
  const [alerts, statistics] = at === -1 ? [out, ''] : [out.slice(0, at), out.slice(at)]
  return {
    alerts: alerts.replace(/^\d\d:\d\d:\d\d\.\d{9}: \w+ (.*)\n/gm, '$1 ').trimEnd(),
    statistics
  }
}
