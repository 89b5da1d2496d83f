import { withFlags, withMount } from '../../e2e/fake-edit.ts'
import type { AuditSettings } from '../../../src/audit/wanted.ts'
import { containerPath, hostPath } from '../../../src/paths.ts'
import { renderManifest, wishOf, type EnableInput } from '../../../src/plan/enable.ts'

/** Audit settings, as the options of plan and apply ask for them. */
export const WISHES: readonly { readonly name: string; readonly settings: AuditSettings }[] = [
  { name: 'policy and log', settings: { flags: new Map() } },
  { name: 'standard output', settings: { logPath: '-', flags: new Map() } },
  {
    name: 'a webhook alone',
    settings: { logPath: 'none', installWebhook: true, flags: new Map([['audit-webhook-mode', 'blocking']]) }
  },
  {
    name: 'a log and a webhook',
    settings: {
      installWebhook: true,
      webhookPath: hostPath('/etc/kubernetes/webhook/to.yaml'),
      flags: new Map([['audit-webhook-initial-backoff', '5s']])
    }
  },
  {
    name: 'other paths',
    settings: {
      policyPath: hostPath('/srv/audit/rules.yaml'),
      logPath: hostPath('/srv/audit-log/kube.log'),
      flags: new Map()
    }
  },
  {
    name: 'one directory',
    settings: {
      policyPath: hostPath('/srv/audit/policy.yaml'),
      logPath: hostPath('/srv/audit/audit.log'),
      flags: new Map()
    }
  },
  {
    name: 'a directory below the other',
    settings: {
      policyPath: hostPath('/srv/audit/policy/policy.yaml'),
      logPath: hostPath('/srv/audit/audit.log'),
      flags: new Map()
    }
  },
  {
    name: 'other paths inside the container',
    settings: {
      policyPath: hostPath('/srv/audit/policy.yaml'),
      containerPolicyPath: containerPath('/audit/policy.yaml'),
      logPath: hostPath('/srv/log/audit.log'),
      containerLogPath: containerPath('/audit-log/audit.log'),
      flags: new Map()
    }
  },
  {
    name: 'beside the certificates',
    settings: { policyPath: hostPath('/etc/kubernetes/pki/audit-policy.yaml'), flags: new Map() }
  },
  {
    name: 'in a directory that is mounted for something else',
    settings: { policyPath: hostPath('/etc/kubernetes/admission/audit.yaml'), flags: new Map() }
  },
  {
    name: 'words that YAML would read otherwise',
    settings: {
      policyPath: hostPath('/srv/a: b #1/policy.yaml'),
      logPath: hostPath('/srv/it\'s "x"/é.log'),
      flags: new Map([
        ['audit-log-compress', 'true'],
        ['audit-log-maxage', '010'],
        ['audit-log-mode', 'batch'],
        ['audit-log-batch-throttle-qps', '1e1'],
        ['audit-log-batch-max-wait', '1h0m0s'],
        ['audit-log-version', 'audit.k8s.io/v1']
      ])
    }
  }
]

const WEBHOOK = `apiVersion: v1
kind: Config
clusters:
- name: w
  cluster: {server: https://192.0.2.20:8443/events}
contexts:
- name: w
  context: {cluster: w, user: w}
users:
- name: w
  user: {}
current-context: w
`

/** A manifest with audit settings, as `render` gives it. */
export const withAudit = (manifest: string, settings: AuditSettings): string => {
  const input: EnableInput = {
    settings,
    version: undefined,
    policy: undefined,
    fallbackPolicy: { name: 'none', text: '' },
    webhook: settings.installWebhook === true ? { name: 'webhook', text: WEBHOOK } : undefined
  }
  return renderManifest(wishOf('kube-apiserver.yaml', manifest, input), input)
}

const mounted = (manifest: string): string => withAudit(manifest, { flags: new Map() })

/** Manifests with audit settings in ways that this tool would not write. */
export const HAND_MADE: readonly { readonly name: string; readonly edit: (manifest: string) => string }[] = [
  {
    name: 'flags in two words, and in args',
    edit: manifest =>
      mounted(manifest)
        .replace(/--audit-log-maxage=30/, '--audit-log-maxage\n    - "30"')
        .replace(/^    - --audit-log-maxsize=100\n/m, '')
        .replace(/^    image:/m, '    args:\n    - --audit-log-maxsize=5\n    image:')
  },
  {
    name: 'a flag three times, with underscores',
    edit: manifest => withFlags(mounted(manifest), '--audit-log-maxage=9', '--audit_log_maxage=10')
  },
  { name: 'no value', edit: manifest => withFlags(mounted(manifest), '--audit-log-compress') },
  {
    name: 'a volume at two places',
    edit: manifest =>
      withFlags(
        withMount(manifest, {
          name: 'audit',
          path: '/srv/audit',
          mountPath: '/policy',
          readOnly: true,
          type: 'Directory'
        }),
        '--audit-policy-file=/policy/policy.yaml',
        '--audit-log-path=/log/audit.log'
      ).replace(/^  hostNetwork:/m, '    - mountPath: /log\n      name: audit\n  hostNetwork:')
  },
  {
    name: 'a part of a volume',
    edit: manifest =>
      withFlags(
        withMount(manifest, { name: 'audit', path: '/srv', mountPath: '/audit' }),
        '--audit-policy-file=/audit/policy.yaml',
        '--audit-log-path=-'
      ).replace(/^    - mountPath: \/audit\n/m, '    - mountPath: /audit\n      subPath: audit/files\n')
  },
  {
    name: 'no type, a slash at the end',
    edit: manifest =>
      withFlags(
        withMount(manifest, { name: 'audit', path: '/srv/audit/', mountPath: '/audit/' }),
        '--audit-policy-file=/audit/policy.yaml',
        '--audit-log-path=/audit/audit.log'
      )
  }
]
