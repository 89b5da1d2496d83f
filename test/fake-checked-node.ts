import { NEWEST } from '../src/audit/version.ts'
import { runChecks, type CheckOutcome } from '../src/checks/run.ts'
import { EXAMPLE_MANIFEST } from '../src/manifest/example-manifest.generated.ts'
import type { NodeFacts } from '../src/facts/node.ts'
import { type Finding, sortFindings } from '../src/finding.ts'
import { BACKUP_DIRECTORY } from '../src/host/backup.ts'
import { gatherNode } from '../src/inspect/node-facts.ts'
import { planEnableOn } from '../src/inspect/plan-node.ts'
import { hostPath } from '../src/paths.ts'
import { makeKubeconfig } from '../src/audit/kubeconfig.ts'
import { locatePod } from '../src/pod/pod.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { startFaults } from '../src/startup/judge.ts'
import { parseSource } from '../src/text/source.ts'
import { type FakeHost, fakeHost } from './fake-host.ts'

export const MANIFEST = hostPath('/etc/kubernetes/manifests/kube-apiserver.yaml')
export const POLICY = hostPath('/etc/kubernetes/audit/policy.yaml')
export const WEBHOOK = hostPath('/etc/kubernetes/audit/webhook.yaml')
export const LOG = hostPath('/var/log/kubernetes/audit/audit.log')

/** One line of an audit log, written so many seconds after midnight of 2026-11-22. */
export const eventAt = (seconds: number): string =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","stageTimestamp":"${new Date(Date.UTC(2026, 10, 22, 0, 0, seconds)).toISOString().replace('Z', '000Z')}"}\n`

/** A node as kubeadm leaves it, in memory; its manifest has the mode 0600. */
export const kubeadmNode = (): FakeHost =>
  fakeHost({
    [MANIFEST]: { bytes: EXAMPLE_MANIFEST, mode: 0o600 },
    '/etc/kubernetes/manifests/etcd.yaml': POD('etcd'),
    ...Object.fromEntries(
      [...EXAMPLE_MANIFEST.matchAll(/=(\/etc\/kubernetes\/pki\/\S+)/g)].map(match => [match[1] ?? '', 'x'])
    ),
    '/etc/ssl/certs/': {},
    '/var/lib/kubelet/config.yaml': 'staticPodPath: /etc/kubernetes/manifests\n'
  })

const POD = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  namespace: kube-system\nspec:\n  containers:\n  - name: ${name}\n    image: ${name}\n    command: [${name}]\n`

/** The same with auditing switched on as `apply` does it, with a webhook too when a URL is given. */
export const auditedNode = (webhook?: string): FakeHost => {
  const fake = kubeadmNode()
  const plan = planEnableOn(fake.host, MANIFEST, {
    settings: { flags: new Map(), installWebhook: webhook !== undefined },
    version: undefined,
    policy: undefined,
    fallbackPolicy: { name: 'template:baseline', text: POLICY_TEMPLATES.baseline.text },
    webhook: webhook === undefined ? undefined : { name: webhook, text: makeKubeconfig(webhook) }
  })
  for (const { path, owner } of plan.directories) fake.put(`${path}/`, { ...owner })
  for (const { path, after } of plan.files) if (after) fake.put(path, { bytes: after.bytes, ...after.owner })
  fake.put(LOG, { bytes: eventAt(0) + eventAt(60), mode: 0o600 })
  return fake
}

/** Changes the manifest's text; throws when the edit changes nothing. */
export const edit = (fake: FakeHost, change: (text: string) => string): void => {
  const before = fake.text(MANIFEST) ?? ''
  const after = change(before)
  if (after === before) throw new Error('the edit changes nothing')
  fake.put(MANIFEST, { bytes: after, mode: 0o600 })
}

/** Starts a kubelet and the server of the manifest, which answers as healthy. */
export const run = (fake: FakeHost): number => {
  fake.start({ argv: ['/usr/bin/kubelet'] })
  const pod = locatePod(parseSource(fake.text(MANIFEST) ?? '', MANIFEST, 'kubernetes'))
  // the facts count start times from the machine's start, an hour and a quarter ago
  const { pid } = fake.start({ argv: pod.command.words.map(word => word.text), start: 75 * 60 * 100 - 1000 })
  fake.answerWith(() => ({ status: 200, body: '' }))
  return pid
}

/** What the checks say of a node. */
export const check = async (
  fake: FakeHost,
  { root = '/node', ...rest }: { root?: string; clusterConfig?: NodeFacts['clusterConfig'] } = {}
): Promise<{ outcomes: readonly CheckOutcome[]; findings: readonly Finding[] }> => {
  const facts = await gatherNode(
    { ...fake.host, root },
    {
      manifest: MANIFEST,
      backups: BACKUP_DIRECTORY,
      readClusterConfig: () => Promise.resolve(rest.clusterConfig ?? { why: 'a test' })
    }
  )
  const version = facts.manifest.pod?.version ?? NEWEST
  const outcomes = runChecks(facts, version, startFaults(facts, version))
  return { outcomes, findings: sortFindings(outcomes.flatMap(({ findings }) => findings)) }
}
