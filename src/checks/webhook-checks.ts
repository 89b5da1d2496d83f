import { booleanOf } from '../audit/flag-value.ts'
import { checkKubeconfig } from '../audit/check-kubeconfig.ts'
import { textAt } from '../facts/path-fact.ts'
import { referenceFindings } from '../plan/webhook-references.ts'
import { unreadFile } from '../startup/unread-file.ts'
import type { Check, Found, PodContext } from './check.ts'
import { placeOfFlag } from './place.ts'

/** Checks of the webhook backend. */
export const WEBHOOK_CHECKS: readonly Check[] = [
  {
    id: 'kubeconfig-too-large',
    subject: 'webhook',
    title: "The webhook's kubeconfig is short enough to be judged",
    severity: 'error',
    why: 'kube-apiserver reads one of any length',
    about: 'webhook',
    needs: 'pod',
    run: ({ facts }) => unreadFile(facts, 'webhook')
  },
  {
    id: 'kubeconfig',
    subject: 'webhook',
    title: "The webhook's kubeconfig leads to a receiver, and safely",
    severity: 'warning',
    why: 'events that cannot be sent are dropped after some tries',
    about: 'webhook',
    needs: 'pod',
    run: kubeconfigFindings
  },
  {
    id: 'webhook-unreachable',
    subject: 'webhook',
    title: 'The receiver of the webhook answers',
    severity: 'warning',
    why: 'kube-apiserver starts all the same, and drops the events after some tries',
    about: 'webhook',
    needs: 'live pod',
    run: function* ({ facts, paths }) {
      const { webhook } = facts
      if (!webhook || webhook.status !== 0) return
      yield {
        message: `nobody answers at ${withoutSecrets(webhook.url)} from this node: ${webhook.error ?? 'no answer'}`,
        file: paths.find(({ role }) => role === 'webhook')?.resolved?.host ?? facts.manifest.path,
        remediation: `curl -k ${withoutSecrets(webhook.url)} from this node; is the receiver up, and the port open?`
      }
    }
  },
  {
    id: 'webhook-blocking',
    subject: 'webhook',
    title: 'Requests do not wait for the webhook',
    severity: 'warning',
    why: 'a receiver that is slow or gone then makes every request slow, those of kube-apiserver itself too',
    about: 'webhook',
    needs: 'pod',
    run: function* ({ pod, flags }) {
      const mode = flags.get('audit-webhook-mode')
      if (!flags.has('audit-webhook-config-file') || mode === undefined || !mode.startsWith('blocking')) return
      yield {
        message: `--audit-webhook-mode=${mode}: each request waits until its event is sent${mode === 'blocking-strict' ? ', and fails when it cannot be' : ''}`,
        ...placeOfFlag(pod, 'audit-webhook-mode'),
        remediation: 'auditpatch apply --webhook-mode batch'
      }
    }
  },
  {
    id: 'webhook-not-throttled',
    subject: 'webhook',
    title: 'Sending to the webhook is throttled',
    severity: 'warning',
    why: 'a slow receiver then makes kube-apiserver keep ever more batches in memory, up to its end',
    about: 'webhook',
    needs: 'pod',
    run: function* ({ pod, flags }) {
      const given = flags.get('audit-webhook-batch-throttle-enable')
      if (!flags.has('audit-webhook-config-file') || given === undefined || booleanOf(given) !== false) return
      yield {
        message: `--audit-webhook-batch-throttle-enable=${given}: batches are sent without a limit`,
        ...placeOfFlag(pod, 'audit-webhook-batch-throttle-enable'),
        remediation: 'take the flag out'
      }
    }
  }
]

// what keeps the server from starting is not told as a warning too
const SAME_FILE: Readonly<Record<string, string>> = { 'kubeconfig-not-mounted': 'kubeconfig-file-missing' }

function* kubeconfigFindings({ pod, paths, facts, faults }: PodContext): Iterable<Found> {
  const webhook = paths.find(({ role }) => role === 'webhook')
  const host = webhook?.resolved?.host
  const text = textAt(facts.paths, host)
  if (!webhook || text === undefined || host === undefined) return
  const told = (code: string, line: number | undefined): boolean =>
    faults.some(fault => [code, SAME_FILE[code]].includes(fault.code) && fault.line === line)
  const findings = [...checkKubeconfig(text, host).findings, ...referenceFindings(pod, text, webhook.container)]
  for (const finding of findings)
    if (!told(finding.code, finding.line)) yield { remediation: 'mend it in the kubeconfig', ...finding, file: host }
}

// a URL may hold a user and a password, or a token among its parameters
const withoutSecrets = (url: string): string => {
  if (!URL.canParse(url)) return 'the address of the kubeconfig'
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
