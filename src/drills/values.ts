import type { Pick } from './pick.ts'

/** A policy that is right, for drills that are not about what it says. */
export const plainPolicy = (pick: Pick): string => {
  // no two of the three say the same: another policy is never as good
  const [level, rest] = [pick.one(['Request', 'RequestResponse']), pick.one(['None', 'Metadata'])]
  return `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages:
- RequestReceived
rules:
- level: Metadata
  resources:
  - group: ""
    resources: ["secrets", "configmaps"]
- level: ${level}
  namespaces: ["${pick.one(['prod', 'billing', 'team-a', 'payments'])}"]
- level: ${rest}
`
}

/** A short audit log, as kube-apiserver writes one. */
export const someEvents = (pick: Pick): string =>
  Array.from({ length: pick.number(3, 6) }, () => {
    const verb = pick.one(['get', 'list', 'watch', 'update'])
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: [8, 4, 4, 4, 12].map(digits => pick.hex(digits)).join('-'),
      stage: 'ResponseComplete',
      requestURI: `/api/v1/namespaces/default/${pick.one(['pods', 'secrets', 'configmaps'])}`,
      verb,
      user: { username: pick.one(['system:kube-scheduler', 'kubernetes-admin', 'system:apiserver']) },
      responseStatus: { metadata: {}, code: 200 }
    }
    return `${JSON.stringify(event)}\n`
  }).join('')
